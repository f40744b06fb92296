"""Indentation as the document has it, whatever the model made of it."""

from collections import Counter
from collections.abc import Callable, Iterable

from llm_ls.documents import Document

_OPENERS = (":", "{", "(", "[", "=>", "->", " do", " then")


def of_line(line: str) -> str:
    """The white space `line` begins with."""
    content = line.rstrip("\r\n")
    return content[: len(content) - len(content.lstrip(" \t"))]


def common(lines: Iterable[str]) -> str:
    """What all lines that are not blank begin with."""
    indents = [of_line(line) for line in lines if line.strip()]
    if not indents:
        return ""
    # They agree up to any place to which the first and the last in alphabetical order do.
    first, last = min(indents), max(indents)
    agreeing = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:agreeing]


def unit_of(document: Document) -> str:
    """One step of indentation, judged by the first 2,000 lines; empty if nothing is indented."""
    steps: Counter[str] = Counter()
    above = 0
    for line in document.lines[:2000]:
        if not line.strip():
            continue
        indent = of_line(line)
        if indent.startswith("\t"):
            steps["\t"] += 1
        elif len(indent) - above in (2, 3, 4, 8):
            steps[" " * (len(indent) - above)] += 1
        above = len(indent)
    return steps.most_common(1)[0][0] if steps else ""


def expected_at(document: Document, line: int) -> str:
    """The indentation of new code on `line`: its own, or what the line above asks for."""
    own = of_line(document.lines[line])
    if own or document.lines[line].strip():
        return own
    for above in reversed(document.lines[max(0, line - 200) : line]):
        if above.strip():
            deeper = above.rstrip().endswith(_OPENERS)
            return of_line(above) + ((unit_of(document) or "    ") if deeper else "")
    return ""


def in_unit(code: str, unit: str) -> str:
    """`code` with tabs where the document's `unit` is one and it has none; without, where it is none."""
    indents = [indent for line in code.split("\n") if (indent := of_line(line))]
    tabbed = any("\t" in indent for indent in indents)
    if unit == "\t" and indents and not tabbed:
        step = 2 if any(len(indent) % 4 == 2 for indent in indents) else 4
        return _each(code, lambda indent: "\t" * (len(indent) // step) + " " * (len(indent) % step))
    if unit and unit != "\t" and tabbed:
        return _each(code, lambda indent: indent.replace("\t", unit))
    return code


def restored(code: str, original: str, base: str) -> str:
    """`code` moved to where `original` is indented; `base` says where that is if `original` is blank.

    Models dedent what they are shown, all of it or only its first line. Of the ways to read that, the one
    under which most lines are lines of `original` wins; if none is better, the code moves as a whole.
    """
    old_lines, lines = original.split("\n"), code.split("\n")
    if original.strip():
        base = common(old_lines)
    moved = _moved(lines, common(lines), base)
    readings = [lines, moved] if common(lines) == base else [moved, lines]
    if base and not of_line(lines[0]) and common(lines[1:]).startswith(base):
        first_only = [base + lines[0], *lines[1:]]
        at = 0 if _lost_only_in_first_line(lines, base) else len(readings)
        readings.insert(at, first_only)
    known = Counter(old_lines)
    best = max(readings, key=lambda reading: (sum((Counter(reading) & known).values()), -readings.index(reading)))
    return "\n".join(best)


def _lost_only_in_first_line(lines: list[str], base: str) -> bool:
    """Whether the second line stands where it does if only the first one was stripped."""
    second = next((of_line(line) for line in lines[1:] if line.strip()), "")
    if lines[0].rstrip().endswith(_OPENERS):
        return len(second) > len(base)
    return len(second) >= len(base)


def _moved(lines: list[str], source: str, target: str) -> list[str]:
    return [target + line[len(source) :] if line.strip() else line for line in lines]


def _each(code: str, change: Callable[[str], str]) -> str:
    return "\n".join(change(of_line(line)) + line[len(of_line(line)) :] for line in code.split("\n"))
