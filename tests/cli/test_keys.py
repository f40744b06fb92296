"""Keys in a terminal: from standard input or a prompt, never from an argument; listed, and deleted."""

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.cli.command import run
from tests.cli.terminal import Terminal
from tests.rigs.openai import environment, whole
from tests.rigs.places import REPOSITORY
from tests.rigs.vendor import LoopbackVendor

KEY = "sk-planted-0123456789abcdef"


async def test_key_from_standard_input_is_kept_and_used(vendor: LoopbackVendor) -> None:
    kept = await run("keys", "set", "openai", stdin=f"{KEY}\n")
    vendor.says(*whole("hello"))
    addresses = {name: value for name, value in environment(vendor).items() if "KEY" not in name}
    chat = await run("chat", "hi", "-m", "openai/gpt-6-luna", environment=addresses)

    assert kept.out == (
        "Kept in a file that only you can read, not encrypted: there is no usable keyring, and LLM_LS_PASSPHRASE is "
        "not set.\n"
    )
    assert (chat.code, chat.out) == (0, "hello\n")
    assert vendor.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_nothing_to_read_a_key_from_is_no_crash() -> None:
    command = 'exec "$0" -m llm_ls keys set openai <&-'
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", command, sys.executable, stderr=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )
    _, said = await process.communicate()

    assert process.returncode == 1
    assert said.startswith(b"What was given is no key for openai")


async def test_prompt_shows_nothing_of_the_key() -> None:
    async with Terminal(sys.executable, "-m", "llm_ls", "keys", "set", "openai") as terminal:
        await terminal.shows("Key for openai:")
        terminal.types(f"{KEY}\n")
        shown = await terminal.everything()
    listed = await run("keys", "list")

    assert KEY not in shown
    assert "Kept in a file" in shown
    assert listed.out == "openai\tapi key\t\n"


async def test_keys_are_listed_without_any_of_them() -> None:
    await run("keys", "set", "openai", stdin=f"{KEY}\n")
    await run("keys", "set", "mistral", stdin=f"{KEY}\n")
    listed = await run("keys", "list", "--json")

    assert [row["provider"] for row in json.loads(listed.out)] == ["mistral", "openai"]
    assert KEY not in listed.out


async def test_deleted_key_is_gone() -> None:
    await run("keys", "set", "openai", stdin=f"{KEY}\n")
    deleted = await run("keys", "delete", "openai")
    again = await run("keys", "delete", "openai")
    listed = await run("keys", "list")

    assert (deleted.code, deleted.out) == (0, "The key of openai is deleted.\n")
    assert (again.code, again.err) == (1, "No key of openai is kept.\n")
    assert listed.out == ""


async def test_key_as_an_argument_is_refused_unread() -> None:
    done = await run("keys", "set", "openai", KEY)

    assert done.code == 2
    assert KEY not in done.out + done.err


async def test_what_is_no_key_is_refused() -> None:
    empty = await run("keys", "set", "openai", stdin="")
    spaced = await run("keys", "set", "openai", stdin="two words\n")

    assert (empty.code, spaced.code) == (1, 1)
    assert "a key is one word of printable ASCII" in spaced.err
    assert not (Path(os.environ["XDG_DATA_HOME"]) / "llm-ls" / "credentials.json").exists()


async def test_environment_that_counts_first_is_said() -> None:
    done = await run("keys", "set", "openai", stdin=f"{KEY}\n", environment={"OPENAI_API_KEY": "other"})

    assert done.err == "warning: it is not used while the environment variable OPENAI_API_KEY is set\n"
