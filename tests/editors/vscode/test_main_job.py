"""The main job with nothing prepared between editor and model: VS Code, the packed extension, the real llama.cpp."""

import re
from pathlib import Path

from llm_ls.cli import demo_model
from tests.rigs.code_server import VSCode
from tests.rigs.llamacpp import llama_cpp

HERE = Path(__file__).parent
FIXED = "def add(a, b):\n    return a + b\n"


async def test_a_code_action_is_reviewed_lands_and_is_undone_in_one_step(vscode: VSCode, tmp_path: Path) -> None:
    gguf = tmp_path / "tiny.gguf"
    demo_model.write(gguf, {"": f"Here it is:\n```python\n{FIXED}```\n"}, fill="")
    with llama_cpp(gguf) as url:
        environment = {"LLAMACPP_BASE_URL": f"{url}/v1", "LLM_LS_MODEL": "llamacpp/tiny"}
        seen = await vscode.play(HERE / "main_job.mjs", environment=environment)

    assert "AI: Edit: add, do not subtract" in seen["offered"]
    assert seen["after"] == FIXED
    assert seen["messages"] == []
    assert re.search(r"Activation: \d+ms", seen["activation"])
