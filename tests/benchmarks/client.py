"""A client that adds little of its own: it starts a server, writes and reads frames, and reads its meters."""

import json
import os
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.rigs.isolation import isolate

PATIENCE_S = 60.0
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
CAPABILITIES = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "window": {"workDoneProgress": True, "showMessage": {}, "showDocument": {"support": True}},
    "workspace": {"applyEdit": True, "configuration": False, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}}}},
}

Message = dict[str, Any]


class Server:
    """A server in a process of its own, spoken to over its standard streams.

    Attributes:
        spawned: When its process was asked for, by `time.monotonic`.
        came: Every message of it that no `wait` returned, with the time of its arrival.
    """

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str] | None = None) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True)
        inherited = dict(os.environ)
        isolate(inherited, Path(self._home.name))
        self._log = Path(self._home.name) / "stderr"
        self.spawned = time.monotonic()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**inherited, **(environment or {})},
                bufsize=0,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._buffer = b""
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stdout.close()
        self._home.cleanup()

    def initialize(self, place: Path | None = None) -> float:
        """Shake hands, with `place` as the workspace folder; the seconds from the spawn to the answer."""
        folder = {"uri": (place or Path(self._home.name)).as_uri(), "name": "benchmark"}
        id = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder["uri"],
                "workspaceFolders": [folder],
                "capabilities": CAPABILITIES,
            },
        )
        self.answer(id)
        answered = time.monotonic()
        self.notify("initialized", {})
        return answered - self.spawned

    def notify(self, method: str, params: Message) -> None:
        self._write({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Message) -> int:
        self._last_id += 1
        self._write({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        return self._last_id

    def answer(self, id: int) -> Message:
        """Wait for the answer to the request `id`; whatever else comes is dropped."""
        return self.wait(lambda message: message.get("id") == id and "method" not in message)

    def wait(self, wanted: Callable[[Message], bool]) -> Message:
        """Wait for a message; the server's own requests are answered with `null` meanwhile."""
        while True:
            message = self.read()
            if "method" in message and "id" in message:
                self._write({"jsonrpc": "2.0", "id": message["id"], "result": None})
            if wanted(message):
                return message

    def read(self, within_s: float = PATIENCE_S) -> Message:
        """The next message.

        Raises:
            TimeoutError: None has come in time.
        """
        while True:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            length = _LENGTH.search(head) if separator else None
            if length and len(rest) >= int(length[1]):
                size = int(length[1])
                self._buffer = rest[size:]
                return json.loads(rest[:size])
            if not select.select([self._stdout], [], [], max(0.0, within_s))[0]:
                raise TimeoutError("the server says nothing")
            data = os.read(self._stdout.fileno(), 1 << 20)
            if not data:
                raise EOFError(f"the server has ended: {self._log.read_text()[-2000:]}")
            self._buffer += data

    def settle(self) -> None:
        """Wait until all that was sent has been handled: requests are answered in order."""
        self.answer(self.request("benchmark/noSuchMethod", {}))

    def memory_mib(self) -> float:
        """Resident memory of the process and its children."""
        return sum(_resident_kib(id) for id in self._processes()) / 1024

    def cpu_s(self) -> float:
        """CPU time of all threads of the process and its children."""
        return (
            sum(
                int((thread / "schedstat").read_text().split()[0])
                for id in self._processes()
                for thread in Path(f"/proc/{id}/task").iterdir()
            )
            / 1e9
        )

    def cpu_with_ended_s(self) -> float:
        """CPU time of the process and of those that it has started and that have ended, to a hundredth of a second."""
        times = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(") ")[2].split()[11:15]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")

    def _processes(self) -> list[int]:
        if self._process.poll() is not None:
            raise EOFError(f"the server has ended: {self._log.read_text()[-2000:]}")
        found, pending = list[int](), [self._process.pid]
        while pending:
            found.append(pending.pop())
            for thread in Path(f"/proc/{found[-1]}/task").iterdir():
                pending.extend(map(int, (thread / "children").read_text().split()))
        return found

    def _write(self, message: Message) -> None:
        body = json.dumps(message).encode()
        data = b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        while data:
            data = data[os.write(self._stdin.fileno(), data) :]


def _resident_kib(id: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{id}/status").read_text())
    return int(found[1]) if found else 0
