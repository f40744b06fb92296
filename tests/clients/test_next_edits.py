"""What our side of a session was with clients that show next edits, it is still.

sidekick.nvim 8ad0ede3 and copilot-lsp 1b6d8273 in Neovim 0.12.4, copilot.el 277ca357 in Emacs 30.
"""

from pathlib import Path

import pytest

from tests.clients import copilot_el_nes, copilot_lsp, recording, renaming, sidekick


@pytest.mark.parametrize(
    "transcript", [sidekick.TRANSCRIPT, copilot_lsp.TRANSCRIPT, copilot_el_nes.TRANSCRIPT], ids=lambda path: path.stem
)
async def test_the_next_edit_is_shown_put_away_and_made(transcript: Path, tmp_path: Path) -> None:
    with renaming.model(tmp_path) as environment:
        assert await recording.differences(transcript, environment, arguments=["--stdio"]) == []
