"""`infill`: holes cut from real files, filled by any model through the real server, and scored."""

import argparse
import contextlib
import re
import statistics
from collections.abc import Generator, Sequence
from pathlib import Path, PurePosixPath

import attrs

from tests.benchmarks import report
from tests.evaluation import answers, corpus, holes, scoring, served
from tests.evaluation.corpus import LANGUAGES, Language, Source
from tests.evaluation.holes import KINDS, Hole
from tests.evaluation.scoring import Score
from tests.evaluation.served import Served, Suggested
from tests.evaluation.syntax import Syntax
from tests.evaluation.vendor import vendor
from tests.rigs.llamacpp import llama_cpp

STAND_INS = ("oracle", "copying")


@attrs.frozen
class Filled:
    """What came of one hole.

    Attributes:
        typed: What was suggested unasked.
        asked: What was suggested when asked for several; `None` if it was not asked.
    """

    hole: Hole
    typed: Suggested
    typed_score: Score
    asked: Suggested | None
    asked_score: Score | None


def main(arguments: Sequence[str]) -> int:
    """Cut, ask, and print a table."""
    options = _options(arguments)
    cut: dict[Language, list[Hole]] = {
        language: holes.cut(corpus.sources(language), options.holes, options.seed)
        for language in corpus.languages(options.language)
    }
    everything = [hole for each in cut.values() for hole in each]
    with (
        _model(options, everything) as (name, environment),
        Served(name, environment, own=not environment, maxTokens=options.max_tokens) as server,
        Syntax() as syntax,
    ):
        print(f"{name}: {options.holes} holes a language, seed {options.seed}, {options.open} other files open")
        for language, each in cut.items():
            filled = [_fill(server, hole, options.open, syntax, invoked=not options.automatic_only) for hole in each]
            for kind in KINDS:
                _row(f"{language} {kind}", [one for one in filled if one.hole.kind == kind])
            _row(f"{language} all", filled)
            _latency(language, filled)
        totals, asked = server.usage(), len(everything)
        print(
            f"tokens a hole: {totals['inputTokens'] / asked:,.0f} in, {totals['outputTokens'] / asked:,.1f} out;"
            f" {totals['requests']} requests, {totals['failed']} failed, {totals['cancelled']} left early"
        )
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation infill", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--model", help="provider/model, with your own keys and settings")
    chosen.add_argument("--gguf", type=Path, help="a model file, run by llama.cpp")
    chosen.add_argument("--stand-in", choices=STAND_INS, help="no model: checks the machinery")
    parser.add_argument("--goes-on", action="store_true", help="the model file cannot fill: it reads what is before")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="all of them if none is named")
    parser.add_argument("--holes", type=int, default=30, help="a language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open", type=int, default=6, help="how many other files of the project are open")
    parser.add_argument("--max-tokens", type=int, default=128)
    parser.add_argument("--automatic-only", action="store_true", help="do not ask for several too")
    return parser.parse_args(arguments)


@contextlib.contextmanager
def _model(options: argparse.Namespace, cut: Sequence[Hole]) -> Generator[tuple[str, dict[str, str]]]:
    """The model's name, and what the server's environment needs to find it; nothing if it is the person's own."""
    if options.model:
        yield options.model, {}
    elif options.gguf:
        with contextlib.ExitStack() as open_servers:
            url = open_servers.enter_context(llama_cpp(options.gguf))
            if options.goes_on:
                scripted = open_servers.enter_context(vendor(answers.going_on(url)))
                yield "llamacpp/scripted", scripted.environment
            else:
                yield "llamacpp/tiny", {"LLAMACPP_BASE_URL": f"{url}/v1"}
    else:
        answer = answers.oracle(cut) if options.stand_in == "oracle" else answers.copying()
        with vendor(answer) as scripted:
            yield "llamacpp/scripted", scripted.environment


def neighbours(hole: Hole, count: int) -> list[Source]:
    """Other files of the project, those it imports last: they are what a person would have open."""
    words = set(re.findall(r"\w+", "".join(line for line in hole.source.document.lines if _names_files(line))))
    others = [one for one in corpus.sources(hole.source.language) if one.project == hole.source.project]
    folder = PurePosixPath(hole.source.name).parent

    def relevance(other: Source) -> tuple[bool, bool, str]:
        path = PurePosixPath(other.name)
        return path.stem in words, path.parent == folder, other.name

    ranked = sorted((one for one in others if one.name != hole.source.name), key=relevance)
    return ranked[len(ranked) - min(count, len(ranked)) :]


def _names_files(line: str) -> bool:
    return "import" in line or "require" in line or "from" in line


def _fill(server: Served, hole: Hole, count: int, syntax: Syntax, *, invoked: bool) -> Filled:
    opened = server.open_all(neighbours(hole, count))
    document, position = hole.document, hole.position
    server.open(document)
    typed = server.suggest(document, position, served.AUTOMATIC)
    asked = server.suggest(document, position, served.INVOKED) if invoked else None
    server.close([*opened, document.uri])
    first = scoring.score(hole, typed.texts[0], typed.replaced[0], syntax) if typed.texts else scoring.NOTHING
    return Filled(hole, typed, first, asked, scoring.best(hole, asked, syntax) if asked else None)


def _row(name: str, filled: Sequence[Filled]) -> None:
    if not filled:
        return
    typed = [one.typed_score for one in filled]
    shown = sum(bool(one.typed.texts) for one in filled)
    line = f"  {name:<18} n={len(filled):<4} shown {shown / len(filled):4.0%}  " + _scores(typed)
    asked = [one.asked_score for one in filled if one.asked_score is not None]
    print(line + (f"   best of several: {_scores(asked)}" if asked else ""), flush=True)


def _scores(scores: Sequence[Score]) -> str:
    parsed = [each.valid for each in scores if each.valid is not None]
    return (
        f"exact line {statistics.mean(each.exact for each in scores):4.0%}  "
        f"similarity {statistics.mean(each.similarity for each in scores):.2f}  "
        f"valid {statistics.mean(parsed) if parsed else 0:4.0%}"
    )


def _latency(language: Language, filled: Sequence[Filled]) -> None:
    report.line(f"{language}: to the first item", [one.typed.seconds * 1000 for one in filled], "ms", tail=0.9)
    failures = {one.typed.failure or (one.asked.failure if one.asked else "") for one in filled} - {""}
    for failure in sorted(failures):
        print(f"  failed: {failure}")
