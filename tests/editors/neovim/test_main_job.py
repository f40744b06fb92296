"""The main job in Neovim 0.12: an edit that is undone at once, a chat that streams, a chat that is cancelled."""

import asyncio
from pathlib import Path
from typing import Any

from tests.rigs import nvim
from tests.rigs.found import rig
from tests.rigs.openai import END, environment, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

HERE = Path(__file__).parent


async def play(scenario: str, vendor: LoopbackVendor) -> Any:
    return await nvim.play(HERE / scenario, environment=environment(vendor))


async def test_one_undo_takes_back_an_edit(vendor: LoopbackVendor) -> None:
    vendor.says(*words("```python\n", "def add(a, b):\n", "    return a + b\n", "```"), *END)
    seen = await play("edit_and_undo.lua", vendor)

    assert seen["title"] == "AI: Edit: add, do not subtract"
    assert seen["after"] == "def add(a, b):\n    return a + b\n"
    assert seen["undone"] == seen["before"]
    assert seen["progress"][0] == "begin"
    assert seen["progress"][-1] == "end"


async def test_chat_streams(vendor: LoopbackVendor) -> None:
    vendor.says(*words("The answer ", "is ", "42."), *END)
    seen = await play("chat.lua", vendor)

    assert seen["text"] == "The answer is 42."
    assert seen["first"] == "message_start"
    assert seen["last"] == "message_end"
    assert seen["result"]["stopReason"] == "end_turn"
    assert seen["progress"][0] == "begin"
    assert seen["progress"][-1] == "end"


async def test_cancelled_chat_hangs_up_on_the_vendor(vendor: LoopbackVendor) -> None:
    rig("nvim")
    vendor.says(*words("On and "), PAUSE)
    vendor.says(PAUSE, *words("Yes."), *END)
    playing = asyncio.ensure_future(play("cancel.lua", vendor))
    try:
        await vendor.client_closed()
        vendor.go_on()
        seen = await playing
    finally:
        playing.cancel()

    assert seen == {"text": "On and ", "next": "Yes.", "said": []}
