"""What our side of a session with nvim-lspconfig 221c4388 `copilot` in Neovim 0.12.4 was, it is still."""

import asyncio
from pathlib import Path

from tests.clients import lspconfig_copilot, recording, signing_in
from tests.rigs.github import GitHub
from tests.rigs.prepared_model import prepared_model


async def test_suggestions_are_shown_and_taken(tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill=lspconfig_copilot.FILL) as environment:
        assert await recording.differences(lspconfig_copilot.TRANSCRIPT, environment) == []


async def test_somebody_signs_in_with_a_code_and_out(tmp_path: Path) -> None:
    async with GitHub() as github:
        approving = asyncio.create_task(signing_in.approve(github))
        environment = signing_in.environment(github, tmp_path)

        assert await recording.differences(lspconfig_copilot.SIGN_IN, environment) == []
        await approving
