"""A sign-in from Neovim with the plugin: the code is on the screen, nothing is blocked, and the question goes again."""

import re
from pathlib import Path

from tests.rigs.github import CLIENT_ID, GitHub
from tests.rigs.nvim_screen import neovim
from tests.rigs.terminal import ESC


async def test_the_question_blocks_nothing_and_goes_once_the_code_is_approved(tmp_path: Path) -> None:
    async with GitHub() as github:
        github.interval = 1
        settings = tmp_path / "config.toml"
        settings.write_text(f'[providers.github-copilot]\ndomain = "{github.url}"\nclientId = "{CLIENT_ID}"\n')
        async with neovim(tmp_path, {"LLM_LS_CONFIG": str(settings)}, columns=100) as screen:
            screen.command("Llm signin github-copilot")
            asked = await screen.shows("enter the code", "1  Open browser", "2  Cancel", "╭ llm-ls ─")
            screen.keys(":wincmd p\r", "Otyped meanwhile", ESC)
            await screen.shows("typed meanwhile", "Open browser")
            github.approve()
            await screen.shows("is signed in to github-copilot as octocat")
            await screen.hides("Open browser")

    assert re.search(r"\b\w{4}-\w{4}\b", asked)


async def test_a_question_that_is_closed_leaves_the_code_in_sight(tmp_path: Path) -> None:
    async with GitHub() as github:
        github.interval = 1
        settings = tmp_path / "config.toml"
        settings.write_text(f'[providers.github-copilot]\ndomain = "{github.url}"\nclientId = "{CLIENT_ID}"\n')
        async with neovim(tmp_path, {"LLM_LS_CONFIG": str(settings)}, columns=160) as screen:
            screen.command("Llm signin github-copilot")
            asked = await screen.shows("enter the code", "Open browser", "╭ llm-ls ─")
            screen.keys("q")
            still = await screen.until(
                lambda text: "Open browser" not in text and "enter the code" in text, "the code is told again"
            )
            screen.keys("\r")
            screen.command("Llm stop")
            await screen.shows("stopped")

    code = re.search(r"\b\w{4}-\w{4}\b", asked)
    assert code
    assert code[0] in still
