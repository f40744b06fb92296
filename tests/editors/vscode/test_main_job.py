"""The main job with nothing prepared between editor and model: VS Code, the packed extension, the real llama.cpp."""

import re
from pathlib import Path

from tests.rigs.code_server import VSCode
from tests.rigs.prepared_model import prepared_model

HERE = Path(__file__).parent
FIXED = "def add(a, b):\n    return a + b\n"


async def test_a_code_action_is_reviewed_lands_and_is_undone_in_one_step(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {"": f"Here it is:\n```python\n{FIXED}```\n"}) as model:
        seen = await vscode.play(HERE / "main_job.mjs", environment=model)

    assert "AI: Edit: add, do not subtract" in seen["offered"]
    assert seen["after"] == FIXED
    assert seen["messages"] == []
    assert re.search(r"Activation: \d+ms", seen["activation"])
