"""What our side of a session with nvim-lspconfig 221c4388 `copilot` in Neovim 0.12.4 was, it is still."""

from pathlib import Path

from tests.clients import filling, lspconfig_copilot, recording, signing_in


async def test_suggestions_are_shown_and_taken(tmp_path: Path) -> None:
    with filling.model(tmp_path) as environment:
        assert await recording.differences(lspconfig_copilot.TRANSCRIPT, environment) == []


async def test_somebody_signs_in_with_a_code_and_out(tmp_path: Path) -> None:
    async with signing_in.approved(tmp_path) as environment:
        assert await recording.differences(lspconfig_copilot.SIGN_IN, environment) == []
