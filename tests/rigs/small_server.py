"""A server with a few handlers of its own, behind the real front door: what the plumbing does, and nothing else."""

import sys
from typing import NoReturn

from llm_ls import front_door
from llm_ls.protocol.handover import Handover


def serve(handover: Handover) -> NoReturn:
    """Go on after `initialize`."""
    from llm_ls.protocol import log, transport
    from tests.rigs.small_features import build

    log.to_stderr()
    transport.serve(handover, build)


if __name__ == "__main__":
    sys.exit(front_door.serve_stdio(int(sys.argv[1]) if sys.argv[1:] else None, serve))
