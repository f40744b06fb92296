"""Emacs with eglot and no plugin: code actions, edits reviewed as diffs, failures, cancelling; also through rass."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.emacs import APPLY_HUNK, CLOSE, LEAVE, UNDO, emacs
from tests.rigs.openai import environment, whole, words
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ENTER
from tests.rigs.vendor import PAUSE, LoopbackVendor

BETWEEN = "".join(f"\n\nx{number} = {number}" for number in range(5))
BEFORE = f"def add(a, b):\n    return a - b{BETWEEN}\n\n\ndef times(a, b):\n    return a / b\n"
AFTER = BEFORE.replace("a - b", "a + b").replace("a / b", "a * b")
HALF = BEFORE.replace("a - b", "a + b")
NAMES, SERVERS = ("notes.txt", "sum.py"), ("eglot alone", "beside Ruff through rass")
DIFF = "*EGLOT proposed server changes*"
AT_ONCE = "\n(with-eval-after-load 'eglot (setq eglot-confirm-server-edits nil))\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with prepared_model(tmp_path_factory.mktemp("model"), {"": f"```python\n{AFTER}```\n"}) as environment:
        yield environment


@pytest.mark.parametrize("name", NAMES, ids=SERVERS)
async def test_a_code_action_lands_and_is_undone_at_once(model: dict[str, str], tmp_path: Path, name: str) -> None:
    async with emacs(tmp_path, f"# llm: mend both\n{BEFORE}", model, AT_ONCE, name) as one:
        await one.choose("AI: Edit: mend both")
        await one.terminal.shows("return a + b", "return a * b")
        landed = await one.text()
        one.terminal.keys(UNDO)
        await one.terminal.shows("return a - b", "return a / b")

        assert landed == AFTER
        assert await one.text() == f"# llm: mend both\n{BEFORE}"


@pytest.mark.parametrize("name", NAMES, ids=SERVERS)
async def test_hunks_of_a_diff_are_applied_one_by_one(vendor: LoopbackVendor, tmp_path: Path, name: str) -> None:
    vendor.says(*whole(AFTER))
    async with emacs(tmp_path, BEFORE, environment(vendor), name=name) as one:
        await one.runs("llm-ls-edit", "mend both")
        await one.terminal.shows(DIFF, "+    return a + b")
        unasked = await one.text()
        one.terminal.keys(APPLY_HUNK)
        await one.terminal.shows("Hunk applied")
        half = await one.text()
        one.terminal.keys(APPLY_HUNK)
        await one.terminal.shows("Hunk applied")

        assert (unasked, half) == (BEFORE, HALF)
        assert await one.text() == AFTER


@pytest.mark.parametrize("name", NAMES, ids=SERVERS)
async def test_asks_what_to_do_where_nobody_has_said(vendor: LoopbackVendor, tmp_path: Path, name: str) -> None:
    vendor.says(*whole(AFTER))
    async with emacs(tmp_path, BEFORE, environment(vendor), name=name) as one:
        await one.choose("AI: Edit…")
        await one.terminal.shows("What should be changed?", "Choose an option: Simplify")
        one.terminal.keys(ENTER)
        await one.terminal.shows(DIFF, "+    return a + b")

        assert await one.text() == BEFORE


async def test_a_diff_that_is_closed_changes_nothing(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole(AFTER))
    async with emacs(tmp_path, BEFORE, environment(vendor)) as one:
        await one.runs("llm-ls-edit", "mend both")
        await one.terminal.shows(DIFF, "+    return a + b")
        one.terminal.keys(CLOSE)
        await one.terminal.hides(DIFF)

        assert await one.text() == BEFORE


async def test_progress_is_seen_and_stopped_by_a_command(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with emacs(tmp_path, BEFORE, environment(vendor)) as one:
        await one.runs("llm-ls-edit", "mend both")
        await vendor.paused()
        await one.terminal.shows("[eglot:project/?%]")
        await one.runs("llm-ls-stop")
        await vendor.client_closed()

        assert await one.text() == BEFORE


async def test_a_failure_is_said(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided"}})
    async with emacs(tmp_path, BEFORE, environment(vendor)) as one:
        await one.runs("llm-ls-edit", "mend both")
        await one.terminal.shows("Incorrect API key provided")


@pytest.mark.parametrize("name", NAMES, ids=SERVERS)
async def test_leaving_in_the_middle_of_an_answer_leaves_no_process(
    vendor: LoopbackVendor, tmp_path: Path, name: str
) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with emacs(tmp_path, BEFORE, environment(vendor), name=name) as one:
        await one.runs("llm-ls-edit", "mend both")
        await vendor.paused()
        one.terminal.keys(LEAVE)
        await one.terminal.ended()
        await vendor.client_closed()
        await one.command.all_ended()

        assert one.file.read_text() == BEFORE


async def test_an_emacs_that_is_killed_leaves_no_process(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with emacs(tmp_path, BEFORE, environment(vendor), name="sum.py") as one:
        await one.runs("llm-ls-edit", "mend both")
        await vendor.paused()
    await one.command.all_ended()
