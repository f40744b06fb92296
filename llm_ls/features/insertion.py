"""The text to insert, out of what a chat model writes: read as it streams, without tags, fences, chatter and echoes."""

import re
from collections.abc import Iterator

from llm_ls.models import InfillRequest
from llm_ls.prompts import chat_filling
from llm_ls.prompts.chat_filling import CLOSING, OPENING

_FENCE, _END_FENCE = "```", "\n```"
_FENCE_LINE = re.compile(r"\s*`{3,}[\w+#.-]*[ \t]*\r?\n")
_QUOTED_LINE = re.compile(r"\s*(`{1,3})([^`\n]+)\1\s*")
_LEAD_INS = (
    *("sure", "certainly", "of course", "okay", "here's", "here’s", "here is", "here are", "below is"),
    *("the completed", "the missing", "the code", "the text", "to complete"),
)
_REFUSALS = (
    *("i'm sorry", "i’m sorry", "i am sorry", "sorry,", "i can't", "i can’t", "i cannot", "as an ai"),
    *("i'm unable", "i’m unable", "i don't have", "i don’t have"),
)
_INDENTED = re.compile(r"(?:\t|[ ]{2,})\S")
_REMARK = re.compile(r"[ ]{2,}(?:#|//|--|;|/\*)")
_OPENS = re.compile(r"[:{(\[,=>]\s*$")
_LETTER = re.compile(r"[^\W\d]")
_LINES_OF_ECHO = 40


