"""The command line as a whole: help, version, mistakes, exit codes, and serving on a port."""

import asyncio
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from llm_ls import __version__
from llm_ls.cli import main
from tests.cli.command import run, started

IMPORTED = "import sys; from llm_ls.cli import main; main.exit_code(['--help']); print(*sys.modules, file=sys.stderr)"


async def test_help_lists_every_command() -> None:
    done = await run("--help")

    assert done.code == 0
    assert all(re.search(rf"^  {name}  ", done.out, re.MULTILINE) for name in main.COMMANDS)


async def test_version() -> None:
    alone, among_others = await run("--version"), await run("--version", "--stdio")

    assert alone.out == among_others.out == f"llm-ls {__version__}\n"
    assert (alone.code, among_others.code) == (0, 0)


def test_help_loads_nothing_slow() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)

    assert {"rich", "httpx2", "pygls", "cattrs", "anthropic", "openai"} & set(done.stderr.split()) == set()


@pytest.mark.parametrize("name", sorted(main.COMMANDS))
def test_every_command_has_help(name: str) -> None:
    done = CliRunner().invoke(main.root, [name, "--help"])

    assert done.exit_code == 0
    assert done.output.startswith(f"Usage: root {name} ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chta",), "there is no command 'chta'; did you mean 'chat'?"),
        (("xyzzy",), "there is no command 'xyzzy'"),
        (("--colour",), "--colour"),
        (("chat", "--modle", "x"), "--modle"),
        (("--tcp", "9257"), "'9257' is not HOST:PORT, such as 127.0.0.1:9257"),
        (("--tcp", "127.0.0.1:70000"), "is not HOST:PORT"),
        (("--tcp", "127.0.0.1:0", "--ws", "127.0.0.1:0"), "--stdio, --tcp and --ws exclude each other"),
        (("--stdio", "--allow-remote"), "--allow-remote and --token-file go with --tcp or --ws"),
        (("--clientProcessId", "me"), "is not a valid integer"),
    ],
)
async def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], said: str) -> None:
    done = await run(*arguments)

    assert done.code == 2
    assert said in done.err
    assert done.out == ""


async def test_closed_pipe_is_no_crash() -> None:
    async with started("config", "neovim") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.feed_eof()
        async with asyncio.timeout(30):
            _, err = await process.communicate()

    assert b"Traceback" not in err


async def test_serves_on_a_port_until_interrupted(tmp_path: Path) -> None:
    token = tmp_path / "token"
    async with started("--tcp", "127.0.0.1:0", "--token-file", str(token)) as process:
        assert process.stderr is not None
        async with asyncio.timeout(30):
            listening = (await process.stderr.readline()).decode()
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            code = await process.wait()

    assert re.fullmatch(r"listening on tcp://127\.0\.0\.1:\d+\n", listening)
    assert token.stat().st_mode & 0o777 == 0o600
    assert code == 130


async def test_port_is_given_up_when_the_client_process_ends(tmp_path: Path) -> None:
    client = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    arguments = ("--tcp", "127.0.0.1:0", "--token-file", str(tmp_path / "token"))
    async with started(*arguments, "--clientProcessId", str(client.pid)) as process:
        assert process.stderr is not None
        async with asyncio.timeout(30):
            await process.stderr.readline()
            await client.communicate(b"\n")
            code = await process.wait()

    assert code == 0
