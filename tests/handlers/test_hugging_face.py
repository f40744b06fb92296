"""Suggestions for the clients of Hugging Face's llm-ls: its shapes, our model, and no secret of theirs anywhere."""

import logging
from typing import Any

import pytest

from tests.rigs.editor import URI, Editor, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

SETTINGS = {"inlineCompletion": {"debounceMs": 0}}
TOKEN = "hf_thisIsNobodysToken"
THEIRS = {
    "ide": "neovim",
    "fim": {"enabled": True, "prefix": "<PRE>", "middle": "<MID>", "suffix": "<SUF>"},
    "apiToken": TOKEN,
    "model": "bigcode/starcoder2-15b",
    "backend": "ollama",
    "url": "http://127.0.0.1:1/api/generate",
    "tokensToClear": ["<|endoftext|>"],
    "tokenizerConfig": {"repository": "bigcode/starcoder", "api_token": TOKEN},
    "contextWindow": 1024,
    "tlsSkipVerifyInsecure": True,
    "requestBody": {"max_tokens": 1, "temperature": 2},
    "disableUrlPathCompletion": True,
}


def start(one: Editor, marked: str, **more: Any) -> int:
    """Ask for what belongs at `│`."""
    before, _, after = marked.partition("│")
    if URI in one.texts:
        one.type(before + after)
    else:
        one.open(before + after)
    position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
    return one.start("llm-ls/getCompletions", {"textDocument": {"uri": URI}, "position": position, **THEIRS, **more})


async def completed(one: Editor, marked: str, **more: Any) -> dict[str, Any]:
    return await one.answer(start(one, marked, **more))


@pytest.mark.parametrize(
    ("marked", "said", "generated"),
    [
        ("x = │\n", "1 + 2", "1 + 2"),
        ("é = '😀', │\n", "'日本'", "'日本'"),
        ("add(│)\n", "a, b)", "a, b"),
        ("if (│)\n", "ready) {", "ready"),
        ("add(│)\n", "a,\n    b", "a,"),
        ("def f():\r\n    │\r\n", "a = 1\n    return a", "a = 1\n    return a"),
    ],
)
async def test_what_is_generated_is_inserted_at_the_cursor(
    vendor: LoopbackVendor, marked: str, said: str, generated: str
) -> None:
    vendor.says(*whole(said))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        result = await completed(one, marked)

    assert result["completions"] == [{"generated_text": generated}]
    assert set(result) == {"request_id", "completions"}
    assert result["request_id"]


async def test_nothing_is_an_empty_list(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(" \n"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        said = await completed(one, "x = │\n")
        place = {"textDocument": {"uri": "file:///nowhere.py"}, "position": {"line": 0, "character": 0}}
        nowhere = await one.request("llm-ls/getCompletions", {**place, **THEIRS})

    assert said == nowhere == {"request_id": "", "completions": []}


async def test_the_model_is_the_users_here_and_nothing_of_theirs_is_obeyed_or_written(
    vendor: LoopbackVendor, caplog: pytest.LogCaptureFixture
) -> None:
    vendor.says(*whole("1"))
    with caplog.at_level(logging.DEBUG):
        async with editor(environ=environment(vendor), settings={**SETTINGS, "log": {"level": "debug"}}) as one:
            result = await completed(one, "x = │\n")

    asked = vendor.requests[0]
    assert result["completions"] == [{"generated_text": "1"}]
    assert asked.json["model"] == "gpt-test"
    assert asked.json.get("temperature") != 2
    assert TOKEN not in str(asked.headers) + str(asked.json) + caplog.text + one.traffic()


@pytest.mark.parametrize("more", [{"fim": {"enabled": False}}, {"fim": None}, {"url": None, "model": None}, {"ide": 7}])
async def test_whatever_they_say_of_the_model_is_no_error(vendor: LoopbackVendor, more: dict[str, Any]) -> None:
    vendor.says(*whole("1"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        result = await completed(one, "x = │\n", **more)

    assert result["completions"] == [{"generated_text": "1"}]


async def test_a_failure_is_told_once_and_is_no_error_at_each_key(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "no such key"}})
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        said = [await completed(one, text) for text in ("x = │\n", "xy = │\n")]

    assert [result["completions"] for result in said] == [[], []]
    assert len(one.messages()) == 1
    assert "no such key" in one.messages()[0]


async def test_what_a_newer_request_overtakes_is_empty_and_no_error(vendor: LoopbackVendor) -> None:
    vendor.says(*words("1"), PAUSE)
    vendor.says(*whole("2"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        older = start(one, "x = │\n")
        await vendor.paused()
        newer = await completed(one, "yy = │\n")

        assert (await one.answer(older))["completions"] == []
        assert newer["completions"] == [{"generated_text": "2"}]


async def test_what_became_of_a_suggestion_is_counted(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("total"))
    vendor.says(*whole("ten"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        wanted, unwanted = [(await completed(one, text))["request_id"] for text in ("x = │\n", "y = │\n")]
        shown = {"shownCompletions": [0]}
        answers = [
            await one.request("llm-ls/acceptCompletion", {"requestId": wanted, "acceptedCompletion": 0, **shown}),
            await one.request("llm-ls/rejectCompletion", {"requestId": unwanted, **shown}),
            await one.request("llm-ls/rejectCompletion", {"requestId": "", **shown}),
        ]
        counts = (await one.request("llm-ls/usage", {}))["suggestions"]

    assert answers == [None, None, None]
    assert (counts["accepted"], counts["rejected"], counts["acceptedCharacters"]) == (1, 1, len("total"))
