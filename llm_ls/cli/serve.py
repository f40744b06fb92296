"""Serving on a socket, as `--tcp` and `--ws` ask; stdio is the front door's."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import attrs

from llm_ls import errors, server
from llm_ls.protocol import log, processes, sockets


@attrs.frozen
class Place:
    """Where to listen, and for whom.

    Attributes:
        token_file: Where the token is written; `None` prints it.
        process_id: Whose end is the server's end.
    """

    host: str
    port: int
    web: bool
    allow_remote: bool
    token_file: Path | None
    process_id: int | None


def on_socket(place: Place) -> None:
    """Serve until interrupted, or until the process that wants us is gone.

    Raises:
        errors.SettingsInvalid: The address is not one to listen on.
        errors.StorageFailed: The token could not be written.
    """
    log.to_stderr()
    asyncio.run(_serve(place))


async def _serve(place: Place) -> None:
    serve = _web_socket() if place.web else sockets.serve_tcp
    token = secrets.token_urlsafe(32)

    def announce(address: str) -> None:
        sockets.publish_token(token, place.token_file)
        sockets.say_on_stderr(address)

    serving = asyncio.create_task(
        serve(place.host, place.port, server.build, token=token, allow_remote=place.allow_remote, announce=announce)
    )
    client_gone = asyncio.Event()

    def leave() -> None:
        client_gone.set()
        serving.cancel()

    if place.process_id is not None:
        processes.watch(place.process_id, leave)
    try:
        await serving
    except asyncio.CancelledError:
        if not client_gone.is_set():
            raise


def _web_socket() -> Callable[..., Coroutine[Any, Any, None]]:
    try:
        from llm_ls.protocol.web_socket import serve_ws
    except ModuleNotFoundError as error:
        raise errors.SettingsInvalid(
            "the package 'websockets' is not installed", hint="install 'llm-ls[ws]'"
        ) from error
    return serve_ws
