"""The servers that are compared, ours and its peers, and the vendor they all talk to."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Generator
from pathlib import Path

import attrs

from tests.benchmarks.client import PATIENCE_S, Message, Server
from tests.rigs import install, places

Command = tuple[str, ...]

_PEERS = Path(__file__).parent / "peers"
_INSTALLED = Path(sys.executable).with_name("llm-ls")

LLM_LS: Command = (str(_INSTALLED),) if _INSTALLED.exists() else (sys.executable, "-m", "llm_ls")
HELLO: Command = (sys.executable, str(_PEERS / "hello.py"))
PLAIN: Command = (sys.executable, "-m", "tests.benchmarks.peers.plain")


def tabby_agent() -> Command | None:
    """tabby-agent over standard streams, `None` (and why) where it cannot be had."""
    reason = install.install("tabby-agent")
    if reason is not None:
        print(f"  tabby-agent cannot be had: {reason}")
        return None
    return (str(places.program("tabby-agent")), "--lsp", "--stdio")


def compile_all() -> None:
    """Write the bytecode that an installed package has, also where the environment forbids it."""
    folders = (places.REPOSITORY / "llm_ls", places.REPOSITORY / "tests", sysconfig.get_path("purelib"))
    subprocess.run([sys.executable, "-m", "compileall", "-q", *map(str, folders)], check=False)


@attrs.frozen
class Told:
    """What the vendor told: `kind` (`sent`, `closed`) of the request `id`, at `time` by `time.monotonic`."""

    kind: str
    id: str
    time: float


@attrs.frozen
class Vendor:
    """A vendor in a process of its own."""

    port: int
    _told: "queue.Queue[Told]"

    def environment(self) -> dict[str, str]:
        """What makes a server ask this vendor."""
        address = f"http://127.0.0.1:{self.port}"
        return {
            "ANTHROPIC_BASE_URL": address,
            "ANTHROPIC_API_KEY": "not-a-key",
            "OPENAI_BASE_URL": f"{address}/v1",
            "OPENAI_API_KEY": "not-a-key",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(places.REPOSITORY), os.environ.get("PYTHONPATH")])),
        }

    def told(self, kind: str) -> Told:
        """Wait until it tells something of that kind."""
        while True:
            told = self._told.get(timeout=PATIENCE_S)
            if told.kind == kind:
                return told


@contextlib.contextmanager
def vendor() -> Generator[Vendor]:
    """Start a vendor, and stop it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.vendor"],
        cwd=places.REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        output = process.stdout
        _, port = json.loads(output.readline())
        told: queue.Queue[Told] = queue.Queue()

        def listen() -> None:
            for said in output:
                told.put(Told(*json.loads(said)))

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield Vendor(port, told)
        finally:
            process.stdin.close()
            listener.join()


def chat(server: Server, number: int, model: str, *, token: str | None = None) -> int:
    """Ask `model` something, streamed; the request's id, which is also its `partialResultToken`, as text."""
    return server.request(
        "llm-ls/chat",
        {
            "model": model,
            "messages": [{"role": "user", "content": f"chat {number}"}],
            "partialResultToken": token or f"chat-{number}",
        },
    )


def is_delta(message: Message, token: str | None = None) -> bool:
    """Whether `message` brings text of an answer (of the one with that token)."""
    if message.get("method") != "$/progress":
        return False
    params = message["params"]
    return token in (None, params["token"]) and params["value"].get("type") == "text_delta"
