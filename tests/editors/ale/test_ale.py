"""Vim with ALE and no plugin of ours: a code action, whose edit waits to be applied or refused, and an instruction."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.openai import environment, whole, words
from tests.rigs.prepared_model import prepared_model
from tests.rigs.vendor import PAUSE, LoopbackVendor
from tests.rigs.vim import vim

BEFORE = "def add(a, b):\n    return a - b\n"
AFTER = "def add(a, b):\n    return a + b\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with prepared_model(tmp_path_factory.mktemp("model"), {"": f"```python\n{AFTER}```\n"}) as environment:
        yield environment


async def test_a_code_action_is_applied_and_undone_with_one_u(model: dict[str, str], tmp_path: Path) -> None:
    async with vim(tmp_path, f"# llm: add\n{BEFORE}", model) as one:
        await one.choose("AI: Edit: add")
        await one.terminal.shows("AI edit ready (+1 −2).")
        await one.choose("✓ Apply AI edit")
        await one.terminal.shows("return a + b")
        applied = await one.text()
        one.terminal.keys("u")
        await one.terminal.shows("return a - b")

        assert applied == AFTER
        assert await one.text() == f"# llm: add\n{BEFORE}"


async def test_an_edit_by_an_instruction_is_refused(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole(AFTER))
    async with vim(tmp_path, BEFORE, environment(vendor)) as one:
        await one.runs(":LlmLsEdit add, do not subtract")
        await one.terminal.shows("AI edit ready (+1 −1).")
        await one.choose("✗ Discard")

        assert "add, do not subtract" in vendor.requests[0].body.decode()
        assert await one.text() == BEFORE


async def test_a_command_stops_what_runs(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with vim(tmp_path, BEFORE, environment(vendor)) as one:
        await one.runs(":LlmLsEdit add")
        await vendor.paused()
        await one.runs(":LlmLsStop")
        await vendor.client_closed()


async def test_leaving_in_the_middle_of_an_answer_leaves_no_process(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with vim(tmp_path, BEFORE, environment(vendor)) as one:
        await one.runs(":LlmLsEdit add")
        await vendor.paused()
        await one.runs(":quitall!")
        await one.terminal.ended()
        await vendor.client_closed()
        await one.command.all_ended()

        assert one.file.read_text() == BEFORE


async def test_says_how_to_instruct_where_ale_asks_nothing(vendor: LoopbackVendor, tmp_path: Path) -> None:
    async with vim(tmp_path, BEFORE, environment(vendor)) as one:
        await one.choose("AI: Edit…")
        await one.terminal.shows("There is no instruction. Write it as a comment above the code")

    assert vendor.requests == []
