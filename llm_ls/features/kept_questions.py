"""What is asked in a kept conversation: a new question, one asked again, or the results that an answer waits for."""

import attrs

from llm_ls import errors
from llm_ls.messages import Attachment, Message, Text, ToolCall, ToolResult, Usage
from llm_ls.store.conversations import Conversations
from llm_ls.store.turns import Conversation, Turn

_TITLE_CHARS = 80


@attrs.frozen
class Question:
    """What is asked, in its place.

    Attributes:
        turns: The path, the question included; it ends with the answer so far where that waits for results.
        conversation: Its id; empty for a new one.
        question_id: Of the user turn, empty if it is not kept yet.
        answer_id: Of the answer that goes on; empty for a new one.
    """

    turns: tuple[Turn, ...]
    conversation: str = ""
    question_id: str = ""
    answer_id: str = ""

    @property
    def asked(self) -> Turn:
        """The user turn."""
        return next(turn for turn in reversed(self.turns) if turn.role == "user")

    @property
    def begun(self) -> tuple[Message, ...]:
        """What the answer that goes on has come to, the results included."""
        return self.turns[-1].messages if self.answer_id else ()

    @property
    def spent(self) -> Usage:
        """What the answer that goes on has taken so far."""
        return self.turns[-1].usage if self.answer_id else Usage()

    @property
    def title(self) -> str:
        """What a conversation that begins with it is called."""
        return title_of("".join(message.text for message in self.asked.messages))


def title_of(question: str) -> str:
    """Its first line, of those that say more than what is attached if there is one."""
    lines = [line.strip() for line in question.strip().splitlines()] or [""]
    line = next((line for line in lines if any(not word.startswith("@") for word in line.split())), lines[0])
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rstrip() + "…"


def refuse_empty(message: Message) -> None:
    """Let nothing be asked that says nothing.

    Raises:
        errors.InvalidRequest: It does.
    """
    if not message.parts:
        raise errors.InvalidRequest("there is no question to answer", hint="give a `message`")
    if not any(not isinstance(part, Text) or part.text.strip() for part in message.parts):
        raise errors.InvalidRequest("the question is empty", hint="write what you want to know")


async def new(
    store: Conversations, id: str | None, after: str | None, message: Message, attachments: tuple[Attachment, ...]
) -> Question:
    """A question that follows the turn `after`, or the latest; the first one of a new conversation without `id`.

    Raises:
        errors.NotFound: There is no such conversation or turn.
        errors.StorageFailed: It cannot be read.
    """
    before = (await store.get(id, after or None, sent=True)).turns if id and after != "" else ()
    parent = before[-1].id if before else ""
    question = Turn("", parent, "user", 0.0, (message,), attachments)
    return Question((*before, question), id or "")


async def again(store: Conversations, id: str | None, after: str | None) -> Question:
    """The user turn `after`, or the latest, asked once more; its former answer stays.

    Raises:
        errors.InvalidRequest: Nothing has been asked yet.
        errors.NotFound, errors.StorageFailed: As `new`.
    """
    turns = (await _of(store, id, after)).turns
    while turns and turns[-1].role != "user":
        turns = turns[:-1]
    if not turns:
        raise errors.InvalidRequest("nothing has been asked yet", hint="give a `message`")
    return Question(turns, id or "", question_id=turns[-1].id)


async def results(store: Conversations, id: str | None, given: tuple[ToolResult, ...]) -> Question:
    """The latest answer, which waits for the results of calls that the client has run.

    Raises:
        errors.InvalidRequest: It waits for none of these, or there is no answer.
        errors.NotFound, errors.StorageFailed: As `new`.
    """
    turns = (await _of(store, id, None)).turns
    last = turns[-1] if turns else None
    if last is None or last.role != "assistant":
        raise errors.InvalidRequest("no answer waits for results of tools", hint="give a `message`")
    ours = [part for message in last.messages for part in message.parts if isinstance(part, ToolResult)]
    done = {result.tool_use_id for result in ours}
    calls = [part for message in last.messages for part in message.parts if isinstance(part, ToolCall)]
    waiting = {call.id for call in calls} - done
    if strange := [result.tool_use_id for result in given if result.tool_use_id not in waiting]:
        raise errors.InvalidRequest(
            f"no call {strange[0]!r} waits for a result", hint="give the ids of `toolCalls` of the last answer"
        )
    answered = attrs.evolve(last, messages=(*last.messages, Message("user", given)))
    asked = next((turn.id for turn in reversed(turns) if turn.role == "user"), "")
    return Question((*turns[:-1], answered), id or "", question_id=asked, answer_id=last.id)


async def _of(store: Conversations, id: str | None, upto: str | None) -> Conversation:
    if not id:
        raise errors.InvalidRequest("no conversation is named", hint="give its `conversationId`")
    return await store.get(id, upto or None)
