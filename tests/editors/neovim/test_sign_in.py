"""A whole sign-in to (a fake of) GitHub Copilot in Neovim, kept in a real GNOME keyring, and found nowhere else."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from tests.rigs import keyring, nvim
from tests.rigs.github import CLIENT_ID, DEVICE, PAGE, TOKEN, GitHub

HERE = Path(__file__).parent
AFTER = "def add(a, b):\n    return a + b\n"


async def test_signs_in_through_window_messages_once_and_the_token_is_in_the_keyring_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    async with keyring.session() as session, GitHub() as github:
        await session.unlocked()
        github.interval = 1
        github.answer = f"```python\n{AFTER}```"
        settings = {
            "model": "github-copilot/gpt-4.1",
            "providers": {"github-copilot": {"domain": github.url, "clientId": CLIENT_ID}},
            "log": {"level": "debug"},
        }
        server = ("sh", "-c", f'exec "$@" 2>>"{log}"', "sh", *nvim.SERVER)
        playing = asyncio.ensure_future(
            nvim.play(HERE / "sign_in.lua", environment=session.environment, settings=settings, server=server)
        )
        await asyncio.wait((playing, asyncio.ensure_future(github.next(TOKEN))), return_when=asyncio.FIRST_COMPLETED)
        github.approve()
        first = await playing
        second = await nvim.play(
            HERE / "still_signed_in.lua", environment=session.environment, settings=settings, server=server
        )
        holding = holders(github.given_out, Path(os.environ["HOME"]), tmp_path)
        await session.stopped()
        at_rest = holders(github.given_out, Path(session.environment["XDG_RUNTIME_DIR"]))

    assert "Run `llm-ls login github-copilot`" in first["refusal"]
    assert first["offered"] == "AI: Sign in to github-copilot"
    assert re.search(rf"open {github.url}{PAGE} and enter the code \w{{4}}-\w{{4}}\. ", first["question"]["prompt"])
    assert first["question"]["items"] == ["Open browser", "Cancel"]
    assert first["opened"] == [f"{github.url}{PAGE}"]
    assert first["said"] == "llm-ls is signed in to github-copilot as octocat."
    assert any(report.startswith("enter ") for report in first["reports"])
    assert first["after"] == AFTER
    assert second == {"after": AFTER, "questions": [], "said": []}
    assert len(github.asked(DEVICE)) == 1
    assert len(github.given_out) >= 3
    assert log.stat().st_size > 0
    assert (holding, at_rest) == ([], [])


def holders(secrets: list[str], *folders: Path) -> list[str]:
    """The files below `folders` that hold one of `secrets`, as `grep` would find them."""
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return [str(file) for file in files if any(secret.encode() in file.read_bytes() for secret in secrets)]
