"""What a real client and the real server say to each other: written down, made the same everywhere, and replayed.

By hand, against the client's checkout, as `driving.py` does it:

    with tempfile.TemporaryDirectory() as folder:
        command = recording.command(Path(folder), environment)  # `llm-ls`, which writes down what passes it
        ...                                                      # the client starts it, and does its work
        recording.keep(command, TRANSCRIPT, {folder: "/session"})

In a test, without the client:

    assert await recording.differences(TRANSCRIPT, environment) == []

A transcript holds a message on each line: `{"from": "client", "message": ...}`. In its texts `<uuid-1>` stands for
something that is different in each session, and the same wherever it is written; the JSON `"<any>"` is anything.
As a program, `python -m tests.clients.recording OUT [ARGUMENT...]` is the server, and appends what passes it to OUT.
"""

import asyncio
import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from llm_ls import __version__, framing
from llm_ls.protocol import jsonrpc
from tests.rigs import raw_client
from tests.rigs.on_path import Command

Message = dict[str, Any]
Line = tuple[str, Message]
"""Who said it, `client` or `server`, and what."""

TRANSCRIPTS = Path(__file__).parent / "transcripts"
PATIENCE_S = 10.0
ANYTHING = "<any>"
VERSION = "<version>"
VARYING = {
    "uuid": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    "hex": r"\b[0-9a-f]{16,}\b",
    "port": r"(?<=127\.0\.0\.1:)\d+",
    "suggestion": r"\bsuggestion-\d+\b",
}
"""By name, the patterns of what is never the same twice."""

_RAW = "messages.jsonl"
_IN_TIME_OR_NOT = (jsonrpc.REQUEST_CANCELLED, jsonrpc.SERVER_CANCELLED)
_STANDS_FOR = re.compile(r"<[a-z]+-\d+>")


def command(folder: Path, environment: Mapping[str, str]) -> Command:
    """The command `llm-ls` of an empty folder; all that its servers hear and say is written down there.

    Args:
        folder: Where it is put.
        environment: Given to the server.
    """
    return Command(folder, environment, f"tests.clients.recording {shlex.quote(str(folder / _RAW))}")


def heard(made: Command) -> list[Line]:
    """What has passed so far."""
    return read(made.log.parent / _RAW)


