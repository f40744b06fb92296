"""A kept conversation as Markdown, for people; a chat document without front matter, so that it can be read as one."""

from collections.abc import Iterator

from llm_ls.features import chat_answer, chat_document
from llm_ls.features.chat_document import Piece
from llm_ls.messages import Image, Text
from llm_ls.store.turns import Conversation, Turn


def markdown(conversation: Conversation) -> str:
    """Its title, and what was said up to the newest turn; what tools did and what models thought in a line each."""
    return "\n".join((f"# {conversation.summary.title}\n", *map(_section, conversation.turns)))


def _section(turn: Turn) -> str:
    return f"{chat_document.HEADINGS[turn.role]}\n\n{chat_document.body(turn.role, tuple(_pieces(turn)))}"


def _pieces(turn: Turn) -> Iterator[Piece]:
    if turn.role == "assistant":
        yield from chat_answer.of_messages(turn.messages)
        yield chat_answer.footer(turn.model, turn.usage, turn.stop_reason, whole=turn.whole)
        return
    for part in (part for message in turn.messages for part in message.parts):
        match part:
            case Text(text):
                yield text
            case Image(media_type):
                yield f"*(an image, {media_type})*"
            case _:
                pass
    if turn.attachments:
        yield f"*(attached: {', '.join(attachment.title for attachment in turn.attachments)})*"
