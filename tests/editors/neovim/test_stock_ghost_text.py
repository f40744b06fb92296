"""Ghost text in Neovim 0.12 as it comes, with what we say for `init.lua` and nothing else, from the real llama.cpp."""

from pathlib import Path

import pytest

from llm_ls.cli import editor_config
from tests.rigs.nvim_screen import neovim
from tests.rigs.nvim_typing import SUM, in_readme
from tests.rigs.places import REPOSITORY
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ESC, TAB

SNIPPETS = (
    in_readme("Without the plugin"),
    in_readme("Ghost text", REPOSITORY / "README.md"),
    editor_config.neovim(None),
)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=["plugin-readme", "readme", "llm-ls-config"])
async def test_it_is_shown_and_accepted_without_a_plugin(tmp_path: Path, snippet: str) -> None:
    with prepared_model(tmp_path, {}, fill="a + b") as given:
        nowhere = tmp_path / "no-plugin"
        async with neovim(tmp_path, given, files={"sum.py": SUM}, plugin=nowhere, startup=snippet) as screen:
            screen.wait_for_server()
            screen.keys("2GA ")
            shown = await screen.shows("return a + b")
            screen.keys(ESC)
            left = await screen.hides("a + b")
            screen.keys("A")
            await screen.shows("return a + b")
            screen.keys(TAB)
            await screen.shows("2,17")
            screen.keys(ESC)
            screen.command("silent write | echo 'written' 'now'")
            await screen.shows("written now")
            text = (screen.project / "sum.py").read_text(encoding="utf-8")

    assert "require" not in snippet
    assert "-- INSERT --" in shown
    assert "return" in left
    assert text == "def add(a, b):\n    return a + b\n"
