"""What our side of sessions with copilot.vim was in Vim 9.1 and in Neovim 0.12.4, it is still."""

import asyncio
from pathlib import Path

import pytest

from tests.clients import copilot_vim, recording, signing_in
from tests.rigs.github import GitHub
from tests.rigs.prepared_model import prepared_model


@pytest.mark.parametrize("version", copilot_vim.VERSIONS)
@pytest.mark.parametrize("editor", copilot_vim.EDITORS)
async def test_suggestions_are_shown_cycled_dismissed_and_taken(version: str, editor: str, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill=copilot_vim.FILL) as environment:
        assert await recording.differences(copilot_vim.transcript(version, editor), environment) == []


@pytest.mark.parametrize("version", copilot_vim.VERSIONS)
@pytest.mark.parametrize("editor", copilot_vim.EDITORS)
async def test_somebody_signs_in_with_a_code_and_out(version: str, editor: str, tmp_path: Path) -> None:
    async with GitHub() as github:
        approving = asyncio.create_task(signing_in.approve(github))
        environment = signing_in.environment(github, tmp_path)

        assert await recording.differences(copilot_vim.transcript(version, editor, "_sign_in"), environment) == []
        await approving
