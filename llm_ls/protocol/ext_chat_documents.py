"""The arguments of the commands of chat documents."""

import attrs
from lsprotocol import types


@attrs.frozen(eq=False, repr=False)
class ChatArguments:
    """Of `llm-ls.chat`.

    Attributes:
        uri: Of the document that the chat is about; of a chat document, from which another one is to go on.
        range: Of what was selected there; in a chat document, of the turn that the other one ends with.
        conversation: The id of one to go on with, `last`, or `?` to let the user choose.
    """

    question: str = ""
    uri: str | None = None
    range: types.Range | None = None
    conversation: str | None = None
    model: str | None = None


@attrs.frozen(eq=False, repr=False)
class SendArguments:
    """Of `llm-ls.chat.send`; without a `uri` the chat document that was last opened, changed or asked about."""

    uri: str | None = None
    again: bool = False
