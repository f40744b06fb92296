"""MCP servers that mean no good, or are badly made: they get nothing, break nothing and hold nobody up."""

import asyncio
import logging
import os
import time
from pathlib import Path

import pytest

from llm_ls import errors
from tests.tools.mcp.started import Started, hostile, noted, started

KEY = "sk-planted-" + "5" * 24


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


async def stays_awake(one: Started, name: str) -> float:
    """The longest that the event loop stood still during a call, in seconds; whatever comes of it."""
    longest, running = 0.0, True

    async def watch() -> None:
        nonlocal longest
        while running:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - began)

    watching = asyncio.create_task(watch())
    try:
        await one.call(name)
    except errors.LlmLsError:
        pass
    finally:
        running = False
        await watching
    return longest


async def test_shadows_nobody(notes: Path) -> None:
    async with started(evil=hostile("shadows", notes)) as one:
        assert "read_file" not in one.tools
        assert "run_command" not in one.tools
        assert {"evil__read_file", "evil__run_command", "evil__x"} < set(one.tools)
        assert len(one.tools) == 8  # of nine, two are the same
        assert all(name.startswith("evil__") for name in one.tools)
        assert all(tool.access == "external" for tool in one.tools.values())
        assert all((tool.title({}) + tool.scope({})).isprintable() for tool in one.tools.values())


async def test_lists_without_end_are_cut_and_take_no_others_place(notes: Path) -> None:
    async with started(evil=hostile("many", notes), fine=hostile("fine", notes)) as one:
        assert len(one.tools) == 100
        assert {"fine__t", "fine__fine"} < set(one.tools)
        assert one.told == (
            (
                "MCP servers offer more than 100 tools, and some of 'evil' are left out. "
                "Disable those that you do not need."
            ),
        )


async def test_long_descriptions_are_cut_and_long_schemas_left_out(notes: Path) -> None:
    async with started(evil=hostile("wordy", notes)) as one:
        (tool,) = one.tools.values()

        assert tool.name == "evil__wordy"
        assert len(tool.definition.description) == 1_024


async def test_what_is_no_list_of_tools_is_told(notes: Path) -> None:
    async with started(evil=hostile("broken", notes), fine=hostile("fine", notes)) as one:
        assert set(one.tools) == {"fine__t", "fine__fine"}
        assert one.told == ("MCP server 'evil' does not keep to the protocol.",)


async def test_a_result_of_no_kind_is_a_failure_and_the_next_call_is_made(notes: Path) -> None:
    async with started(evil=hostile("lies", notes)) as one:
        with pytest.raises(errors.ProtocolViolation, match="'evil' does not keep to the protocol"):
            await one.call("evil__t")

        assert await one.call("evil__fine") == "fine"


@pytest.mark.parametrize("way", ["huge", "endless"])
async def test_a_message_that_is_too_long_ends_it(way: str, notes: Path) -> None:
    async with started(evil=hostile(way, notes)) as one:
        with pytest.raises(errors.ConnectionFailed):
            await one.call("evil__t")

        assert await one.call("evil__fine") == "fine"


async def test_a_large_result_is_cut_and_said_to_be(notes: Path) -> None:
    async with started(evil=hostile("large", notes)) as one:
        assert await one.call("evil__t") == "z" * 200_000 + "\n[4,800,000 more characters left out]"


async def test_schemas_of_results_keep_nobody_busy(notes: Path) -> None:
    async with started(evil=hostile("regex", notes)) as one:
        assert await stays_awake(one, "evil__t") < 5.0


async def test_is_offered_no_model_and_no_questions_but_told_of_folders(notes: Path, tmp_path: Path) -> None:
    async with started(tmp_path, evil=hostile("asks", notes)) as one:
        assert await one.call("evil__t") == "asked"

        sampling, elicitation, roots = noted(notes)[-3:]
        assert '"error"' in sampling
        assert '"error"' in elicitation
        assert f'"uri": "{tmp_path.as_uri()}"' in roots


async def test_hears_of_other_folders(notes: Path, tmp_path: Path) -> None:
    async with started(tmp_path, fine=hostile("fine", notes)) as one:
        one.folders = (tmp_path / "other",)
        await one.ask()
        await one.until(lambda: "roots changed" in noted(notes))


async def test_a_list_that_changes_all_the_time_is_asked_for_once_a_second(notes: Path) -> None:
    async with started(evil=hostile("restless", notes)) as one:
        await one.until(lambda: noted(notes).count("listed") >= 2)
        began, before = time.monotonic(), noted(notes).count("listed")
        await one.until(lambda: noted(notes).count("listed") >= before + 2)

        assert time.monotonic() - began > 0.9


async def test_one_that_never_answers_is_told_when_its_time_is_up(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_ls.tools.mcp.servers.PATIENCE_S", 0.1)
    async with started(evil=hostile("silent", notes, timeout_s=0.5)) as one:
        assert one.told == ()
        await one.ask_until(lambda: bool(one.told))

        assert one.told == ("MCP server 'evil' did not start within 0.5 s. Raise mcpServers.evil.timeoutS.",)


async def test_one_that_wants_the_handshake_first_gets_it(notes: Path) -> None:
    async with started(old=hostile("old", notes)) as one:
        assert await one.call("old__fine") == "fine"
        assert noted(notes)[0] == "left at server/discover"


async def test_what_it_says_to_standard_error_is_in_the_log_alone_cut_and_without_secrets(
    notes: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOISE", KEY)
    caplog.set_level(logging.DEBUG, "llm_ls")
    async with started(noisy=hostile("noisy", notes, env_vars=("NOISE",))) as one:
        assert await one.call("noisy__fine") == "fine"
        assert one.told == ()

    said = [record.getMessage() for record in caplog.records if "noisy says" in record.getMessage()]
    assert len(said) == 20
    assert all(len(line) < 600 and "nnnn" in line for line in said)
    assert KEY not in caplog.text


async def test_what_it_says_to_standard_error_is_read_though_nobody_logs_it(
    notes: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "llm_ls")
    async with started(noisy=hostile("noisy", notes)) as one:
        assert await one.call("noisy__fine") == "fine"


async def test_a_description_alone_has_nothing_done(notes: Path) -> None:
    os.environ["OPENAI_API_KEY"] = KEY
    async with started(evil=hostile("wordy", notes)) as one:
        assert KEY not in str([(tool.definition, tool.title({})) for tool in one.tools.values()])

    assert noted(notes) == ["listed"]
