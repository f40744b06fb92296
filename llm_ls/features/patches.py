"""Answers in diff form: some models answer with a patch, whatever they are asked for."""

import re

from llm_ls import errors

_HEADER = re.compile(r"(?:---|\+\+\+|diff|index) .*|\\ No newline.*")


def is_patch(text: str, language: str) -> bool:
    """Whether `text` is a patch: said to be one, or with the marks of one on every line."""
    lines = [line for line in text.split("\n") if line.strip()]
    if language in ("diff", "patch", "udiff"):
        return True
    return any(line.startswith("@@ ") for line in lines) and all(
        line[0] in " +-@" or _HEADER.fullmatch(line) for line in lines
    )


def patched(original: str, patch: str) -> str:
    """`original` after `patch`, whose line numbers are not believed.

    Raises:
        ProtocolViolation: The patch was made for other lines.
    """
    lines = original.split("\n")
    at = 0
    for part in re.split(r"^@@.*$", patch, flags=re.MULTILINE):
        body = [line for line in part.split("\n") if line and not _HEADER.fullmatch(line)]
        if not body:
            continue
        old = [line[1:] for line in body if line[0] != "+"]
        new = [line[1:] for line in body if line[0] != "-"]
        known = [line.strip() for line in lines]
        wanted = [line.strip() for line in old]
        found = [i for i in range(at, len(lines) - len(old) + 1) if known[i : i + len(old)] == wanted]
        if not old or not found:
            raise errors.ProtocolViolation(
                "the model answered with a patch that does not fit the text", hint="ask again, or choose another model"
            )
        lines[found[0] : found[0] + len(old)] = new
        at = found[0] + len(new)
    return "\n".join(lines)
