"""What our side of a session with copilot.lua 760912b5 was in Neovim 0.12.4, it is still."""

from pathlib import Path

import pytest

from tests.clients import copilot_lua, filling, recording


@pytest.mark.parametrize("session", copilot_lua.SESSIONS)
async def test_suggestions_are_shown_and_taken(session: str, tmp_path: Path) -> None:
    with filling.model(tmp_path, copilot_lua.FILLS[session]) as environment:
        transcript = copilot_lua.transcript(session)

        assert await recording.differences(transcript, environment, arguments=["--stdio"]) == []
