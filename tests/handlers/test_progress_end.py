"""Work that fails at once: what a client was asked to show has an end."""

import asyncio

import pytest

from tests.rigs.editor import Editor, Json, editor

GRANTED_AFTER_S = 0.05


async def test_a_progress_that_was_asked_for_begins_and_ends_before_the_failure_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = Editor._answer  # pyright: ignore[reportPrivateUsage]  # an editor that takes a moment is this one, later

    def later(one: Editor, message: Json) -> None:
        asyncio.get_running_loop().call_later(GRANTED_AFTER_S, at_once, one, message)

    monkeypatch.setattr(Editor, "_answer", later)
    async with editor() as one:
        one.open("a = 1\n")
        await one.command("llm-ls.selectModel", {"model": "nobody/nothing"})
        await one.until(lambda: "window/showMessage" in [method for method, _ in one.said])
        order = [
            params["value"]["kind"] if method == "$/progress" else method
            for method, params in one.said
            if method in ("$/progress", "window/showMessage")
        ]

    assert order == ["begin", "end", "window/showMessage"]
