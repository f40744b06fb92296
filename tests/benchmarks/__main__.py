"""`python -m tests.benchmarks [NAME ...]`: our figures beside our peers', measured in the same run."""

import platform
import sys
import time

from tests.benchmarks import (
    context,
    conversation,
    credentials,
    editing,
    history,
    inline,
    load,
    neovim,
    neovim_chat,
    routing,
    servers,
    startup,
    streaming,
    vscode,
    wires,
)

BENCHMARKS = {
    "initialize": startup.initialize,
    "memory": startup.memory,
    "memory-warm": startup.memory_warm,
    "did-change": editing.did_change,
    "inline-typed-along": inline.typed_along,
    "inline-cancel": inline.cancel,
    "inline-typing-cpu": inline.typing_cpu,
    "first-delta": streaming.first_delta,
    "cpu-per-event": streaming.cpu_per_event,
    "cancel": streaming.cancel,
    "code-actions": streaming.code_actions_meanwhile,
    "many-chats": load.many_chats,
    "growth": load.growth,
    "context-50k": context.context_50k,
    "long-conversation": conversation.long_conversation,
    "history-open": history.history_open,
    "drafts": history.drafts,
    "wires": wires.events,
    "wires-many": wires.many,
    "credentials": credentials.credentials,
    "neovim-chat-first": neovim_chat.first_character,
    "neovim-chat-updates": neovim_chat.updates,
    "neovim-start": neovim.start,
    "neovim-edit": neovim.edit,
    "vscode-chat": vscode.chat,
    "routing": routing.links,
    "routing-first-event": routing.first_event,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; 1 when one could not be run."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    servers.compile_all()
    print(f"Python {platform.python_version()}, {platform.machine()}")
    failed = False
    for name in names or BENCHMARKS:
        started = time.monotonic()
        print(f"{name}: {BENCHMARKS[name].__doc__}", flush=True)
        try:
            BENCHMARKS[name]()
        except (OSError, EOFError) as error:
            print(f"  could not be run: {error}")
            failed = True
        print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
