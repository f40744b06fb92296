"""The next edit in an editor that knows no such thing: in the menu, once the typing has rested."""

from pathlib import Path

from tests.clients import renaming
from tests.rigs.helix import helix
from tests.rigs.openai import whole
from tests.rigs.terminal import ESC
from tests.rigs.vendor import LoopbackVendor


async def test_it_is_offered_and_made_with_a_model_that_costs_nothing(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole(f"PLACE 1\n```python\n{renaming.AFTER}```\n"))
    nearby = {"LLAMACPP_BASE_URL": f"{vendor.url}/v1", "LLM_LS_MODEL": "llamacpp/mine"}
    async with helix(tmp_path, renaming.SOURCE, nearby) as one:
        one.terminal.keys("4ggwwcadd", ESC)
        await one.terminal.shows("def add(a, b)")
        question = (await vendor.asked()).json["messages"][-1]["content"]
        await one.choose("AI: Next edit (line 8): print(")
        await one.terminal.shows(renaming.CALLER)

        assert "-def total(a, b):\n+def add(a, b):\n" in question
        assert await one.text() == renaming.AFTER
