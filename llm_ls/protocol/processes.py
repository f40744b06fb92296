"""Watches a process, to leave when it does (`processId` of `initialize`, LSP 3.17)."""

import asyncio
import os
import sys
from collections.abc import Callable

from llm_ls.protocol.handover import exists

POLL_S = 0.5


def watch(process_id: int, gone: Callable[[], object]) -> None:
    """Call `gone` once there is no such process, at the latest `POLL_S` after."""
    loop = asyncio.get_running_loop()
    if sys.platform == "linux":
        try:
            descriptor = os.pidfd_open(process_id)
        except ProcessLookupError:
            gone()
            return
        except OSError:  # an old kernel, or a sandbox that does not allow it
            _poll(loop, process_id, gone)
            return

        def ended() -> None:
            loop.remove_reader(descriptor)
            os.close(descriptor)
            gone()

        loop.add_reader(descriptor, ended)
    else:
        _poll(loop, process_id, gone)


def _poll(loop: asyncio.AbstractEventLoop, process_id: int, gone: Callable[[], object]) -> None:
    if exists(process_id):
        loop.call_later(POLL_S, _poll, loop, process_id, gone)
    else:
        gone()
