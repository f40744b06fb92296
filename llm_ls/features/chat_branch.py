"""Where the question of a chat document belongs in the conversation that is kept of it: the document is the truth."""

from collections.abc import Sequence
from itertools import pairwise

import attrs

from llm_ls import errors
from llm_ls.features import chat_answer
from llm_ls.features.chat_document import Chat, Note, Section, unclosed
from llm_ls.messages import Message, Text
from llm_ls.prompts import library
from llm_ls.store.turns import Turn


@attrs.frozen
class Asking:
    """A question in its place.

    Attributes:
        question: As it is written.
        after: Id of the last turn before it that the document and the conversation agree on; empty for none.
        earlier: The turns between that one and the question, which are not kept as they stand.
        again: Whether the question is kept already: it is then the turn `after`.
    """

    question: str
    after: str
    earlier: tuple[Section, ...] = ()
    again: bool = False


def question_in(sections: Sequence[Section], *, again: bool = False) -> int:
    """The number of the turn that is to be answered: the last, or with `again` the last that has been.

    Raises:
        errors.InvalidRequest: There is none.
    """
    found = [at for at, section in enumerate(sections) if section.role == "user" and section.text]
    if again:
        found = [at for at in found if any(one.role == "assistant" for one in sections[at + 1 : at + 2])]
        if not found:
            raise errors.InvalidRequest("there is no answer in this chat yet", hint="send your question first")
    elif not found or any(section.text for section in sections[found[-1] + 1 :]):
        waits = bool(sections) and sections[-1].role == "user"
        hint = "write one below `## You`" if waits else "write `## You` and your question below it"
        if has_answer(sections) and not waits:
            hint = f"{hint}, or have another answer with `AI: Regenerate`"
        raise errors.InvalidRequest("there is no question at the end of this chat", hint=hint)
    return found[-1]


def is_cut_off(chat: Chat) -> bool:
    """Whether it ends within an answer of ours, as one does whose server was killed: it has no footer yet."""
    last = chat.sections[-1] if chat.front.conversation and chat.sections else None
    if last is None or last.role != "assistant":
        return False
    return not any(isinstance(piece, Note) and piece.mark == "footer" for piece in last.pieces)


def has_answer(sections: Sequence[Section]) -> bool:
    """Whether there is a question that has been answered."""
    pairs = pairwise(sections)
    return any(one.role == "user" and one.text and other.role == "assistant" for one, other in pairs)


def asking(sections: Sequence[Section], turns: Sequence[Turn]) -> Asking:
    """What is asked by a document if `turns` are kept of it.

    Args:
        sections: Up to the question.
    """
    said = without_empty(sections)
    agreed, after = agreement(said, turns)
    question = said[-1].text
    if fence := unclosed(question):
        question = f"{question}\n{fence}"
    return Asking(question, after, said[agreed:-1], again=agreed == len(said))


def without_empty(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The turns of a conversation: none empty, two of one side together, and the first a question."""
    joined: list[Section] = []
    for section in sections:
        if not section.text or (section.role == "assistant" and not joined):
            continue
        if joined and joined[-1].role == section.role:
            joined[-1] = attrs.evolve(joined[-1], pieces=(*joined[-1].pieces, *section.pieces))
        else:
            joined.append(section)
    return tuple(joined)


def agreement(said: Sequence[Section], turns: Sequence[Turn]) -> tuple[int, str]:
    """How many of the turns, from the first, are kept as they stand; and the id of the last kept one of them.

    A summary is on one side only where another client had it made, or a person has deleted it: it does not count.
    """
    agreed, after, at = 0, "", 0
    for number, section in enumerate(said, start=1):
        if section.role == "summary":
            agreed = number if agreed == number - 1 else agreed
            continue
        while at < len(turns) and turns[at].role == "summary" and not _answers(turns[at], section):
            after, at = turns[at].id, at + 1
        if at == len(turns) or not (_same(section, turns[at]) or _expanded(said[number - 1 :], turns[at:])):
            return agreed, after
        agreed, after, at = number, turns[at].id, at + 1
    if all(turn.role == "summary" for turn in turns[at:]):
        after = turns[-1].id if turns else after
    return agreed, after


def _same(section: Section, turn: Turn) -> bool:
    alike = turn.role == section.role or _answers(turn, section)
    return alike and _told(section.text) == _told(text_of(turn))


def _expanded(said: Sequence[Section], turns: Sequence[Turn]) -> bool:
    """Whether the first is the call of a prompt, of which what it asks is kept: it is if the answer is the same."""
    if said[0].role != "user" or turns[0].role != "user" or library.called(said[0].text) is None:
        return False
    return len(said) > 1 and len(turns) > 1 and said[1].role == "assistant" and _same(said[1], turns[1])


def _answers(turn: Turn, section: Section) -> bool:
    """Whether it is a summary, and in the document the answer to the question for it."""
    return turn.role == "summary" and section.role == "assistant" and _told(section.text) == _told(_words(turn))


def text_of(turn: Turn) -> str:
    """What was said in a turn that is kept."""
    return Section("assistant", pieces_of(turn)).text if turn.role == "assistant" else _words(turn)


def section_of(turn: Turn) -> Section:
    """A kept turn as it stands in a document."""
    if turn.role != "assistant":
        return Section(turn.role, (_words(turn),))
    footer = chat_answer.footer(turn.model, turn.usage, turn.stop_reason, whole=turn.whole)
    return Section("assistant", (*pieces_of(turn), footer))


def turn_of(section: Section) -> Turn:
    """A turn of a document as it would be kept."""
    message = Message("assistant" if section.role == "assistant" else "user", (Text(section.text),))
    return Turn("", "", section.role, 0.0, (message,))


def pieces_of(turn: Turn) -> tuple[chat_answer.Piece, ...]:
    """An answer that is kept, without its footer."""
    return chat_answer.of_messages(turn.messages)


def _words(turn: Turn) -> str:
    return "".join(message.text for message in turn.messages if message.role == "user")


def _told(text: str) -> str:
    """What must not differ: all but blank lines, and spaces at the ends of lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines if line.strip())
