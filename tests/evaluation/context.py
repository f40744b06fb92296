"""`context`: what share of a hole's identifiers each choice of context shows a model, and for how many tokens."""

import argparse
import keyword
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence

import attrs

from llm_ls.models import InfillRequest
from llm_ls.prompts import budget, infill
from llm_ls.prompts.neighbours import Neighbour, Neighbourhood
from tests.evaluation import corpus, holes
from tests.evaluation.corpus import LANGUAGES, Source
from tests.evaluation.holes import Hole
from tests.evaluation.infill import neighbours

OWN_TOKENS = 1536
_OF_THE_PROJECT, _OF_OTHERS = 9, 6
_IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,}")
_KEYWORDS = {
    *keyword.kwlist, "local", "function", "end", "then", "const", "let", "var", "export", "interface", "type", "nil",
    "elseif", "string", "number", "boolean", "void", "undefined", "null", "true", "false", "self", "this",
}  # fmt: skip

Choose = Callable[[Hole, Sequence[Source]], Sequence[str]]
"""Which parts of the open files are shown beside the document."""


@attrs.frozen
class Case:
    """A hole, and the files that are open beside it: some of its project, some of others, of other languages too."""

    hole: Hole
    open: tuple[Source, ...]
    wanted: frozenset[str]
    shown: frozenset[str]


def main(arguments: Sequence[str]) -> int:
    """Cut holes, and print what each choice shows of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation context", description=__doc__)
    parser.add_argument("--holes", type=int, default=300, help="a language")
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args(arguments)
    languages = corpus.languages(None)
    cut = [hole for each in languages for hole in holes.cut(corpus.sources(each), options.holes, options.seed)]
    _windows(cut)
    cases = [_case(hole, options.seed + number) for number, hole in enumerate(cut)]
    _neighbours(cases)
    return 0


def identifiers(text: str) -> frozenset[str]:
    return frozenset(_IDENTIFIER.findall(text)) - _KEYWORDS


def _windows(cut: Sequence[Hole]) -> None:
    print("the document alone: share of the identifiers of the holes that are shown")
    for tokens in (512, 1024, 1536, 2048, 4096, 8192):
        found, size = _recall(cut, tokens)
        print(f"  {tokens:>5} tokens: {found:6.1%}  ({size:,.0f} tokens used)")
    for name, constant, shares in (
        ("after the gap", "_SHARE_OF_SUFFIX", (0.0, 0.15, 0.25, 0.5)),
        ("for imports", "_SHARE_OF_IMPORTS", (0.0, 0.125, 0.25)),
        ("lines the start is aligned to", "_FIRST_LINE_AT", (1, 32, 64)),
    ):
        chosen = getattr(infill, constant)
        for share in shares:
            setattr(infill, constant, share)
            found, size = _recall(cut, OWN_TOKENS)
            mark = "  <- chosen" if share == chosen else ""
            print(f"  {OWN_TOKENS} tokens, {share} {name}: {found:6.1%}  ({size:,.0f} tokens used){mark}")
        setattr(infill, constant, chosen)


def _recall(cut: Sequence[Hole], tokens: int) -> tuple[float, float]:
    found, wanted, sizes = 0, 0, list[int]()
    for hole in cut:
        request = _request(hole, tokens)
        names = identifiers(hole.missing)
        found += len(names & identifiers(request.prefix + "\n" + request.suffix))
        wanted += len(names)
        sizes.append(budget.tokens_in(request.prefix + request.suffix))
    return found / wanted, statistics.mean(sizes)


def _request(hole: Hole, tokens: int) -> InfillRequest:
    return infill.infill(hole.document, hole.position, hole.source.name, context_tokens=tokens, max_tokens=1)


def _case(hole: Hole, seed: int) -> Case:
    chance = random.Random(seed)
    others = [one for each in LANGUAGES for one in corpus.sources(each) if one.project != hole.source.project]
    near = neighbours(hole, _OF_THE_PROJECT * 2)
    opened = [*near[-_OF_THE_PROJECT // 2 :], *chance.sample(near, min(len(near), _OF_THE_PROJECT // 2))]
    opened += chance.sample(others, _OF_OTHERS)
    chance.shuffle(opened)
    request = _request(hole, OWN_TOKENS)
    shown = identifiers(request.prefix + "\n" + request.suffix)
    return Case(hole, tuple({one.uri: one for one in opened}.values()), identifiers(hole.missing), shown)


def _neighbours(cases: Sequence[Case]) -> None:
    missing = sum(len(case.wanted - case.shown) for case in cases)
    if not missing:
        print("the document alone shows every identifier of these holes: cut more of them with --holes")
        return
    everywhere = sum(
        len((case.wanted - case.shown) & identifiers("\n".join(one.text for one in case.open))) for case in cases
    )
    print(
        f"beside {OWN_TOKENS} tokens of the document: of {missing} identifiers that are not in them,"
        f" {everywhere / missing:.1%} are in any of the files that are open"
    )
    for name, choose in _choices().items():
        _measure(name, choose, cases, missing)


def _choices() -> dict[str, Choose]:
    return {
        "starts of 4 open files": lambda _, opened: [_start(one, 128) for one in opened[:4]],
        "starts of 4 of the same language": lambda hole, opened: [
            _start(one, 128) for one in [one for one in opened if one.language == hole.source.language][:4]
        ],
        "similar parts (chosen)": lambda hole, opened: _similar(hole, opened, 512),
        "similar parts, same language": lambda hole, opened: _similar(
            hole, [one for one in opened if one.language == hole.source.language], 512
        ),
        "similar parts, 256 tokens": lambda hole, opened: _similar(hole, opened, 256),
        "similar parts, 1024 tokens": lambda hole, opened: _similar(hole, opened, 1024),
    }


def _measure(name: str, choose: Choose, cases: Sequence[Case], missing: int) -> None:
    found, tokens, took = 0, list[int](), list[float]()
    wanted = sum(len(case.wanted) for case in cases)
    for case in cases:
        started = time.process_time()
        texts = choose(case.hole, case.open)
        took.append((time.process_time() - started) * 1000)
        found += len((case.wanted - case.shown) & identifiers("\n".join(texts)))
        tokens.append(sum(budget.tokens_in(text) for text in texts))
    size = statistics.mean(tokens)
    print(
        f"  {name:<34} {found / missing:6.1%} of them ({found / wanted * 100:.1f} points of all),"
        f" {size:5,.0f} tokens, {found / len(cases) / size * 1000:.2f} a 1,000, {statistics.median(took):.1f} ms",
        flush=True,
    )


def _start(source: Source, tokens: int) -> str:
    return budget.cut(source.text, tokens)


def _similar(hole: Hole, opened: Sequence[Source], tokens: int) -> list[str]:
    others = [(one.name, one.document) for one in opened]
    neighbourhood, chosen = Neighbourhood(), tuple[Neighbour, ...]()
    for _ in others:  # so often that all of them have been looked through
        chosen = neighbourhood.nearest(hole.document, hole.position, others, tokens=tokens)
    return [each.text for each in chosen]
