"""Answers `initialize` on stdio before anything else is loaded, then hands the connection over whole.

Standard library only until then. File descriptor 1 belongs to the protocol from the first instruction on.
"""

import os
import sys
from collections.abc import Callable

from llm_ls import framing
from llm_ls.protocol.greeting import Greeting
from llm_ls.protocol.handover import Handover, exists

READ_BYTES = 65536


def serve_stdio(client_process_id: int | None = None, serve: Callable[[Handover], object] | None = None) -> int:
    """Speak with the client on stdin and stdout until it leaves; the exit code.

    Args:
        client_process_id: A process that must not be outlived, beside the one that `initialize` names.
        serve: Who goes on after `initialize`; `llm_ls.server.serve` if not given.
    """
    if os.isatty(0):
        sys.stderr.write("llm-ls waits for an editor to speak LSP on stdin; `llm-ls --help` says what else it does\n")
    incoming, outgoing = _take_stdio()
    greeting, framer = Greeting(), framing.Framer()
    try:
        while greeting.params is None:
            if not (data := os.read(incoming, READ_BYTES)):
                return 0
            for body in framer.feed(data):
                if (answer := greeting.receive(body)) is not None:
                    _write(outgoing, framing.encode(answer))
                if greeting.exit_code is not None:
                    return greeting.exit_code
                if greeting.params is not None:
                    break
    except (OSError, KeyboardInterrupt):  # the client is gone, or somebody has tried it in a terminal
        return 0
    processes = _alive(client_process_id, greeting.params.get("processId"))
    handover = Handover(greeting.params, framer.pending, incoming, outgoing, processes)
    if serve is None:
        from llm_ls import server

        serve = server.serve
    serve(handover)
    return 0


def _take_stdio() -> tuple[int, int]:
    """Descriptors of our own for the protocol; others find stdin at its end, and print to stderr."""
    while (null := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # it took the place of a standard stream that was closed
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    if sys.platform != "win32":
        os.set_blocking(incoming, True)
        os.set_blocking(outgoing, True)
    return incoming, outgoing


def _write(outgoing: int, data: bytes) -> None:
    while data:
        data = data[os.write(outgoing, data) :]


def _alive(*candidates: object) -> tuple[int, ...]:
    """Those of the client's processes that exist here.

    A process id that names nothing while the client is talking to us belongs to another pid namespace (a
    container, a remote host): its absence says nothing.
    """
    ids = {id for id in candidates if isinstance(id, int) and not isinstance(id, bool) and id > 0}
    return tuple(id for id in sorted(ids) if exists(id))
