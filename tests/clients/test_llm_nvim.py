"""What our side of a session with llm.nvim ce69731b was in Neovim 0.12.4, it is still."""

from pathlib import Path

import pytest

from tests.clients import llm_nvim, recording


@pytest.mark.parametrize("session", llm_nvim.SESSIONS)
async def test_suggestions_are_shown_and_taken_and_a_failure_is_told_once(session: str, tmp_path: Path) -> None:
    with llm_nvim.model(session, tmp_path) as environment:
        assert await recording.differences(llm_nvim.transcript(session), environment) == []
