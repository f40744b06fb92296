"""nvim-lspconfig's `copilot` in Neovim with our server in place of Copilot's, seen by Neovim's own ghost text.

    python -m tests.clients.lspconfig_copilot CHECKOUT

prints what a person sees, and writes the transcripts that `test_lspconfig_copilot.py` replays.
"""

import asyncio
from pathlib import Path

from tests.clients import filling, recording, signing_in
from tests.clients.driving import neovim, recorded, recorded_sign_in, run, say, sees, show
from tests.rigs.github import GitHub
from tests.rigs.nvim_screen import Screen
from tests.rigs.terminal import ENTER, ESC

TRANSCRIPT = recording.TRANSCRIPTS / "lspconfig_copilot.jsonl"
SIGN_IN = recording.TRANSCRIPTS / "lspconfig_copilot_sign_in.jsonl"
STARTUP = """
vim.lsp.config('copilot', { cmd = { 'llm-ls' } })
vim.lsp.enable('copilot')
vim.lsp.inline_completion.enable()
vim.keymap.set('i', '<C-F>', vim.lsp.inline_completion.get)
vim.keymap.set('i', '<C-G>', vim.lsp.inline_completion.select)
"""
ACCEPT, NEXT = "\x06", "\x07"


async def complete(screen: Screen) -> None:
    """Take suggestions as a user does: seen, another one, typed along, all."""
    await screen.asked(f"{ESC}5GA", "    total = a + b")  # what is asked before the server is there is lost
    await sees(screen, "ghost text", "    return total")
    screen.keys(NEXT)
    await sees(screen, "next", "    return total")
    screen.keys("t")
    await screen.shows("5,6", "    return total")
    await asyncio.sleep(1)  # Neovim asks 0.2 s later, and until then takes the last one for the place before
    show(screen, "typed along")
    screen.keys(ACCEPT)
    await sees(screen, "all", "7,17", "    return total")
    screen.keys(ENTER, 'é = "😀"; ')
    await screen.shows('é = "😀"; total = a + b')
    await asyncio.sleep(1)
    show(screen, "behind what UTF-16 counts otherwise")
    screen.keys(ACCEPT)
    await screen.shows("8,27-24", 'é = "😀"; total = a + b')
    await say(screen, "write", "written")
    await say(screen, "LspCopilotSignIn", "Already signed in as llamacpp.")
    await say(screen, "LspCopilotSignOut", "nobody was signed in")


async def sign_in(screen: Screen, github: GitHub) -> None:
    """Sign in with a code, and out."""
    await screen.asked(f"{ESC}:LspCopilotSignIn{ENTER}", "Open the browser to complete the sign-in process?")
    show(screen, "LspCopilotSignIn")
    approving = asyncio.create_task(signing_in.approve(github))
    screen.keys("y")
    await sees(screen, "Yes", "Enter your one-time code")
    screen.keys(ENTER)
    await sees(screen, "approved", "Signed in as octocat.")
    await approving
    screen.keys(ENTER, ENTER)
    await say(screen, "LspCopilotSignIn", "Already signed in as octocat.")
    await say(screen, "LspCopilotSignOut", "Not signed in.")


async def main(checkout: Path) -> None:
    with recorded(TRANSCRIPT, filling.model) as session:
        async with neovim(session, checkout, STARTUP, filling.SOURCE, columns=100) as screen:
            await complete(screen)
        print(session.text)
    async with (
        recorded_sign_in(SIGN_IN) as (session, github),
        neovim(session, checkout, STARTUP, filling.SOURCE, columns=100) as screen,
    ):
        await sign_in(screen, github)


if __name__ == "__main__":
    run(main)
