"""A conversation made to fit what a model can read: the same every time, and what is left out is counted.

Left out, each only as far as needed: the contents of tool results, the oldest first, but for those of the round under
way; then the oldest questions with their answers; then the results of the round under way; then the end of the summary
of what was said before. Never the last question.
"""

import re

import attrs

from llm_ls import errors
from llm_ls.messages import Message, Part, Text, ToolResult
from llm_ls.models import ModelInfo, ModelRequest
from llm_ls.prompts import budget, conversation
from llm_ls.providers import token_estimate

UNKNOWN_WINDOW = 32_768
ANSWER_TOKENS = 16_384

_LEAST_OF_SUMMARY = 50
_CUT = "\n[The rest of the summary is left out to save room.]"
_LEFT_OUT = re.compile(r"\[Left out to save room: about [\d,]+ tokens\. Call the tool again if they are needed\.\]")


@attrs.frozen
class Fitted:
    """What is sent of a conversation.

    Attributes:
        results_left_out: Tool results of which only a line is left.
        turns_left_out: Questions that are gone with their answers.
        summary_cut: Whether the end of the summary of what was said before is gone.
        tokens: Of all that is sent, about.
    """

    messages: tuple[Message, ...]
    results_left_out: int
    turns_left_out: int
    tokens: int
    summary_cut: bool = False

    @property
    def sentence(self) -> str:
        """What was left out, for the user; empty if nothing was."""
        results, turns = self.results_left_out, self.turns_left_out
        what = [
            *([f"the oldest {_counted(turns, 'question')}, with what was answered"] if turns else []),
            *([f"the contents of {_counted(results, 'tool result')}"] if results else []),
        ]
        what += ["the end of the summary"] if self.summary_cut else []
        return f"left out to fit the model's context window: {' and '.join(what)}" if what else ""


def window_for(context_window: int | None, max_output: int | None) -> int:
    """How many tokens may be sent, as `budget` counts them, to a model with that window.

    An unknown window is taken for 32,768 tokens: services tell theirs, or their models can read more; a local server
    that does not tell was started for about that or less, and says so when it was less. Sixteen thousand tokens, or
    a quarter of a small window, stay free for the answer; and since the count comes out low by up to a quarter
    (`token_estimate`), a fifth of the rest is not used.
    """
    window = context_window or UNKNOWN_WINDOW
    answer = min(max_output or ANSWER_TOKENS, ANSWER_TOKENS, window // 4)
    return (window - answer) * 4 // 5


def window_of(known: ModelInfo | None) -> int:
    """As `window_for`, for a model of which this is known; `None` is nothing."""
    return window_for(known.context_window, known.max_output_tokens) if known else window_for(None, None)


def overhead(request: ModelRequest) -> int:
    """About how many tokens are sent beside the messages."""
    return token_estimate.tokens_of(attrs.evolve(request, messages=()))


def fit(messages: tuple[Message, ...], tokens: int, *, overhead: int = 0) -> Fitted:
    """As much of `messages` as fits in `tokens`; every call that is left has its result.

    Args:
        messages: Oldest first, starting with the user's; the last question and what came of it so far stand last.
        tokens: How many may be sent.
        overhead: How many of them are taken by what is sent beside.

    Raises:
        errors.ContextWindowExceeded: The last question alone is longer.
    """
    sizes = [token_estimate.tokens_of_message(message) for message in messages]
    excess = sum(sizes) + overhead - tokens
    if excess <= 0:
        return Fitted(messages, 0, 0, sum(sizes) + overhead)
    shrinking = _Shrinking(list(messages), sizes, excess)
    last = len(messages) - any(isinstance(part, ToolResult) for part in messages[-1].parts)
    shrinking.leave_out_results(0, last)
    turns = shrinking.leave_out_turns()
    shrinking.leave_out_results(len(shrinking.messages) - 1, len(shrinking.messages))
    summary_cut = shrinking.cut_summary()
    needed = tokens + shrinking.excess
    if needed > tokens:
        raise errors.ContextWindowExceeded(
            f"the question is about {needed:,} tokens long with what belongs to it, and {tokens:,} at most can be sent",
            hint="attach less, or choose a model with a larger context window",
        )
    results = sum(map(_is_left_out, (part for message in shrinking.messages for part in message.parts)))
    return Fitted(tuple(shrinking.messages), results, turns, needed, summary_cut)


@attrs.define
class _Shrinking:
    """A conversation that is too long by `excess` tokens; `sizes` are those of its messages."""

    messages: list[Message]
    sizes: list[int]
    excess: int

    def leave_out_results(self, start: int, end: int) -> None:
        """Leave out those of the messages from `start` to before `end`, the oldest first, until there is no excess."""
        for place in range(start, end):
            parts = list(self.messages[place].parts)
            for number, part in enumerate(parts):
                if self.excess <= 0:
                    return
                if isinstance(part, ToolResult) and (shorter := _left_out(part)) is not None:
                    parts[number] = shorter
                    self._replace(place, Message("user", tuple(parts)))

    def leave_out_turns(self) -> int:
        """Leave out the oldest questions with their answers, until there is no excess; how many."""
        starts = [place for place, message in enumerate(self.messages) if _is_question(message)]
        summary = tuple(part for part in self.messages[0].parts if conversation.is_summary(part))
        before = (*summary, Text("\n\n")) if summary else ()
        moved = token_estimate.tokens_of_message(Message("user", before)) if before else 0
        gone, first = 0, 0
        while self.excess + (moved if gone else 0) > 0 and gone + 1 < len(starts):
            gone += 1
            self.excess -= sum(self.sizes[first : starts[gone]])
            first = starts[gone]
        if gone:
            del self.messages[:first], self.sizes[:first]
            parts = [
                part for part in self.messages[0].parts if not isinstance(part, ToolResult)
            ]  # of calls that are gone
            self._replace(0, Message("user", (*before, *parts)))
        return gone

    def cut_summary(self) -> bool:
        """Leave out the end of the summary until there is no excess; whether anything of it is gone."""
        parts = list(self.messages[0].parts)
        place = next((number for number, part in enumerate(parts) if conversation.is_summary(part)), None)
        if self.excess <= 0 or place is None:
            return False
        whole = parts[place]
        assert isinstance(whole, Text)
        room = budget.tokens_in(whole.text) - self.excess - budget.tokens_in(_CUT)
        if room < _LEAST_OF_SUMMARY:
            return False
        parts[place] = Text(budget.cut(whole.text, room) + _CUT)
        self._replace(0, Message("user", tuple(parts)))
        return True

    def _replace(self, place: int, message: Message) -> None:
        size = token_estimate.tokens_of_message(message)
        self.excess += size - self.sizes[place]
        self.messages[place], self.sizes[place] = message, size


def _is_question(message: Message) -> bool:
    return message.role == "user" and not all(
        isinstance(part, ToolResult) or conversation.is_summary(part) for part in message.parts
    )


def _left_out(result: ToolResult) -> ToolResult | None:
    """The result with a line in place of its contents; `None` if that is no shorter."""
    tokens = token_estimate.tokens_of_text(result.content)
    line = f"[Left out to save room: about {tokens:,} tokens. Call the tool again if they are needed.]"
    return attrs.evolve(result, content=line) if len(line) < len(result.content) else None


def _is_left_out(part: Part) -> bool:
    return isinstance(part, ToolResult) and _LEFT_OUT.fullmatch(part.content) is not None


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
