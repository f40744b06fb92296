"""Ghost text in VS Code: real inference, the real server, and every way to take it or to have none."""

from pathlib import Path
from typing import Any

import pytest

from llm_ls.store.ledger import Ledger
from tests.rigs.code_server import VSCode
from tests.rigs.openai import environment, whole
from tests.rigs.prepared_model import prepared_model
from tests.rigs.vendor import LoopbackVendor

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
    assert seen["messages"] == []
    taken = (await Ledger().totals(0, "model")).suggestions
    assert taken.offered == taken.shown == taken.accepted == 1


async def test_next_and_previous_go_through_several(vscode: VSCode, vendor: LoopbackVendor) -> None:
    texts = ["return sum(values) / len(values)", "return statistics.mean(values)", "return fmean(values)"]
    for text in (texts[0], *texts):
        vendor.says(*whole(text))
    seen = await vscode.play(HERE / "ghost_text_choice.mjs", environment=environment(vendor))

    first, second, third, again = seen["shown"]
    assert first == texts[0]
    assert {first, second, third} == set(texts)
    assert again == second
    assert seen["after"] == f"{HEAD}    {second}"
    assert seen["messages"] == []


async def test_it_is_turned_off_and_on_in_a_file_for_a_language_and_everywhere(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill="return 0\n") as model:
        seen = await vscode.play(HERE / "ghost_text_switches.mjs", environment=model)

    file, language, everywhere = seen["seen"]
    assert [level["off"] for level in seen["seen"]] == ["", "", ""]
    assert (file["set"], file["left"]) == ({}, {})
    assert language["set"] == {"llm-ls.inlineCompletion.disabledLanguages": ["python"]}
    assert language["left"] == {"llm-ls.inlineCompletion.disabledLanguages": []}
    assert everywhere["set"]["llm-ls.inlineCompletion.enabled"] is False
    assert everywhere["left"]["llm-ls.inlineCompletion.enabled"] is True
    assert seen["messages"] == []


async def test_a_failure_is_told_once_while_typing_and_whenever_it_was_asked_for(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided"}})
    seen = await vscode.play(HERE / "ghost_text_failure.mjs", environment=environment(vendor))

    assert seen["whileTyping"] == [seen["said"]]
    assert seen["asked"] == f"llm-ls: {seen['said']}"
    assert seen["after"].rstrip() == f"{HEAD}    a b c d"


@pytest.mark.parametrize(
    ("name", "settings", "asks"),
    [(".env", {}, True), ("mean.py", {"editor.inlineSuggest.enabled": False}, False)],
    ids=["secrets", "off"],
)
async def test_nothing_is_sent_of_secrets_or_where_vs_code_wants_none(
    vscode: VSCode, vendor: LoopbackVendor, name: str, settings: dict[str, Any], asks: bool
) -> None:
    given = {"name": name, "asks": asks}
    seen = await vscode.play(
        HERE / "ghost_text_none.mjs", environment=environment(vendor), settings=settings, given=given
    )

    assert seen == {"ghost": "", "messages": []}
    assert not [request for request in vendor.requests if request.path.endswith("/chat/completions")]


async def test_it_goes_on_from_what_is_selected_in_the_list(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill="_doubled * 2\n") as model:
        seen = await vscode.play(HERE / "ghost_text_list.mjs", environment=model)

    assert seen["beside"] == "es_of_mine_doubled * 2"
    assert seen["chosen"] == "values_of_mine = 1\nvalues_of_mine"
    assert seen["after"] == "values_of_mine = 1\nvalues_of_mine_doubled * 2"
    assert seen["messages"] == []
