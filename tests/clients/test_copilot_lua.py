"""What our side of a session with copilot.lua 760912b5 was in Neovim 0.12.4, it is still."""

from pathlib import Path

import pytest

from tests.clients import copilot_lua, recording
from tests.rigs.prepared_model import prepared_model


@pytest.mark.parametrize("session", copilot_lua.SESSIONS)
async def test_suggestions_are_shown_and_taken(session: str, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill=copilot_lua.FILLS[session]) as environment:
        transcript = copilot_lua.transcript(session)

        assert await recording.differences(transcript, environment, arguments=["--stdio"]) == []
