"""A prompt file in Helix: in its menu, in a chat, and shown before it is sent."""

from pathlib import Path

from tests.rigs.helix import helix
from tests.rigs.openai import environment, whole
from tests.rigs.terminal import ESC
from tests.rigs.vendor import LoopbackVendor

SUM = "def add(a, b):\n    return a - b\n"
REVIEW = """\
---
title: Review strictly
answer: chat
menu: true
---
Review this {{language}} of {{file}}:

{{selection}}
"""


async def test_a_prompt_of_the_project_begins_a_chat(vendor: LoopbackVendor, tmp_path: Path) -> None:
    prompts = tmp_path / "project" / ".llm-ls" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "review.md").write_text(REVIEW)
    vendor.says(*whole("It subtracts."))
    async with helix(tmp_path, SUM, environment(vendor)) as one:
        one.terminal.keys("%")
        await one.choose("AI: Review strictly")
        shown = await one.terminal.shows("It subtracts.", "> — gpt-test")
        one.terminal.keys("geo/review again", ESC)
        await one.terminal.shows("/review again", "NOR")
        one.runs(":lsp-workspace-command llm-ls.preview")
        preview = await one.terminal.shows("# What openai/gpt-test is sent")

    assert "/review" in shown
    assert vendor.requests[0].json["messages"][-1]["content"] == f"Review this python of sum.py:\n\n{SUM}"
    assert "About " in preview
    assert len(vendor.requests) == 1
