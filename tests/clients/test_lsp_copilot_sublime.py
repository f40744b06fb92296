"""What our side of a session with LSP-copilot was, it is still."""

from pathlib import Path

from tests.clients import filling, lsp_copilot_sublime, recording


async def test_completions_and_the_panel_as_it_asks_for_them(tmp_path: Path) -> None:
    with filling.model(tmp_path, lsp_copilot_sublime.FILL) as environment:
        assert await recording.differences(lsp_copilot_sublime.TRANSCRIPT, environment, arguments=["--stdio"]) == []
