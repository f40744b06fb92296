"""A model's change set of five files in VS Code: reviewed, accepted at once, and taken back by one undo."""

from pathlib import Path

from tests.rigs import proposed_files
from tests.rigs.code_server import VSCode
from tests.rigs.openai import environment
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent
CALLS_TOOLS = "gpt-4.1-mini"


async def test_one_undo_takes_back_all_files(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.models = (CALLS_TOOLS,)
    proposed_files.propose(vendor)
    seen = await vscode.play(
        HERE / "change_sets.mjs",
        environment={**environment(vendor), "LLM_LS_MODEL": f"openai/{CALLS_TOOLS}"},
        given={"before": proposed_files.BEFORE},
    )

    assert "create n/n.py (+1 −0), rename r.py to m/s.py (+1 −1), delete d.py" in seen["ready"]
    assert seen["untouched"] == proposed_files.BEFORE
    assert seen["said"] == "Applied: 5 files. Not saved yet: a.py, b.py, n/n.py, m/s.py."
    assert seen["applied"] == {"a.py": "a = 1\n", "b.py": "b = 1\n", "n/n.py": "", "m/s.py": "r = 1\n"}
    assert seen["unsaved"] == 4
    assert seen["undone"] == proposed_files.BEFORE
