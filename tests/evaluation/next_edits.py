"""`next-edits`: the histories of this repository, asked of any model through the real server, and scored."""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from llm_ls.documents import split_lines
from tests.benchmarks import servers
from tests.benchmarks.client import Server
from tests.evaluation.histories import History, histories, uri
from tests.rigs.llamacpp import llama_cpp
from tests.rigs.prepared_model import prepared_model


@attrs.frozen
class Outcome:
    """Of one history.

    Attributes:
        shown: Whether there was an edit.
        placed: Whether it was in the lines that were changed next, or beside them.
        exact: Whether the text came to be what it became then, spaces at the ends of lines aside.
        seconds: Until the answer.
    """

    shown: bool
    placed: bool
    exact: bool
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """Ask about each history, and print a line for it and what they come to."""
    options = _options(arguments)
    chosen = {name: one for name, one in histories().items() if not options.only or options.only in name}
    outcomes: list[Outcome] = []
    with _server(options, chosen) as server:
        for name, history in chosen.items():
            outcomes.append(outcome := asked(server, history))
            marks = " ".join(
                word if getattr(outcome, word) else "-" * len(word) for word in ("shown", "placed", "exact")
            )
            print(f"  {name:<32} {marks}  {outcome.seconds:6.2f} s", flush=True)
    print(summary(outcomes))
    return 0


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many were right, in a line."""
    count, times = len(outcomes), [one.seconds for one in outcomes]
    shown, placed, exact = (sum(getattr(one, word) for one in outcomes) for word in ("shown", "placed", "exact"))
    median = f"median {statistics.median(times):.2f} s, longest {max(times):.2f} s"
    return f"of {count}: {shown} shown, {placed} in the right place, {exact} exact; {median}"


def asked(server: Server, history: History) -> Outcome:
    """Do what was done, ask for the next edit, and close everything again."""
    versions: dict[str, int] = {}
    for file in history.files:
        where = uri(file.name)
        language = history.workspace.snapshot(where).language_id
        versions[where] = 1
        opened = {"uri": where, "languageId": language, "version": 1, "text": file.text}
        server.notify("textDocument/didOpen", {"textDocument": opened})
    for edit in history.edits:
        where, first = uri(edit.file), edit.line - 1
        versions[where] += 1
        last = first + edit.before.count("\n")
        span = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
        document = {"uri": where, "version": versions[where]}
        change = {"textDocument": document, "contentChanges": [{"range": span, "text": edit.after}]}
        server.notify("textDocument/didChange", change)
    where, cursor = uri(history.expected.file), history.cursor
    position = {"line": cursor.line, "character": 0}
    started = time.monotonic()
    params = {"textDocument": {"uri": where, "version": versions[where]}, "position": position}
    answer = server.answer(server.request("textDocument/copilotInlineEdit", params))
    seconds = time.monotonic() - started
    for opened in versions:
        server.notify("textDocument/didClose", {"textDocument": {"uri": opened}})
    return scored(history, answer["result"]["edits"], seconds)


def scored(history: History, edits: list[dict[str, Any]], seconds: float) -> Outcome:
    """What the answer `edits` is worth."""
    if not edits:
        return Outcome(shown=False, placed=False, exact=False, seconds=seconds)
    [edit] = edits
    span = edit["range"]
    first = history.expected.line - 1
    last = first + history.expected.before.count("\n")
    placed = first - 1 <= span["end"]["line"] and span["start"]["line"] <= last
    text = _after(history.document.lines, span["start"], span["end"], edit["text"])
    return Outcome(shown=True, placed=placed, exact=_plain(text) == _plain(history.text_after), seconds=seconds)


def _after(lines: Sequence[str], start: Mapping[str, int], end: Mapping[str, int], text: str) -> str:
    """The text after an edit whose columns count bytes."""
    head = lines[start["line"]].encode()[: start["character"]].decode()
    tail = lines[end["line"]].encode()[end["character"] :].decode()
    return "".join((*lines[: start["line"]], head, text, tail, *lines[end["line"] + 1 :]))


def _plain(text: str) -> list[str]:
    return [line.rstrip() for line in split_lines(text)]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation next-edits", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--model", help="provider/model, with your own keys and settings")
    chosen.add_argument("--gguf", type=Path, help="a model file, run by llama.cpp")
    chosen.add_argument("--stand-in", action="store_true", help="no model: one that knows the answers")
    parser.add_argument("--only", help="part of a history's name")
    return parser.parse_args(arguments)


@contextlib.contextmanager
def _server(options: argparse.Namespace, chosen: dict[str, History]) -> Generator[Server]:
    with contextlib.ExitStack() as stack:
        if options.model:
            name, environment = options.model, dict(os.environ)
        elif options.gguf:
            name, environment = (
                "llamacpp/tiny",
                {"LLAMACPP_BASE_URL": f"{stack.enter_context(llama_cpp(options.gguf))}/v1"},
            )
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            environment = stack.enter_context(
                prepared_model(folder, {last_change(one): answer(one) for one in chosen.values()})
            )
            name = environment["LLM_LS_MODEL"]
        server = stack.enter_context(Server(servers.LLM_LS, environment))
        server.initialize()
        settings = {"models": {"nextEdit": name}, "nextEdit": {"enabled": "on"}}
        server.notify("workspace/didChangeConfiguration", {"settings": {"llm-ls": settings}})
        server.settle()
        print(f"{name}: {len(chosen)} histories")
        yield server


def last_change(history: History) -> str:
    """What the question says of the last edit, which is so of no other history."""
    return "".join(f"+{line}" for line in split_lines(history.edits[-1].after)[:-1])


def answer(history: History) -> str:
    """What a model would say that knows what was done next."""
    expected, document = history.expected, history.document
    first = expected.line - 1
    last = first + expected.before.count("\n")
    place = next(place for place in history.question.places if place.start <= first and last <= place.end)
    after = "".join((*document.lines[place.start : first], expected.after, *document.lines[last : place.end]))
    return f"PLACE {place.number}\n```\n{after}```\n"
