"""What models write beside the code: leaked thoughts and chat markers, and prose where there is no fence."""

import re

from llm_ls import errors
from llm_ls.features import fences

PROSE_LANGUAGES = frozenset(
    ("", "markdown", "plaintext", "text", "latex", "tex", "asciidoc", "restructuredtext", "org", "typst", "quarto")
) | {"git-commit", "gitcommit"}
HINT = "ask again, or choose another model"

_THOUGHT = re.compile(r"\s*<(think|thinking|thought|reasoning)>.*?</\1>", re.DOTALL)
_OPEN_THOUGHT = re.compile(r"\s*<(?:think|thinking|thought|reasoning)>")
_END_OF_THOUGHT = re.compile(r"^.*?</(?:think|thinking|thought|reasoning)>[ \t]*(?:\n|$)", re.DOTALL)
_FINAL_CHANNEL = re.compile(r"^.*<\|channel\|>final<\|message\|>", re.DOTALL)
_TRAILING_MARKER = re.compile(r"(?:<\|[\w▁]{1,30}\|>|</s>|<end_of_turn>|<｜[^｜\n]{1,30}｜>)$")


def without_thoughts(answer: str, original: str) -> str:
    """`answer` without thoughts and chat template markers, which local servers let through."""
    answer = _FINAL_CHANNEL.sub("", answer)
    while (marker := _TRAILING_MARKER.search(answer.rstrip())) and marker[0] not in original:
        answer = answer[: marker.start()]
    while thought := _THOUGHT.match(answer):
        answer = answer[thought.end() :]
    if _OPEN_THOUGHT.match(answer):
        return _last_fenced(answer)
    closing = _END_OF_THOUGHT.match(answer)
    if closing and not re.search(r"</?think", original) and not re.search(r"^```.*<think", answer, re.DOTALL):
        return answer[closing.end() :]
    return answer


def _last_fenced(answer: str) -> str:
    """The last block of a thought that never ended; nothing if there is none."""
    found = fences.blocks(answer)
    return found[-1].text if found else ""


_LEAD_IN = re.compile(
    r"\s*(?:sure|certainly|of course|okay|ok|here(?:'s|’s| is| are)|below is"
    r"|the (?:updated|fixed|new|corrected|rewritten|refactored|following|improved|simplified))\b[^\n]*[:.!]\n+",
    re.IGNORECASE,
)
_EXPLANATION = re.compile(
    r"\n[ \t]*\n(?:\*\*)?(?:note|explanation|changes(?: made)?|let me know|the (?:changes|main)"
    r"|this (?:version|change|code|function|will|uses|adds)"
    r"|i(?:'ve|’ve| have)? (?:added|changed|fixed|replaced|made|removed|used))\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\s*(?:i['’]m sorry|i am sorry|sorry,|i can(?:no|['’])t|as an ai\b|i['’]m (?:not able|unable))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\s*(?:[-*\d.]+ )?[A-Z][\w'’]*(?:[ ,;:]+[\w'’`\"()./-]+){3,}[.:!?]?")


def without_prose(answer: str, original: str, language_id: str) -> str:
    """An answer without a fence, less what introduces and explains the code.

    Raises:
        ContentFiltered: It is a refusal.
        ProtocolViolation: It is prose, and `original` is none.
    """
    if _REFUSAL.match(answer) and not _REFUSAL.match(original):
        raise errors.ContentFiltered(
            "the model declined to do this", hint="say it in other words, or choose another model"
        )
    introduced = _LEAD_IN.match(answer)
    if introduced and not _LEAD_IN.match(original):
        answer = answer[introduced.end() :]
    if language_id in PROSE_LANGUAGES:
        return answer
    explained = _EXPLANATION.search(answer)
    if explained and not _EXPLANATION.search(original):
        answer = answer[: explained.start()]
    if _is_prose(answer) and not (original.strip() and _is_prose(original)):
        raise errors.ProtocolViolation("the model answered with an explanation and no code", hint=HINT)
    return answer


def _is_prose(text: str) -> bool:
    return all(_SENTENCE.fullmatch(line) for line in text.split("\n") if line.strip()) and bool(text.strip())
