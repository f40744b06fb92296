"""Helix, which has no ghost text: suggestions in its completion menu, for who wants them."""

import asyncio
from pathlib import Path

from tests.rigs.helix import helix
from tests.rigs.openai import environment, whole
from tests.rigs.terminal import ENTER, ESC, TAB
from tests.rigs.vendor import LoopbackVendor

SETTINGS = """
[language-server.llm-ls.config.inlineCompletion]
completionItems = true
[language-server.llm-ls.config.models]
inlineCompletion = "openai/gpt-test"
"""


async def test_a_suggestion_is_in_the_menu_with_the_key_after_and_is_taken(
    vendor: LoopbackVendor, tmp_path: Path
) -> None:
    vendor.says(*whole("tal(a, b)"))
    async with helix(tmp_path, "x = 1\n", environment(vendor), configured=SETTINGS) as one:
        one.terminal.keys("o", "y = to")
        async with asyncio.timeout(10):
            await vendor.asked()
        await asyncio.sleep(0.2)  # its answer is on its way, and nothing tells when it has come
        one.terminal.keys("t")
        await one.terminal.shows("total(a, b)")
        one.terminal.keys(TAB, ENTER)
        await one.terminal.shows("y = total(a, b)")
        one.terminal.keys(ESC)
        await one.terminal.shows("NOR")

        assert await one.text() == "x = 1\ny = total(a, b)\n"
        assert len(vendor.requests) == 1
