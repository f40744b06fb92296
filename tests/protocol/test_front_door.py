"""`initialize` is answered before anything else is loaded, and the connection handed on whole."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from llm_ls import __version__, framing
from llm_ls.__main__ import _serves_stdio  # pyright: ignore[reportPrivateUsage]  # what editors put on the line
from llm_ls.protocol import capabilities, initialize
from tests.protocol import clients
from tests.rigs import places
from tests.rigs.raw_client import started

SMALL = ("-m", "tests.rigs.small_server")
COPILOT_README: dict[str, Any] = {
    "processId": 1,
    "workspaceFolders": [{"uri": "file:///w"}],
    "capabilities": {"workspace": {"workspaceFolders": True, "configuration": True}},
    "initializationOptions": {"editorInfo": {"name": "GNU ed", "version": "1.19"}},
}
TABBY: dict[str, Any] = {"capabilities": {"textDocument": {"inlineCompletion": True, "completion": True}}}


def test_what_an_editor_is_told() -> None:
    assert initialize.result(clients.NEOVIM) == {
        "capabilities": {
            "positionEncoding": "utf-8",
            "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
            "codeActionProvider": {
                "codeActionKinds": ["quickfix", "refactor.rewrite", "source"],
                "resolveProvider": False,
            },
            "inlineCompletionProvider": True,
            "executeCommandProvider": {"commands": list(initialize.COMMANDS)},
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
            "experimental": {"llm-ls": {"version": __version__, "methods": list(initialize.METHODS)}},
        },
        "serverInfo": {"name": "llm-ls", "version": __version__},
    }


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["utf-16", "utf-32", "utf-8"], "utf-8"),
        (["utf-16", "utf-32"], "utf-32"),
        (["utf-16"], "utf-16"),
        ([], "utf-16"),
        (None, "utf-16"),
        ("utf-8", "utf-8"),
        ([5, True], "utf-16"),
    ],
)
def test_position_encoding(offered: Any, chosen: str) -> None:
    params = {"capabilities": {"general": {"positionEncodings": offered}}}

    assert initialize.result(params)["capabilities"]["positionEncoding"] == chosen
    assert capabilities.resolve(params).position_encoding == chosen


def test_columns_of_clients_of_copilot_count_utf_16_whatever_they_offer() -> None:
    params = {**clients.NEOVIM, "initializationOptions": {"editorInfo": {"name": "Neovim", "version": "0.12.4"}}}

    assert initialize.result(params)["capabilities"]["positionEncoding"] == "utf-16"
    assert capabilities.resolve(params).position_encoding == "utf-16"


def test_content_of_our_own_is_offered_to_those_who_can_fetch_it() -> None:
    told = initialize.result(clients.VSCODE)["capabilities"]["workspace"]

    assert told["textDocumentContent"] == {"schemes": ["llm-ls"]}


@pytest.mark.parametrize(
    "params",
    [
        clients.NEOVIM,
        clients.HELIX,
        clients.EGLOT,
        clients.VSCODE,
        COPILOT_README,
        TABBY,
        {"capabilities": True, "dummy": "dummy"},
        {"capabilities": {"general": [], "workspace": 5}},
        {},
        None,
        [],
        "text",
        5,
    ],
)
async def test_initialize_is_answered_whatever_its_params(params: Any) -> None:
    async with started(program=SMALL) as client:
        result = await client.initialize(params)
        echo = await client.ask(2, "test/echo", "alive")

    assert result["serverInfo"]["name"] == "llm-ls"
    assert echo["result"] == "alive"
    assert len(client.answers("initialize")) == 1


async def test_params_may_be_absent() -> None:
    async with started(program=SMALL) as client:
        client.send({"jsonrpc": "2.0", "id": 1, "method": "initialize"})

        assert "result" in await client.response(1)


async def test_before_initialize_requests_are_refused_and_notifications_dropped() -> None:
    async with started(program=SMALL) as client:
        client.notify("initialized", {})
        client.notify("initialize", {})
        client.request(1, "textDocument/codeAction", {})
        client.request(2, "shutdown", None)
        client.send({"jsonrpc": "2.0", "id": 9, "result": None})
        client.send([], {"id": 3, "method": "initialize"})
        client.write(framing.encode(b"{") + b"Content-Length: x\r\n\r\n")
        await client.initialize({})
        codes = [(said["id"], said.get("error", {}).get("code")) for said in client.messages]

    assert codes == [
        (1, -32002),
        (2, -32002),
        (None, -32600),
        (3, -32600),
        (None, -32700),
        (None, -32700),
        ("initialize", None),
    ]


async def test_several_messages_in_one_write_are_answered_in_order() -> None:
    async with started(program=SMALL) as client:
        client.send(
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}},
            {"jsonrpc": "2.0", "method": "initialized", "params": {}},
            *({"jsonrpc": "2.0", "id": id, "method": "test/echo", "params": id} for id in range(2, 50)),
        )
        await client.response(49)

    assert [said["id"] for said in client.messages] == list(range(1, 50))


async def test_one_message_in_many_writes() -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": clients.EGLOT}
    echo = {"jsonrpc": "2.0", "id": 2, "method": "test/echo", "params": "é" * 50}
    data = b"".join(framing.encode(json.dumps(part, ensure_ascii=False).encode()) for part in (message, echo))
    async with started(program=SMALL) as client:
        assert client.process.stdin is not None
        for at in range(0, len(data), 37):
            client.write(data[at : at + 37])
            await client.process.stdin.drain()

        assert (await client.response(2))["result"] == "é" * 50


async def test_the_handover_may_cut_a_message_anywhere() -> None:
    hello = framing.encode(b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}')
    echo = framing.encode(b'{"jsonrpc":"2.0","id":2,"method":"test/echo","params":"%b"}' % (b"x" * 100_000))
    async with started(program=SMALL) as client:
        client.write(hello + echo[:70_000])
        await client.response(1)
        client.write(echo[70_000:])

        assert (await client.response(2))["result"] == "x" * 100_000


async def test_exit_before_initialize() -> None:
    async with started(program=SMALL) as client:
        client.notify("exit", None)

        assert await client.exit_code(5) == 1


@pytest.mark.parametrize("data", [b"", b"Content-Length: 100\r\n\r\n{"])
async def test_end_of_input_before_initialize_is_quiet(data: bytes) -> None:
    async with started(program=SMALL) as client:
        client.write(data)
        client.close()
        code = await client.exit_code(5)

    assert (code, client.errors, client.messages) == (0, b"", [])


async def test_nothing_but_the_protocol_goes_to_stdout() -> None:
    async with started(program=SMALL) as client:
        await client.initialize({})
        await client.ask(2, "test/print", "stray text")
        await client.ask(3, "test/echo", None)
    messages = [said for said in client.messages if "method" not in said]

    assert [said["id"] for said in messages] == ["initialize", 2, 3]
    assert client.errors.count(b"stray text") == 3


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_standard_stream_may_be_closed(closed: int) -> None:
    hello = framing.encode(b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}')
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -m tests.rigs.small_server {closed}>&-', sys.executable],
        input=hello,
        capture_output=True,
        cwd=places.REPOSITORY,
        timeout=20,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{places.REPOSITORY}:{os.environ.get('PYTHONPATH', '')}"},
    )

    assert done.returncode == 0
    assert (b'"serverInfo"' in done.stdout) == (closed == 2)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], (True, None)),
        (["--stdio"], (True, None)),
        (["--stdio", "--stdio"], (True, None)),
        (["--clientProcessId", "42", "--stdio"], (True, 42)),
        (["--stdio", "--clientProcessId=42"], (True, 42)),
        (["--clientProcessId"], (False, None)),
        (["--clientProcessId=x"], (False, None)),
        (["--tcp", "127.0.0.1:0"], (False, None)),
        (["chat"], (False, None)),
        (["--help"], (False, None)),
    ],
)
def test_what_editors_put_on_the_command_line(arguments: list[str], expected: tuple[bool, int | None]) -> None:
    assert _serves_stdio(arguments) == expected


def test_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "llm_ls", "--version"],
        capture_output=True,
        cwd=places.REPOSITORY,
        timeout=20,
        check=True,
    )

    assert done.stdout == f"llm-ls {__version__}\n".encode()


def test_answers_before_anything_is_loaded() -> None:
    """The modules that are there when `initialize` has been answered."""
    program = (
        "import sys; from llm_ls import front_door;"
        "front_door.serve_stdio(None, lambda _: sys.stderr.write(' '.join(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        input=framing.encode(b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}'),
        capture_output=True,
        cwd=places.REPOSITORY,
        timeout=20,
        check=True,
        env={**os.environ, "PYTHONPATH": str(places.REPOSITORY)},
    )
    loaded = set(done.stderr.decode().split())

    assert {name.partition(".")[0] for name in loaded} <= sys.stdlib_module_names | {"llm_ls", "__main__"}
    assert not loaded & {"asyncio", "logging", "dataclasses", "inspect", "subprocess", "socket"}
    assert {name for name in loaded if name.startswith("llm_ls")} == {
        "llm_ls",
        "llm_ls.framing",
        "llm_ls.front_door",
        "llm_ls.protocol",
        "llm_ls.protocol.greeting",
        "llm_ls.protocol.handover",
        "llm_ls.protocol.initialize",
        "llm_ls.protocol.jsonrpc",
    }


async def test_says_what_it_waits_for_when_a_person_starts_it() -> None:
    terminal, stdin = os.openpty()
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llm_ls"),
        cwd=places.REPOSITORY,
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(stdin)
    os.write(terminal, b"\x04")
    out, err = await asyncio.wait_for(server.communicate(), 10)
    os.close(terminal)

    assert (server.returncode, out) == (0, b"")
    assert b"llm-ls --help" in err