def read(path: Path) -> list[Line]:
    """The lines of a transcript; none if it is not there."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [(line["from"], line["message"]) for line in map(json.loads, text.splitlines())]


def keep(
    made: Command,
    transcript: Path,
    places: Mapping[str, str],
    *,
    varying: Mapping[str, str] | None = None,
    masked: Collection[str] = (),
) -> None:
    """Write what has passed to `transcript`, with nothing in it of this session or this machine.

    Args:
        made: By `command`.
        transcript: Where to.
        places: What to write for texts such as folders.
        varying: Patterns beside `VARYING`.
        masked: Members whose values are never the same, such as `expiresIn`.
    """
    normal = _Normal(places, {**VARYING, **(varying or {})}, frozenset(masked))
    lines = [json.dumps({"from": who, "message": normal.message(who, message)}) for who, message in heard(made)]
    transcript.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


async def differences(
    transcript: Path, environment: Mapping[str, str], *, ignored: Collection[str] = (), arguments: Collection[str] = ()
) -> list[str]:
    """What our server says otherwise than in `transcript`, when it hears what the client said in it.

    Every request must get the answer that it got, once; `initialize` may promise more, and what was cancelled or
    overtaken may have been in time. Every notification that was said must be said, and no other, in any order and any
    number.

    Args:
        transcript: By `keep`.
        environment: Added to this process's, which the server inherits.
        ignored: Methods of notifications that may come or not.
        arguments: On the server's command line.
    """
    os.environ.update(environment)
    return [
        difference
        for session in _sessions(read(transcript))
        for difference in await _differences(session, ignored, arguments)
    ]


def _sessions(lines: list[Line]) -> list[list[Line]]:
    """The lines of each server: a client may start one after the other."""
    sessions: list[list[Line]] = []
    for who, message in lines:
        if message.get("method") == "initialize":
            sessions.append([])
        sessions[-1].append((who, message))
    return sessions


async def _differences(session: list[Line], ignored: Collection[str], arguments: Collection[str]) -> list[str]:
    async with raw_client.started(*arguments) as server:
        replay = _Replay(server)
        for who, message in session:
            if who == "client":
                if message.get("method") == "shutdown":  # it drops what a slower machine is still to say
                    await replay.has_heard(ignored)
                await replay.says(message)
            else:
                await replay.expects(message)
        return await replay.found(ignored)


class _Normal:
    """Writes each thing of a session in the same way everywhere."""

    def __init__(self, places: Mapping[str, str], varying: Mapping[str, str], masked: Collection[str]) -> None:
        self._places = sorted(places.items(), key=lambda place: -len(place[0]))
        self._varying = varying
        self._masked = masked
        self._names: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def message(self, who: str, message: Message) -> Message:
        given = {"processId": None} if message.get("method") == "initialize" else {}
        params = {"params": {**message["params"], **given}} if given else {}
        normal = self._value({**message, **params}, who == "server")
        if "id" in message and (who == "server") == ("method" in message):
            normal["id"] = self._name("server", str(message["id"]))
        return normal

    def _value(self, value: Any, ours: bool) -> Any:
        match value:
            case str():
                return VERSION if ours and value == __version__ else self._text(value)
            case list():
                return [self._value(item, ours) for item in cast("list[Any]", value)]
            case dict():
                return {
                    self._text(name): ANYTHING if name in self._masked else self._value(item, ours)
                    for name, item in cast("dict[str, Any]", value).items()
                }
            case _:
                return value

    def _text(self, text: str) -> str:
        for place, name in self._places:
            text = text.replace(place, name)
        for kind, pattern in self._varying.items():
            text = re.sub(pattern, lambda found, kind=kind: self._name(kind, found[0]), text)
        return text

    def _name(self, kind: str, text: str) -> str:
        if text not in self._names:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            self._names[text] = f"<{kind}-{self._numbers[kind]}>"
        return self._names[text]


class _Replay:
    """A server that hears what a client said in a transcript."""

    def __init__(self, server: raw_client.RawClient) -> None:
        self._server = server
        self._known: dict[str, str] = {}
        self._methods: dict[int | str, str] = {}
        self._differences: list[str] = []
        self._notifications: list[Message] = []
        self._asked: list[Message] = []

    async def says(self, message: Message) -> None:
        """Say what the client said."""
        if "method" not in message:
            await self._answer(message)
            return
        if "id" in message:
            self._methods[message["id"]] = message["method"]
        for waiting in _STANDS_FOR.findall(json.dumps(message)):
            if waiting not in self._known:
                await self._learn(waiting)
        self._server.send(self._put_back(message))

    async def expects(self, message: Message) -> None:
        """Wait for an answer; requests and notifications are looked for where they are needed."""
        match message:
            case {"method": _, "id": _}:
                self._asked.append(message)
            case {"method": _}:
                self._notifications.append(message)
            case _:
                await self._expects_answer(message)

    async def has_heard(self, ignored: Collection[str]) -> list[Message]:
        """Wait for what was said so far; what does not come."""
        wanted = [expected for expected in self._notifications if expected["method"] not in ignored]
        return [expected for expected in wanted if await self._heard(expected) is None]

    async def found(self, ignored: Collection[str]) -> list[str]:
        """All that is otherwise, once everything that was said has been said."""
        self._differences += [f"never said: {_short(expected)}" for expected in await self.has_heard(ignored)]
        for message in self._server.messages:
            if "method" not in message:
                continue
            candidates = self._asked if "id" in message else self._notifications
            if message["method"] not in ignored and not any(self._fits(one, message) for one in candidates):
                self._differences.append(f"said now: {_short(message)}")
        for id, method in self._methods.items():
            if (count := len(self._server.answers(id))) > 1:
                self._differences.append(f"{method}: {count} answers")
        return self._differences

    async def _expects_answer(self, expected: Message) -> None:
        id, method = expected["id"], self._methods[expected["id"]]
        answer = await self._first(lambda message: "method" not in message and message["id"] == id)
        if answer is None:
            self._differences.append(f"{method}: no answer")
            return
        if jsonrpc.member(expected, "error", "code") in _IN_TIME_OR_NOT:
            return
        for part in ("result", "error"):
            recorded, now = expected.get(part), answer.get(part)
            self._differences += _compared(recorded, now, f"{method}: {part}", self._known, method == "initialize")

    async def _answer(self, answer: Message) -> None:
        """Answer a request of the server as the client did."""
        wanted = next(asked for asked in self._asked if asked["id"] == answer["id"])
        taken = self._known.values()
        request = await self._first(
            lambda message: "id" in message and str(message["id"]) not in taken and self._fits(wanted, message)
        )
        if request is None:
            self._differences.append(f"never asked: {_short(wanted)}")
            return
        self._known[answer["id"]] = str(request["id"])
        self._server.send({**self._put_back(answer), "id": request["id"]})

    async def _learn(self, waiting: str) -> None:
        """Find out what stands for something that only a notification has told."""
        for expected in self._notifications:
            if waiting in json.dumps(expected):
                await self._heard(expected)

    async def _heard(self, expected: Message) -> Message | None:
        return await self._first(lambda message: self._fits(expected, message))

    async def _first(self, wanted: Callable[[Message], bool]) -> Message | None:
        has_ended = self._server.process.returncode is not None
        try:
            async with asyncio.timeout(0.1 if has_ended else PATIENCE_S):
                return await self._server.message(wanted)
        except TimeoutError:
            return None

    def _fits(self, expected: Message, message: Message) -> bool:
        known = dict(self._known)
        same = expected["method"] == message.get("method") and not _compared(
            expected.get("params"), message.get("params"), "", known
        )
        if same:
            self._known.update(known)
        return same

    def _put_back(self, value: Any) -> Any:
        match value:
            case str():
                return _STANDS_FOR.sub(lambda found: self._known.get(found[0], found[0]), value)
            case list():
                return [self._put_back(item) for item in cast("list[Any]", value)]
            case dict():
                members = cast("dict[str, Any]", value).items()
                return {self._put_back(name): self._put_back(item) for name, item in members}
            case _:
                return value


def _compared(recorded: Any, now: Any, place: str, known: dict[str, str], more: bool = False) -> list[str]:
    """Where `now` is not as `recorded`; `known` learns what stands for what.

    Args:
        recorded: As a transcript has it.
        now: As it came.
        place: What to call it.
        known: What is known to stand for what.
        more: Whether objects and lists may hold more than was recorded.
    """
    match recorded, now:
        case str(), str() if _same_text(recorded, now, known):
            return []
        case dict(), dict():
            was, is_now = cast("dict[str, Any]", recorded), cast("dict[str, Any]", now)
            names = was if more else was | is_now
            return [
                difference
                for name in names
                for difference in _compared(was.get(name), is_now.get(name), f"{place}.{name}", known, more)
            ]
        case list(), list() if more:
            missing = [item for item in cast("list[Any]", recorded) if item not in cast("list[Any]", now)]
            return [f"{place}: without {json.dumps(item)}" for item in missing]
        case list(), list() if len(cast("list[Any]", recorded)) == len(cast("list[Any]", now)):
            pairs = enumerate(zip(cast("list[Any]", recorded), cast("list[Any]", now), strict=True))
            return [
                difference
                for index, (was, is_now) in pairs
                for difference in _compared(was, is_now, f"{place}[{index}]", known)
            ]
        case _ if recorded == ANYTHING or (recorded == now and type(recorded) is type(now)):
            return []
        case _:
            return [f"{place}: was {json.dumps(recorded)}, is {json.dumps(now)}"]


def _same_text(recorded: str, now: str, known: dict[str, str]) -> bool:
    if recorded == ANYTHING or (recorded == VERSION and now == __version__):
        return True
    pieces = re.split(f"({_STANDS_FOR.pattern})", recorded)
    names = pieces[1::2]
    found = re.fullmatch("".join("(.+?)" if piece in names else re.escape(piece) for piece in pieces), now, re.DOTALL)
    if found is None or any(known.get(name, text) != text for name, text in zip(names, found.groups(), strict=True)):
        return False
    known.update(zip(names, found.groups(), strict=True))
    return True


def _short(message: Message) -> str:
    return f"{message['method']} {json.dumps(message.get('params'))[:400]}"


def main(out: str, *arguments: str) -> int:
    """Be the server, and append to `out` what passes; the server's exit code."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "llm_ls", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with Path(out).open("a", encoding="utf-8") as file:
        written = threading.Lock()

        def write(who: str, body: bytes) -> None:
            with written:
                print(json.dumps({"from": who, "message": json.loads(body)}), file=file, flush=True)

        answers = child.stdout, sys.stdout.buffer, partial(write, "server")
        questions = sys.stdin.buffer, child.stdin, partial(write, "client")
        answering = threading.Thread(target=_pass_on, args=answers)
        answering.start()
        threading.Thread(target=_pass_on, args=questions, daemon=True).start()
        answering.join()
        return child.wait()


def _pass_on(source: IO[bytes], target: IO[bytes], write: Callable[[bytes], None]) -> None:
    framer = framing.Framer()
    with contextlib.suppress(OSError):  # the other end is gone
        while data := os.read(source.fileno(), 65536):
            for body in framer.feed(data):
                write(body)
            target.write(data)
            target.flush()
    if target is not sys.stdout.buffer:
        with contextlib.suppress(OSError):
            target.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
