"""`typing`: a person types real code through the real server; what that costs, beside a plain debounce."""

import argparse
import itertools
import re
import time
from collections.abc import Sequence
from typing import Any

import attrs

from llm_ls.documents import split_lines
from tests.benchmarks import report
from tests.benchmarks.client import Message
from tests.evaluation import corpus, holes, served
from tests.evaluation.corpus import LANGUAGES, Source
from tests.evaluation.infill import neighbours
from tests.evaluation.served import Served
from tests.evaluation.typist import Key, Typist
from tests.evaluation.vendor import Answer, Latency, Vendor, vendor

PLAIN_DEBOUNCE_S = 0.15
_REACTION_S = 0.35
_TYPED_AT_ONCE = 400
_TAIL = 40
_SETTLE_S = 1.5


@attrs.define
class Passage:
    """A part of a file that is typed again where it was cut out."""

    source: Source
    start: int
    text: str

    @property
    def hole(self) -> holes.Hole:
        return holes.Hole(self.source, "block", self.start, self.start + len(self.text))


@attrs.define
class Tally:
    """What a session came to.

    Attributes:
        keys: When each key was pressed, with those that stand for accepting; by `time.monotonic`.
        shown_s: From the key to the item, for each that came before the next key.
        kept_s: Likewise, for those that came without a request to the vendor.
        superseded: Requests of ours that a newer one ended.
    """

    keys: list[float] = attrs.field(factory=list[float])
    shown_s: list[float] = attrs.field(factory=list[float])
    kept_s: list[float] = attrs.field(factory=list[float])
    superseded: int = 0
    accepted: int = 0
    accepted_characters: int = 0


def main(arguments: Sequence[str]) -> int:
    """Type, and print what came of it."""
    options = _options(arguments)
    corpus.languages([options.language])
    passages = _passages(options)
    latency = Latency(options.first_ms / 1000, options.token_ms / 1000)
    with (
        vendor(what_follows(passages, options.right), latency) as scripted,
        Served("llamacpp/scripted", scripted.environment, debounce_ms=options.debounce_ms) as server,
    ):
        tally = Tally()
        for number, passage in enumerate(passages):
            _Session(server, scripted, passage, options, options.seed + number, tally).run()
        _print(options, tally, scripted)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation typing", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default="python")
    parser.add_argument("--passages", type=int, default=4, help=f"of about {_TYPED_AT_ONCE} characters")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open", type=int, default=6, help="how many other files are open")
    parser.add_argument("--characters-a-second", type=float, default=12.0)
    parser.add_argument("--take", type=float, default=0.0, help="share of right suggestions that are accepted")
    parser.add_argument("--right", type=float, default=0.6, help="share of places at which the vendor is right")
    parser.add_argument("--first-ms", type=float, default=300.0, help="until the vendor's answer begins")
    parser.add_argument("--token-ms", type=float, default=15.0)
    parser.add_argument("--debounce-ms", type=int, default=150, help="the server's setting")
    return parser.parse_args(arguments)


def _passages(options: argparse.Namespace) -> list[Passage]:
    found: list[Passage] = []
    for hole in holes.cut(corpus.sources(options.language), options.passages * 20, options.seed, ["block"]):
        end = hole.source.text.find("\n\n", hole.start + _TYPED_AT_ONCE)
        text = hole.source.text[hole.start : end]
        if end > 0 and len(text) < 2 * _TYPED_AT_ONCE and len(found) < options.passages:
            found.append(Passage(hole.source, hole.start, text))
    return found


