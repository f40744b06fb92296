"""What our side of sessions with lsp-mode 90bc0430 in Emacs 30 was, as itself and as `lsp-copilot`, it is still."""

from pathlib import Path

import pytest

from tests.clients import filling, lsp_mode, recording, signing_in


@pytest.mark.parametrize("transcript", [lsp_mode.TRANSCRIPT, lsp_mode.COPILOT], ids=["own client", "lsp-copilot"])
async def test_suggestions_are_shown_cancelled_and_taken(transcript: Path, tmp_path: Path) -> None:
    with filling.model(tmp_path) as environment:
        assert await recording.differences(transcript, environment) == []


async def test_somebody_is_asked_to_sign_in_with_a_code_and_signs_out(tmp_path: Path) -> None:
    async with signing_in.approved(tmp_path) as environment:
        assert await recording.differences(lsp_mode.SIGN_IN, environment) == []
