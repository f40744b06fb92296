"""What an answer repeats of the text around the selection, and what it leaves out of the text within."""

import re

from llm_ls import errors

_LEAST_WORD_CHARACTERS = 6
_ELISION = re.compile(
    r"\s*(?:#|//|--|/\*|<!--|\{/\*|;|%|\(|(?=\.\.\.|…|\[))(?=.*(?:\.\.\.|…))"
    r"(?=.*\b(?:rest|remaining|existing|unchanged|same|omitted|previous|other|your code)\b).{0,120}",
    re.IGNORECASE,
)
_CLOSERS = re.compile(r"[)\]};,]+")


def without_echo(code: str, original: str, before: str, after: str) -> str:
    """`code` without the text of `before` it starts with and the text of `after` it ends with.

    A line that says too little, or that the original holds as well, may be there by right and stays; but a
    closing bracket too many, which is the next one of `after`, goes.
    """
    line_head, line_tail = before.rpartition("\n")[2], after.partition("\n")[0]
    if "\n" not in original and (line_head + line_tail).strip():
        return _fragment(code, original, line_head.strip(), line_tail.strip())
    lines = code.split("\n")
    own = {line.strip() for line in original.split("\n")}
    head = _echoed(lines, before.split("\n")[-2::-1], own)
    lines = lines[head:]
    following = after.removeprefix("\n").split("\n")
    tail = _echoed(lines[::-1], following, own, 1 if head else _LEAST_WORD_CHARACTERS)
    lines = lines[: len(lines) - tail]
    next_line = next((line.strip() for line in following if line.strip()), "")
    last = lines[-1].strip() if lines else ""
    if last == next_line and _CLOSERS.fullmatch(last) and _excess("\n".join(lines)) > _excess(original):
        return "\n".join(lines[:-1])
    return "\n".join(lines)


def _fragment(code: str, original: str, head: str, tail: str) -> str:
    """Part of a line, out of an answer that is the whole line."""
    whole = code.strip()
    repeats = whole.startswith(head) and whole.endswith(tail) and len(whole) > len(head) + len(tail)
    by_right = original.strip().startswith(head) and original.strip().endswith(tail)
    if repeats and not by_right and len(head + tail) >= 3:
        return whole[len(head) : len(whole) - len(tail)]
    return code


def _echoed(lines: list[str], nearest_first: list[str], own: set[str], least: int = _LEAST_WORD_CHARACTERS) -> int:
    """How many of the first `lines` repeat, blank lines aside, the neighbours up to the selection."""
    said = [(number, line.strip()) for number, line in enumerate(lines) if line.strip()]
    neighbours = [line.strip() for line in nearest_first if line.strip()]
    texts = [text for _, text in said]
    for count in range(min(len(said) - 1, len(neighbours)), 0, -1):
        if texts[0] != neighbours[count - 1] or texts[:count] != neighbours[:count][::-1]:
            continue
        words = sum(len(re.findall(r"\w", text)) for text in texts[:count] if text.rstrip(":;") not in _COMMON_WORDS)
        if words >= least and not own.issuperset(texts[:count]):
            return said[count][0]
    return 0


_COMMON_WORDS = frozenset(
    ("end", "else", "fi", "done", "esac", "endif", "return", "pass", "break", "continue", "try", "finally", "default")
)


def _excess(text: str) -> int:
    """How many more brackets close than open."""
    return sum(map(text.count, ")]}")) - sum(map(text.count, "([{"))


def refuse_elision(code: str, original: str) -> None:
    """See to it that nothing was left out in favour of a remark.

    Raises:
        ProtocolViolation: There is a line like `# ... rest of the code unchanged ...`.
    """
    known = set(map(str.strip, original.split("\n")))
    if any(_ELISION.fullmatch(line) and line.strip() not in known for line in code.split("\n")):
        raise errors.ProtocolViolation(
            "the model left out part of the code", hint="select less of it, or choose another model"
        )