def what_follows(passages: Sequence[Passage], right: float) -> Answer:
    """The rest of the line, or the next where it has ended; at some places, always the same, another line instead."""

    def answer(body: dict[str, Any]) -> str:
        prefix: str = body["input_prefix"]
        for passage in passages:
            text = passage.hole.before + passage.text
            at = text.rfind(prefix[-_TAIL:])
            if at >= 0:
                end = at + len(prefix[-_TAIL:])
                following = re.match(r"\s*[^\n]*", text[end:])
                line = text.count("\n", 0, end)
                guess = following[0] if following else ""
                is_right = (line * 7919 + len(guess)) % 100 < right * 100
                return guess if is_right else passage.source.document.lines[line // 2].strip()
        return ""

    return answer


class _Session:
    """One passage, typed."""

    def __init__(
        self, server: Served, scripted: Vendor, passage: Passage, options: argparse.Namespace, seed: int, tally: Tally
    ) -> None:
        self._server, self._vendor, self._passage, self._tally = server, scripted, passage, tally
        self._options = options
        self._typist = Typist(passage.text, seed, options.characters_a_second)
        self._typed = ""
        self._version = 1
        self._base = passage.hole.position
        self._asked: tuple[int, float, int] = (0, 0.0, 0)
        self._pending: set[int] = set()
        self._ghost: tuple[str, str, float] | None = None

    def run(self) -> None:
        document = self._passage.hole.document
        opened = self._server.open_all(neighbours(self._passage.hole, self._options.open))
        self._server.open(document)
        due = time.monotonic() + _SETTLE_S
        while (key := self._typist.next()) is not None:
            self._listen(due + key.after_s)
            due = time.monotonic()
            if self._take_if_liked():
                continue
            self._press(key, due)
        self._listen(time.monotonic() + _SETTLE_S)
        self._server.close([*opened, document.uri])

    def _press(self, key: Key, now: float) -> None:
        before = self._place()
        self._typist.press(key)
        if key.kind == "backspace":
            self._typed = self._typed[:-1]
            self._change(self._place(), before, "")
        else:
            self._typed += key.text
            self._change(before, before, key.text)
        self._tally.keys.append(now)
        self._ghost = None if self._ghost is None or not self._ghost[0].startswith(key.text) else self._ghost
        self._ask(now)

    def _ask(self, now: float) -> None:
        params = {
            "textDocument": {"uri": self._passage.source.uri},
            "position": self._place(),
            "context": {"triggerKind": served.AUTOMATIC},
        }
        id = self._server.server.request("textDocument/inlineCompletion", params)
        self._asked = (id, now, len(self._vendor.asked))
        self._pending.add(id)

    def _take_if_liked(self) -> bool:
        """Accept what is shown if it has been seen for long enough to be noticed."""
        if self._ghost is None or time.monotonic() - self._ghost[2] < _REACTION_S:
            return False
        text, id, _ = self._ghost
        self._ghost = None
        if not self._typist.would_take(text, self._options.take):
            return False
        place = self._place()
        self._typed += text
        self._typist.take(text)
        self._change(place, place, text)
        self._server.server.request(
            "workspace/executeCommand", {"command": "llm-ls.acceptCompletion", "arguments": [id]}
        )
        self._tally.accepted += 1
        self._tally.accepted_characters += len(text)
        now = time.monotonic()
        self._tally.keys.append(now)
        self._ask(now)
        return True

    def _listen(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            try:
                self._hear(self._server.server.read(left))
            except TimeoutError:
                return

    def _hear(self, message: Message) -> None:
        id = message.get("id")
        if "method" in message or id not in self._pending:
            return
        self._pending.discard(id)
        if "error" in message:
            self._tally.superseded += 1
            return
        latest, asked_at, asked_before = self._asked
        items = message["result"]["items"]
        if id != latest or not items:
            return
        now = time.monotonic()
        self._tally.shown_s.append(now - asked_at)
        if len(self._vendor.asked) == asked_before:
            self._tally.kept_s.append(now - asked_at)
        text, suggestion = items[0]["insertText"], items[0]["command"]["arguments"][0]
        seen_since = self._ghost[2] if self._ghost is not None and self._ghost[1] == suggestion else now
        self._ghost = (text, suggestion, seen_since)

    def _place(self) -> dict[str, int]:
        lines = split_lines(self._typed)
        head = self._passage.hole.document.lines[self._base.line][: self._base.column] if len(lines) == 1 else ""
        return {"line": self._base.line + len(lines) - 1, "character": len((head + lines[-1]).encode())}

    def _change(self, start: dict[str, int], end: dict[str, int], text: str) -> None:
        self._version += 1
        document = {"uri": self._passage.source.uri, "version": self._version}
        changes = [{"range": {"start": start, "end": end}, "text": text}]
        self._server.server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})


def _print(options: argparse.Namespace, tally: Tally, scripted: Vendor) -> None:
    keys, asked = len(tally.keys), len(scripted.asked)
    gaps = [later - earlier for earlier, later in itertools.pairwise(tally.keys)]
    plain = sum(gap > PLAIN_DEBOUNCE_S for gap in gaps) + 1
    left = sum(one.closed_at is not None for one in scripted.asked)
    print(
        f"{options.language}: {keys} keys in {tally.keys[-1] - tally.keys[0]:.0f} s,"
        f" {options.characters_a_second:g} characters/s, the vendor right at {options.right:.0%} of places,"
        f" {options.take:.0%} of its right suggestions taken"
    )
    print(
        f"  requests to the vendor, per 1,000 keys: {asked / keys * 1000:.0f}  ({asked}; {left} left before their end)"
    )
    print(f"  a plain {PLAIN_DEBOUNCE_S * 1000:.0f} ms debounce, same keys:   {plain / keys * 1000:.0f}  ({plain})")
    shown = len(tally.shown_s) / keys * 1000
    print(f"  keys after which an item was shown:     {shown:.0f} per 1,000; {tally.superseded} requests superseded")
    print(f"  accepted: {tally.accepted} items, {tally.accepted_characters} characters")
    if tally.kept_s:
        report.line("key to item, kept", [s * 1000 for s in tally.kept_s], "ms", tail=0.99)
    others = [s * 1000 for s in tally.shown_s if s not in tally.kept_s]
    if others:
        report.line("key to item, by the vendor", others, "ms", tail=0.99)
    report.line("prompt that is as the last one", [share * 100 for share in _kept_prompts(scripted)], "%")


def _kept_prompts(scripted: Vendor) -> list[float]:
    """Of each prompt, the share from its start that a model with a prompt cache has read already."""
    prompts = [
        "".join(extra["text"] for extra in one.body["input_extra"]) + one.body["input_prefix"] for one in scripted.asked
    ]
    return [
        next((n for n, (a, b) in enumerate(zip(earlier, later, strict=False)) if a != b), min(len(earlier), len(later)))
        / max(1, len(later))
        for earlier, later in itertools.pairwise(prompts)
    ] or [0.0]
