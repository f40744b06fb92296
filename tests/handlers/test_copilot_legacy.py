"""Suggestions for clients of Copilot's older dialect: in shapes that each of them takes, and counted as they tell."""

from typing import Any

import pytest
from lsprotocol import types

from llm_ls.documents import Document, Replacement, split_lines
from llm_ls.protocol import convert
from tests.handlers.test_copilot_sign_in import OF_COPILOT
from tests.rigs.editor import ABLE, URI, Editor, Refused, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

SETTINGS = {**OF_COPILOT, "inlineCompletion": {"debounceMs": 0}}


def show(one: Editor, marked: str) -> dict[str, Any]:
    """Have the editor hold a text in which `│` is the cursor; the params of a request there, in UTF-16."""
    before, _, after = marked.partition("│")
    if URI in one.texts:
        one.type(before + after)
    else:
        one.open(before + after)
    line = before.rpartition("\n")[2]
    position = {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}
    doc = {"uri": URI, "position": position, "version": 77, "insertSpaces": True, "tabSize": 4}
    return {"doc": doc, "textDocument": {"uri": URI}, "position": position, "_": True}


async def completions(one: Editor, marked: str, method: str = "getCompletions") -> list[dict[str, Any]]:
    return (await one.request(method, show(one, marked)))["completions"]


def taken(marked: str, item: dict[str, Any]) -> str:
    """The text once `item` is put where it says, whose columns count UTF-16."""
    text = marked.replace("│", "")
    document = Document(URI, "", None, tuple(split_lines(text)))
    start, end = item["range"]["start"], item["range"]["end"]
    where = types.Range(types.Position(**start), types.Position(**end))
    return document.replaced(Replacement(convert.from_lsp_range(document, where, "utf-16"), item["text"]))


@pytest.mark.parametrize(
    ("marked", "said", "becomes"),
    [
        ("x = │\n", "1 + 2", "x = 1 + 2\n"),
        ("é = '😀', │\n", "'日本'", "é = '😀', '日本'\n"),
        ("    add(│)\n", "a, b", "    add(a, b)\n"),
        ("    add(│)\n", "a, b)", "    add(a, b)\n"),
        ("    if (│)\n", "ready) {", "    if (ready) {\n"),
        ("def f():\n    │\n", "a = 1\n    return a", "def f():\n    a = 1\n    return a\n"),
        ("x = │\r\n", "1", "x = 1\r\n"),
    ],
)
async def test_an_item_is_the_whole_line_as_it_comes_to_be(
    vendor: LoopbackVendor, marked: str, said: str, becomes: str
) -> None:
    vendor.says(*whole(said))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        (item,) = await completions(one, marked)

    assert taken(marked, item) == becomes
    assert item["range"]["start"]["character"] == 0
    assert item["text"].endswith(item["displayText"])
    assert item["docVersion"] == 77
    assert item["position"] == item["range"]["start"] | {"character": item["position"]["character"]}
    assert "\r" not in item["text"]


async def test_cycling_gives_several_once_the_user_wants_another(vendor: LoopbackVendor) -> None:
    for text in ("1", "1", "2", "3"):
        vendor.says(*whole(text))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        (first,) = await completions(one, "x = │\n")
        others = await completions(one, "x = │\n", "getCompletionsCycling")

    assert first["text"] == "x = 1"
    assert sorted(item["text"] for item in others) == ["x = 1", "x = 2", "x = 3"]


async def test_both_at_once_as_lsp_copilot_sends_them_ask_for_one(vendor: LoopbackVendor) -> None:
    vendor.says(*words("1"), PAUSE, *whole("2"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        params = show(one, "x = │\n")
        plain = one.start("getCompletions", params)
        await vendor.paused()
        cycling = one.start("getCompletionsCycling", params)

        assert await one.answer(plain) == {"completions": []}
        vendor.go_on()
        assert [item["text"] for item in (await one.answer(cycling))["completions"]] == ["x = 12"]
        assert len(vendor.requests) == 1


async def test_what_a_newer_request_overtakes_is_empty_and_no_error(vendor: LoopbackVendor) -> None:
    """copilot.lua shows every error, at each key."""
    vendor.says(*words("1"), PAUSE)
    vendor.says(*whole("2"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        older = one.start("getCompletions", show(one, "x = │\n"))
        await vendor.paused()
        (newer,) = await completions(one, "yy = │\n")

        assert await one.answer(older) == {"completions": []}
        assert newer["text"] == "yy = 2"


async def test_a_failure_is_told_once_unless_the_user_has_asked(vendor: LoopbackVendor) -> None:
    for _ in range(4):
        vendor.refuses(401, {"error": {"message": "no such key"}})
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        quiet = [await completions(one, text) for text in ("x = │\n", "xy = │\n")]
        with pytest.raises(Refused, match="no such key"):
            await completions(one, "x = │\n", "getCompletionsCycling")

        assert quiet == [[], []]
        assert len(one.messages()) == 1


@pytest.mark.parametrize("source", [None, "x = \n"])
async def test_a_text_that_was_never_opened_is_taken_from_the_request(
    vendor: LoopbackVendor, source: str | None
) -> None:
    vendor.says(*whole("1"))
    vendor.says(*whole("2"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        doc = {"uri": URI, "position": {"line": 0, "character": 4}, "languageId": "python", "path": "/project/sum.py"}
        said = [
            (await one.request("getCompletions", {"doc": {**doc, "source": text}}))["completions"]
            for text in (source, source and source.replace("x", "y"))
        ]

    assert [[item["text"] for item in one] for one in said] == ([["x = 1"], ["y = 2"]] if source else [[], []])


async def test_what_became_of_a_suggestion_is_counted(vendor: LoopbackVendor) -> None:
    for text in ("total", "twelve", "ten"):
        vendor.says(*whole(text))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        whole_one, part, unwanted = [(await completions(one, text))[0] for text in ("x = │\n", "y = │\n", "z = │\n")]
        answers = [
            await one.request("notifyShown", {"uuid": whole_one["uuid"], "_": True}),
            await one.request("notifyAccepted", {"uuid": whole_one["uuid"], "acceptedLength": len("x = total")}),
            await one.request("notifyAccepted", {"uuid": part["uuid"], "acceptedLength": len("twe")}),
            await one.request("notifyRejected", {"uuids": [unwanted["uuid"], "nobody's"]}),
        ]
        counts = (await one.request("llm-ls/usage", {}))["suggestions"]

    assert answers == ["OK"] * 4
    assert counts == {
        "offered": 3,
        "shown": 2,
        "accepted": 1,
        "acceptedInPart": 1,
        "rejected": 1,
        "acceptedCharacters": len("total") + len("twe"),
    }


async def test_models_are_those_that_can_complete_and_the_chosen_one_does(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("1"))
    chosen = {"settings": {"github": {"copilot": {"selectedCompletionModel": "openai/gpt-chosen"}}, "debug": True}}
    async with editor(ABLE, SETTINGS, environment(vendor)) as one:
        models = await one.request("copilot/models", {"_": True})
        one.notify("workspace/didChangeConfiguration", chosen)
        await one.configured()
        await completions(one, "x = │\n")

    assert models
    assert all(model["scopes"] == ["completion"] and model["id"] and model["modelName"] for model in models)
    assert vendor.requests[-1].json["model"] == "gpt-chosen"
    assert one.messages() == []