class Insertion:
    """Takes an answer piece by piece.

    Attributes:
        complete: Whether all that comes after is no part of it.
    """

    def __init__(self, request: InfillRequest) -> None:
        mark = chat_filling.mark_for(request)
        prefix = request.prefix.replace("\r\n", "\n")
        self.complete = False
        self._head = prefix.rpartition("\n")[2]
        self._line_echoes = sorted(_line_echoes(prefix, mark), key=len, reverse=True)
        self._word_echoes = sorted(_word_echoes(self._head), key=len, reverse=True)
        self._line_follows = bool(request.suffix) and request.suffix[0] not in "\r\n"
        self._has_quotes = "`" in prefix or "`" in request.suffix
        self._ends = [CLOSING, mark, *request.stop]
        self._held: str = ""
        self._said = self._echoed = False
        self._stages = [
            self._introduction_passed,
            self._tag_passed,
            self._fence_passed,
            self._tag_passed,
            self._echo_passed,
            self._start_placed,
        ]

    def feed(self, piece: str) -> str:
        """What of the text is certain after this piece; may be empty."""
        if self.complete:
            return ""
        self._held += piece
        return self._certain(last=False)

    def finish(self) -> str:
        """The rest of the text, once there is no more."""
        text = "" if self.complete else self._certain(last=True)
        self.complete = True
        return text

    def _certain(self, *, last: bool) -> str:
        """What is held, but for what may yet turn out to end the text."""
        while self._stages and not self.complete:
            if not self._stages[0](last=last):
                return ""
            self._stages.pop(0)
        text, self._held = self._held, ""
        if not self._said and _END_FENCE in self._ends:
            if text.startswith(_FENCE):
                self.complete = True
                return ""
            if not last and _FENCE.startswith(text):
                self._held = text
                return ""
        found = [at for end in self._ends if (at := text.find(end)) >= 0]
        if found or last:
            self.complete = True
            return self._trimmed(text[: min(found, default=len(text))])
        sure = _without_beginning_of(self._ends, text).rstrip()
        self._held = text[len(sure) :]
        self._said = self._said or bool(sure)
        return sure

    def _trimmed(self, text: str) -> str:
        """The last of the text without blank lines; with its line end where another line follows it at once."""
        trimmed = text.rstrip()
        if "\n" not in text[len(trimmed) :]:
            return text
        return trimmed + "\n" * (self._line_follows and bool(self._said or trimmed))

    def _introduction_passed(self, *, last: bool) -> bool:
        """Drop what comes before the text; `False`: more must be heard first."""
        start = self._held.lstrip()
        low = start.lower()
        if not last and not start:
            return False
        if low.startswith(_REFUSALS):
            self.complete, self._held = True, ""
        elif low.startswith(_LEAD_INS):
            return self._lead_in_passed(start, last=last)
        elif not last and any(one.startswith(low) for one in (*_REFUSALS, *_LEAD_INS)):
            return False
        return True

    def _lead_in_passed(self, start: str, *, last: bool) -> bool:
        line, _, rest = start.partition("\n")
        text = rest.lstrip()
        if not last and (OPENING.startswith(text) or _FENCE.startswith(text)):
            return False
        if text.startswith(_FENCE) or line.rstrip().endswith(":") or (text and line.rstrip().endswith((".", "!"))):
            self._held = rest.lstrip("\r\n")
        return True

    def _tag_passed(self, *, last: bool) -> bool:
        """Drop the tag that the text begins with; `False`: more must be heard first."""
        start = self._held.lstrip()
        if start.startswith(OPENING):
            self._held = start.removeprefix(OPENING)
        elif start and OPENING.startswith(start):
            self._held = "" if last else self._held
            return last
        return last or bool(start)

    def _fence_passed(self, *, last: bool) -> bool:
        """Drop a fence that the text begins with, or quotes around all of it; `False`: more must be heard first."""
        start = self._held.lstrip()
        opening = _FENCE_LINE.match(self._held)
        if opening:
            self._held = self._held[opening.end() :]
            self._ends.append(_END_FENCE)
            return True
        may_be_fence = "\n" not in start and (_FENCE.startswith(start) or start.startswith(_FENCE))
        may_be_quoted = not self._has_quotes and start[:1] == "`" and not start.partition("\n")[2].strip()
        if not last and (may_be_fence or may_be_quoted):
            return False
        if not self._has_quotes:
            quoted = _QUOTED_LINE.fullmatch(self._held)
            self._held = quoted[2] if quoted else self._held
            self._ends.append(_END_FENCE)
        return True

    def _echo_passed(self, *, last: bool) -> bool:
        """Drop the beginning of the line, or lines, that the text repeats; `False`: more must be heard first."""
        text = self._held.lstrip("\r\n")
        if not self._head.strip():
            self._held = text
        on_the_line = self._held == text
        echoes = [*self._line_echoes, *(self._word_echoes if on_the_line else ())]
        if not last and (not text or any(echo.startswith(text) for echo in echoes)):
            return False
        echo = next((echo for echo in echoes if text.startswith(echo)), None)
        if echo is not None:
            self._held, self._echoed = text[len(echo) :], True
        return True

    def _start_placed(self, *, last: bool) -> bool:
        """Put an indented text on a line of its own if the cursor's has begun; `False`: more must be heard first."""
        if self._echoed or not self._head.strip():
            return True
        if not last and not self._held.strip(" \t"):
            return False
        is_remark = _REMARK.match(self._held) and not _OPENS.search(self._head)
        if _INDENTED.match(self._held) and not is_remark:
            self._held = f"\n{self._held}"
        return True


def _line_echoes(prefix: str, mark: str) -> set[str]:
    """What an answer may begin with of the text before the cursor: lines up to it, or the indentation of its own."""
    lines = prefix.split("\n")
    tails = ["\n".join(lines[first:]) for first in range(max(0, len(lines) - _LINES_OF_ECHO), len(lines))]
    wordy = [tail for tail in tails if _LETTER.search(tail.partition("\n")[0])]
    blank = [lines[-1]] if lines[-1] and not lines[-1].strip() else []
    echoes = {form for tail in wordy for form in (tail, tail.lstrip())} | set(blank)
    return echoes | {echo + mark for echo in echoes} | {mark}


def _word_echoes(head: str) -> Iterator[str]:
    """The word that the cursor is in, with what it is a member of and without."""
    for pattern in (r"[\w.]{2,}$", r"\w{2,}$"):
        if (word := re.search(pattern, head)) and _LETTER.search(word[0]):
            yield word[0]


def _without_beginning_of(ends: list[str], text: str) -> str:
    """`text` without what may be the beginning of something that ends it."""
    for start in range(max(0, len(text) - max(map(len, ends)) + 1), len(text)):
        if any(end.startswith(text[start:]) for end in ends):
            return text[:start]
    return text
