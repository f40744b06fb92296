"""The handlers of `small_server`, and the server around them."""

import asyncio
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import attrs
from lsprotocol import types

from llm_ls import errors
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.outgoing import Outgoing

NEVER_S = 3600.0


@attrs.frozen
class CountedParams:
    uri: str
    count: int = 0


CUSTOM = {"llm-ls/counted": CountedParams}
SECRET = "text of the user"


def build(initialize_params: dict[str, Any], outgoing: Outgoing) -> LlmLanguageServer:
    """A server with the handlers below."""
    server = LlmLanguageServer(initialize_params, outgoing, CUSTOM)
    _register_requests(server)
    _register_failures(server)
    _register_streams(server)
    _register_commands(server)

    async def cleanup() -> None:
        if initialize_params.get("cleanup") == "hangs":
            await asyncio.sleep(NEVER_S)
        if initialize_params.get("cleanup") == "blocks":
            time.sleep(NEVER_S)  # noqa: ASYNC251  what nobody should write

    server.cleanup = cleanup
    return server


def _register_requests(server: LlmLanguageServer) -> None:
    @server.feature("test/echo")
    def on_echo(ls: LlmLanguageServer, params: Any) -> Any:
        return params

    @server.feature("test/print")
    def on_print(ls: LlmLanguageServer, params: Any) -> None:
        print(params, flush=True)
        os.write(1, f"{params}\n".encode())
        subprocess.run(["/bin/sh", "-c", f"cat; echo {params}"], check=True)

    @server.feature("test/touch")
    def on_touch(ls: LlmLanguageServer, params: Any) -> None:
        Path(params).touch()

    @server.feature("test/later")
    async def on_later(ls: LlmLanguageServer, params: Any) -> Any:
        await asyncio.sleep(0)
        return params

    @server.feature("llm-ls/counted")
    def on_counted(ls: LlmLanguageServer, params: CountedParams) -> CountedParams:
        return params

    @server.feature("test/text")
    def on_text(ls: LlmLanguageServer, params: Any) -> str:
        return ls.document(params["uri"]).text

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    def on_code_action(ls: LlmLanguageServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        return [types.CodeAction(title=params.text_document.uri, kind=types.CodeActionKind.QuickFix)]

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def on_save(ls: LlmLanguageServer, params: types.DidSaveTextDocumentParams) -> None:
        ls.tell("test/saved", {"uri": params.text_document.uri})

    @server.feature("test/ask")
    async def on_ask(ls: LlmLanguageServer, params: Any) -> Any:
        return await ls.ask("test/question", {"why": "not"}, params["timeoutS"])

    @server.feature("test/askTyped")
    async def on_ask_typed(ls: LlmLanguageServer, params: Any) -> bool:
        shown = await ls.window_show_document_async(types.ShowDocumentParams(uri="file:///a"))
        return shown.success


def _register_failures(server: LlmLanguageServer) -> None:
    @server.feature("test/fail")
    def on_fail(ls: LlmLanguageServer, params: Any) -> None:
        match params:
            case "named":
                raise errors.RateLimited("too many requests", hint="wait a minute", provider="openai", status=429)
            case "superseded":
                raise Superseded
            case "unencodable":
                return object()  # pyright: ignore[reportReturnType]  # that is the failure
            case _:
                raise ValueError(SECRET)

    @server.feature("test/failLater")
    async def on_fail_later(ls: LlmLanguageServer, params: Any) -> None:
        await asyncio.sleep(0)
        on_fail(ls, params)

    @server.feature("test/hang")
    async def on_hang(ls: LlmLanguageServer, params: Any) -> None:
        ls.tell("test/hangs")
        await asyncio.sleep(NEVER_S)

    @server.feature("test/stubborn")
    async def on_stubborn(ls: LlmLanguageServer, params: Any) -> None:
        ls.tell("test/hangs")
        while True:
            try:
                await asyncio.sleep(NEVER_S)
            except asyncio.CancelledError:  # what nobody should write
                continue


def _register_streams(server: LlmLanguageServer) -> None:
    @server.feature("test/flood")
    async def on_flood(ls: LlmLanguageServer, params: Any) -> str:
        for number in range(params["count"]):
            ls.send_progress(params["token"], {"number": number, "text": params.get("text", "")})
            if params.get("waits"):
                await ls.drained()
        return "sent"


def _register_commands(server: LlmLanguageServer) -> None:
    @server.command("test.argument")
    def on_argument(ls: LlmLanguageServer, argument: dict[str, Any]) -> dict[str, Any]:
        return {"argument": argument, "token": ls.work_done_token}

    @server.command("test.nothing")
    async def on_nothing(ls: LlmLanguageServer, argument: dict[str, Any]) -> None:
        ls.tell("test/ran", {"argument": argument})
