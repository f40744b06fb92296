"""The messages of an MCP server that is a program: JSON, one a line, on its standard streams.

https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from llm_ls.auth.redaction import redacted
from llm_ls.tools.mcp.process import Child

_MOST_LOGGED = 500

logger = logging.getLogger(__name__)

Messages = SessionMessage | Exception
Streams = tuple[MemoryObjectReceiveStream[Messages], MemoryObjectSendStream[SessionMessage]]


@contextlib.asynccontextmanager
async def streams(server: str, child: Child) -> AsyncGenerator[Streams]:
    """What it says, and where to say something; it is ended with them."""
    incoming, from_child = anyio.create_memory_object_stream[Messages](0)
    to_child, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
    with incoming, from_child, to_child, outgoing:
        async with anyio.create_task_group() as group:
            group.start_soon(_read, child, incoming)
            group.start_soon(_write, child, outgoing)
            group.start_soon(_log, server, child)
            try:
                yield from_child, to_child
            finally:
                with anyio.CancelScope(shield=True):
                    await child.end()
                group.cancel_scope.cancel()


async def _read(child: Child, incoming: MemoryObjectSendStream[Messages]) -> None:
    """Hand on each message, until there are no more or one is too long; lines that are none are passed over."""
    assert child.process.stdout is not None
    try:
        with incoming, contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            while line := await _line(child.process.stdout):
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValueError:
                    logger.debug("passed over a line that is no message")
                else:
                    await incoming.send(SessionMessage(message))
    finally:
        child.finished()


async def _line(output: asyncio.StreamReader) -> bytes:
    try:
        return await output.readline()
    except ValueError:
        logger.warning("an MCP server sent a longer message than is read")
        return b""


async def _write(child: Child, outgoing: MemoryObjectReceiveStream[SessionMessage]) -> None:
    """Send what is to be sent. One that does not listen any more is ended, since nobody would answer."""
    assert child.process.stdin is not None
    with outgoing:
        try:
            async for sent in outgoing:
                text = sent.message.model_dump_json(by_alias=True, exclude_unset=True)
                child.process.stdin.write(f"{text}\n".encode())
                await child.process.stdin.drain()
        except OSError:
            child.kill()


async def _log(server: str, child: Child) -> None:
    """Read what it writes to standard error, lest it waits for a reader."""
    assert child.process.stderr is not None
    while True:
        try:
            line = await child.process.stderr.readline()
        except ValueError:  # too long to be kept
            continue
        if not line:
            return
        if logger.isEnabledFor(logging.DEBUG):
            said = redacted(line[: 2 * _MOST_LOGGED].decode("utf-8", "replace").rstrip())
            logger.debug("the MCP server %s says: %s", server, said[:_MOST_LOGGED])
