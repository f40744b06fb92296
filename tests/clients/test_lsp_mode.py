"""What our side of sessions with lsp-mode 90bc0430 in Emacs 30 was, as itself and as `lsp-copilot`, it is still."""

import asyncio
from pathlib import Path

import pytest

from tests.clients import lsp_mode, recording, signing_in
from tests.rigs.github import GitHub
from tests.rigs.prepared_model import prepared_model


@pytest.mark.parametrize("transcript", [lsp_mode.TRANSCRIPT, lsp_mode.COPILOT], ids=["own client", "lsp-copilot"])
async def test_suggestions_are_shown_cancelled_and_taken(transcript: Path, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill=lsp_mode.FILL) as environment:
        assert await recording.differences(transcript, environment) == []


async def test_somebody_is_asked_to_sign_in_with_a_code_and_signs_out(tmp_path: Path) -> None:
    async with GitHub() as github:
        approving = asyncio.create_task(signing_in.approve(github))
        environment = signing_in.environment(github, tmp_path)

        assert await recording.differences(lsp_mode.SIGN_IN, environment) == []
        await approving
