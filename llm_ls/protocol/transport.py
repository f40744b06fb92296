"""stdio: bytes in, bytes out, and the end of the process when the client is gone.

Pipes and sockets are served on the loop. Files, terminals and everything on Windows get a thread each way.
"""

import asyncio
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from llm_ls import framing
from llm_ls.protocol import processes
from llm_ls.protocol.handover import Handover
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.outgoing import Outgoing, PipeOutgoing, ThreadOutgoing

READ_BYTES = 256 * 1024
LAST_RESORT_S = 0.7

Build = Callable[[dict[str, Any], Outgoing], LlmLanguageServer]
"""Makes the server of a new connection from its raw `initialize` params; called on the running loop."""


def serve(handover: Handover, build: Build) -> NoReturn:
    """Go on where the front door left off; the process ends with the connection."""
    asyncio.run(_serve(handover, build))
    raise AssertionError("the process has ended")


async def _serve(handover: Handover, build: Build) -> None:
    outgoing = _outgoing(handover.outgoing)
    server = build(handover.params, outgoing)
    outgoing.on_lost(lambda: server.end(0))
    framer = framing.Framer()

    def receive(data: bytes) -> None:
        for body in framer.feed(data):
            server.receive(body)

    receive(handover.pending)
    _read(handover.incoming, receive, lambda: server.end(0))
    for process_id in handover.processes:
        processes.watch(process_id, lambda: server.end(1))
    _on_signals(lambda: server.end(0))
    code = await server.ended
    last_resort = threading.Timer(LAST_RESORT_S, os._exit, [code])
    last_resort.daemon = True
    last_resort.start()
    await server.close()
    # Not by way of `asyncio.run`, which waits for threads; one may be looking up a host that does not answer.
    os._exit(code)


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


def _outgoing(descriptor: int) -> Outgoing:
    return PipeOutgoing(descriptor) if _is_pipe(descriptor) else ThreadOutgoing(descriptor)


def _read(descriptor: int, receive: Callable[[bytes], None], ended: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def readable() -> None:
        try:
            data = os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            receive(data)
        else:
            loop.remove_reader(descriptor)
            ended()

    if _is_pipe(descriptor):
        loop.add_reader(descriptor, readable)
    else:
        threading.Thread(target=_read_on, args=(descriptor, loop, receive, ended), name="stdin", daemon=True).start()


def _read_on(
    descriptor: int,
    loop: asyncio.AbstractEventLoop,
    receive: Callable[[bytes], None],
    ended: Callable[[], None],
) -> None:
    try:
        while data := os.read(descriptor, READ_BYTES):
            loop.call_soon_threadsafe(receive, data)
    except OSError:
        pass
    loop.call_soon_threadsafe(ended)


def _on_signals(end: Callable[[], None]) -> None:
    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end)
