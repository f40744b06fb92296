"""What our side of sessions with copilot.vim was in Vim 9.1 and in Neovim 0.12.4, it is still."""

from pathlib import Path

import pytest

from tests.clients import copilot_vim, filling, recording, signing_in


@pytest.mark.parametrize("version", copilot_vim.VERSIONS)
@pytest.mark.parametrize("editor", copilot_vim.EDITORS)
async def test_suggestions_are_shown_cycled_dismissed_and_taken(version: str, editor: str, tmp_path: Path) -> None:
    with filling.model(tmp_path) as environment:
        assert await recording.differences(copilot_vim.transcript(version, editor), environment) == []


@pytest.mark.parametrize("version", copilot_vim.VERSIONS)
@pytest.mark.parametrize("editor", copilot_vim.EDITORS)
async def test_somebody_signs_in_with_a_code_and_out(version: str, editor: str, tmp_path: Path) -> None:
    async with signing_in.approved(tmp_path) as environment:
        assert await recording.differences(copilot_vim.transcript(version, editor, "_sign_in"), environment) == []
