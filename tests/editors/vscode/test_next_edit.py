"""The next edit in VS Code: shown where it is, gone to and made by Tab, put away by Escape, and never in Tab's way."""

from pathlib import Path

from llm_ls.store.ledger import Ledger
from tests.rigs.code_server import VSCode
from tests.rigs.prepared_model import prepared_model

HERE = Path(__file__).parent
BETWEEN = "".join(f"# {number}\n" for number in range(31))
BEFORE = f"def total(values):\n    return sum(values)\n\n\n{BETWEEN}def report(values):\n    print(total(values))\n"
RENAMED = BEFORE.replace("def total", "def add_up")
AFTER = RENAMED.replace("print(total", "print(add_up")
ANSWERS = {"Which edit comes next": "PLACE 2\n```python\ndef report(values):\n    print(add_up(values))\n```\n"}


async def test_it_is_gone_to_made_and_undone_or_dismissed(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, ANSWERS) as model:
        seen = await vscode.play(HERE / "next_edit.mjs", environment=model, given={"before": BEFORE})

    assert seen["beside"] == ["⇥ print(add_up(values))"]
    assert seen["struck"] == ["total"]
    assert seen["after"] == AFTER
    assert seen["undone"] == RENAMED
    assert seen["afterUndo"] == []
    assert seen["messages"] == []
    taken = (await Ledger().totals(0, "model")).suggestions
    assert (taken.shown, taken.accepted, taken.rejected) == (2, 1, 1)


async def test_tab_is_left_to_ghost_text_and_to_the_list_of_words(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, ANSWERS, fill="_all") as model:
        seen = await vscode.play(HERE / "next_edit_waits.mjs", environment=model, given={"before": BEFORE})

    assert seen["ghost"] == "_all"
    assert seen["afterGhost"] == "def add_up_all(values):"
    assert seen["afterList"] in ("    reportreturn sum(values)", "    returnreturn sum(values)")
    assert seen["messages"] == []


async def test_where_none_is_wanted_the_command_still_makes_one(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, ANSWERS) as model:
        seen = await vscode.play(
            HERE / "next_edit_by_command.mjs",
            environment=model,
            settings={"llm-ls.nextEdit.enabled": "off"},
            given={"before": BEFORE},
        )

    assert seen["unasked"] == []
    assert seen["made"] == AFTER
    assert seen["undone"] == RENAMED
    assert seen["messages"] == []
