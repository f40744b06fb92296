"""Ghost text in VS Code: real inference, the real server, and every way to take it or to have none."""

from pathlib import Path

from llm_ls.store.ledger import Ledger
from tests.rigs.code_server import VSCode
from tests.rigs.prepared_model import prepared_model

HERE = Path(__file__).parent
HEAD = "def mean(values):\n"
FILL = "total = sum(values)\n    return total / len(values)\n"
WHOLE = f"{HEAD}    {FILL}".rstrip()
ACCEPT_LINE = {"ctrl+alt+right": "editor.action.inlineSuggest.acceptNextLine"}


async def test_it_is_typed_along_and_accepted_by_a_word_a_line_and_the_whole(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill=FILL) as model:
        seen = await vscode.play(HERE / "ghost_text.mjs", environment=model, keys=ACCEPT_LINE)

    assert seen["away"] == 0
    assert seen["word"] == f"{HEAD}    total"
    assert seen["line"].rstrip() == f"{HEAD}    total = sum(values)"
    assert seen["whole"] == WHOLE
    assert seen["undone"].rstrip() == seen["line"].rstrip()
    assert seen["ofSecrets"] == ""
    assert seen["messages"] == []
    taken = (await Ledger().totals(0, "model")).suggestions
    assert taken.offered == taken.shown == taken.accepted == 1
