"""nvim-lspconfig's `copilot` in Neovim with our server in place of Copilot's, seen by Neovim's own ghost text.

    python -m tests.clients.lspconfig_copilot CHECKOUT

prints what a person sees, and writes the transcripts that `test_lspconfig_copilot.py` replays.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.clients import recording, signing_in
from tests.rigs import isolation
from tests.rigs.github import GitHub
from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ENTER, ESC

TRANSCRIPT = recording.TRANSCRIPTS / "lspconfig_copilot.jsonl"
SIGN_IN = recording.TRANSCRIPTS / "lspconfig_copilot_sign_in.jsonl"
FILL = "total = a + b\n    print(total)\n    return total"
SOURCE = 'greeting = "hé"\n\n\ndef add(a, b):\n    \n'
STARTUP = """
vim.lsp.config('copilot', { cmd = { 'llm-ls' } })
vim.lsp.enable('copilot')
vim.lsp.inline_completion.enable()
vim.keymap.set('i', '<C-F>', vim.lsp.inline_completion.get)
vim.keymap.set('i', '<C-G>', vim.lsp.inline_completion.select)
"""
ACCEPT, NEXT = "\x06", "\x07"


def show(screen: Screen, what: str) -> None:
    print(f"=== {what}\n{screen.screen}\n", flush=True)


async def say(screen: Screen, command: str, *answers: str) -> None:
    """Type an Ex command, and show what comes of it once that has `answers` in it."""
    screen.command(command)
    await screen.shows(*answers)
    show(screen, command)
    screen.keys(ENTER)


async def complete(screen: Screen) -> None:
    """Take suggestions as a user does: seen, another one, typed along, all."""
    await screen.asked(f"{ESC}5GA", "    total = a + b")  # what is asked before the server is there is lost
    await screen.shows("    return total")
    show(screen, "ghost text")
    screen.keys(NEXT)
    await screen.shows("    return total")
    show(screen, "next")
    screen.keys("t")
    await screen.shows("5,6", "    return total")
    await asyncio.sleep(1)  # Neovim asks 0.2 s later, and until then takes the last one for the place before
    show(screen, "typed along")
    screen.keys(ACCEPT)
    await screen.shows("7,17", "    return total")
    show(screen, "all")
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
    await screen.shows("Enter your one-time code")
    show(screen, "Yes")
    screen.keys(ENTER)
    await screen.shows("Signed in as octocat.")
    show(screen, "approved")
    await approving
    screen.keys(ENTER, ENTER)
    await say(screen, "LspCopilotSignIn", "Already signed in as octocat.")
    await say(screen, "LspCopilotSignOut", "Not signed in.")


async def leave(screen: Screen) -> None:
    screen.keys(ESC)
    screen.command("qall!")
    await screen.ended()


async def main(checkout: Path) -> None:
    files = {"sum.py": SOURCE}
    with tempfile.TemporaryDirectory(prefix="lspconfig-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        with prepared_model(folder, {}, fill=FILL) as environment:
            command = recording.command(folder / "command", environment)
            async with neovim(
                folder, {}, files=files, plugin=checkout, command=command, startup=STARTUP, columns=100
            ) as screen:
                await complete(screen)
                await leave(screen)
            print((screen.project / "sum.py").read_text(encoding="utf-8"))
        recording.keep(command, TRANSCRIPT, {name: "/session"})
    with tempfile.TemporaryDirectory(prefix="lspconfig-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        async with GitHub() as github:
            command = recording.command(folder / "command", signing_in.environment(github, folder))
            async with neovim(
                folder, {}, files=files, plugin=checkout, command=command, startup=STARTUP, columns=100
            ) as screen:
                await sign_in(screen, github)
                await leave(screen)
        recording.keep(command, SIGN_IN, {name: "/session"}, varying=signing_in.VARYING, masked=["expiresIn"])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
