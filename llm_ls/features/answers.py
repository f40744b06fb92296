"""The code in a model's answer, however the model wrapped it.

What weak models do, and what is made of it: thoughts and chat markers leak (dropped); there is prose around the
code, or no fence, or several blocks (the one most like the original), or a patch (applied); the text around the
selection is repeated (cut off); indentation, line ends and the final newline are lost (the original's). What
would do harm is refused: no code at all, prose in place of code, "rest of the code unchanged".
"""

import re
from collections import Counter

from llm_ls import errors
from llm_ls.documents import split_lines
from llm_ls.features import echoes, fences, indentation, leaks, patches

# Where a backtick is part of the language.
_BACKTICKED_LANGUAGES = frozenset(
    ("javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte", "go", "shellscript", "sh")
) | {"bash", "zsh", "markdown", "sql", "perl", "ruby", "haskell", "lisp", "clojure", "scala", "swift", "r"}
_NO_FENCE = "-"


def code_of(
    answer: str,
    original: str,
    *,
    language_id: str = "",
    line_end: str = "\n",
    unit: str = "",
    base: str = "",
    before: str = "",
    after: str = "",
) -> str:
    """What `answer` puts in place of `original`.

    Args:
        answer: All that the model wrote.
        original: The text it was asked to replace; may be empty.
        language_id: The document's language.
        line_end: The document's line end.
        unit: One step of the document's indentation; empty is unknown.
        base: The indentation of new code, where `original` is blank.
        before: The text before `original` that the model saw.
        after: The text after `original` that the model saw.

    Raises:
        ProtocolViolation: The answer is empty, is no code, or leaves code out.
        ContentFiltered: The model declined.
    """
    old = _unix(original)
    text = leaks.without_thoughts(_unix(answer), old)
    code = _edges_cut(_unmarked(_chosen(text, old, language_id), old))
    code = _without_inline_fence(code, old, language_id)
    head, tail = _unix(before), _unix(after)
    code = _edges_cut(echoes.without_echo(code, old, head, tail))
    if not code.strip():
        raise errors.ProtocolViolation("the model's answer holds no code", hint=leaks.HINT)
    echoes.refuse_elision(code, old)
    if (head.rpartition("\n")[2] + tail.partition("\n")[0]).strip() and "\n" not in old:
        leading = old[: len(old) - len(old.lstrip())] if old.strip() else ""
        edged = leading + code.strip() + old[len(old.rstrip()) :]
    else:
        code = indentation.in_unit(code, unit or ("\t" if re.search(r"^\t", old, re.MULTILINE) else ""))
        edged = _with_edges_of(old, indentation.restored(code, old.strip("\n"), base))
    return _with_line_ends_of(edged, original, line_end)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _chosen(answer: str, original: str, language_id: str) -> str:
    """The fenced block most like `original`, but not `original` itself; without a fence, all but prose."""
    found = fences.blocks(answer)
    holds_fences = fences.has_fence(original) or language_id in leaks.PROSE_LANGUAGES
    if not found:
        return leaks.without_prose(answer, original, language_id)
    if holds_fences:
        found.append(fences.Block(_NO_FENCE, answer))
    changed = [block for block in found if block.text.split() != original.split()] or found
    likest = max(
        changed,
        key=lambda block: (
            _likeness(block.text, original),
            block.language == language_id,
            bool(block.text.strip()),
            -changed.index(block),
        ),
    )
    if language_id not in ("diff", "patch") and patches.is_patch(likest.text, likest.language):
        return patches.patched(original, likest.text)
    return likest.text


def _likeness(text: str, original: str) -> float:
    """How much of the two is common lines, from 0 to 1 (Dice)."""
    a = Counter(line.strip() for line in text.split("\n") if line.strip())
    b = Counter(line.strip() for line in original.split("\n") if line.strip())
    return round(2 * (a & b).total() / max(1, a.total() + b.total()), 3)


def _unmarked(code: str, original: str) -> str:
    """Without the marks that the prompt puts around the selection."""
    if "selection>" in original or "selection>" not in code:
        return code
    opening = code.find("<selection>")
    closing = code.find("</selection>", opening)
    if 0 <= opening < closing:
        return code[opening + len("<selection>") : closing]
    for mark in ("<selection>", "</selection>"):
        if code.lstrip().startswith(mark):
            code = code.lstrip().removeprefix(mark)
        if code.rstrip().endswith(mark):
            code = code.rstrip().removesuffix(mark)
    return code


def _edges(text: str) -> tuple[int, int]:
    """Where the lines that are not blank begin, and where the last of them ends."""
    content = text.strip(" \t\n")
    first = text.find(content)
    start = text.rfind("\n", 0, first) + 1
    end = text.find("\n", first + len(content))
    return start, len(text) if end < 0 else end


def _edges_cut(code: str) -> str:
    """Without blank lines at the start and the end."""
    start, end = _edges(code)
    return code[start:end] if code.strip() else ""


def _without_inline_fence(code: str, original: str, language_id: str) -> str:
    """`2` for `` `2` ``, unless backticks mean something there."""
    inline = re.fullmatch(r"\s*(`{1,2})([^`\n]+)\1\s*", code)
    if not inline or "`" in original or language_id in _BACKTICKED_LANGUAGES:
        return code
    return inline[2]


def _with_edges_of(original: str, code: str) -> str:
    """`code` between the blank lines that `original` begins and ends with."""
    if not original.strip():
        return code + "\n" * original.endswith("\n")
    start, end = _edges(original)
    return original[:start] + code + original[end:]


def _with_line_ends_of(code: str, original: str, line_end: str) -> str:
    """The document's line end on every line, but its own on a line that `original` holds."""
    ends = {line.rstrip("\r\n"): line[len(line.rstrip("\r\n")) :] for line in split_lines(original)[:-1]}
    lines = code.split("\n")
    return "".join(line + ends.get(line, line_end) for line in lines[:-1]) + lines[-1]
