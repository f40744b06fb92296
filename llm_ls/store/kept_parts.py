"""The parts of messages as rows of the table `parts`, and rows as messages again.

A part's text is a column, so that it can be searched; all else of it is JSON, the vendor's opaque state as it came.
"""

import itertools
import json
import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, cast

from llm_ls.messages import Attachment, Image, Message, Part, Role, Text, Thinking, ToolCall, ToolResult
from llm_ls.store.connection import Connection

FragmentKind = Literal["text", "thinking"]
Fragment = tuple[FragmentKind, str]
"""Of an answer that is still arriving."""

Row = tuple[int | None, str, str, str, str]
"""Its message's number within the turn (`None`: it is a fragment), then role, kind, JSON and text."""

ATTACHMENT = "attachment"

_ROWS = 200
"""Of one statement, which has four variables for each; SQLite before 3.32 knew 999."""


def insert(connection: Connection, turn: int, messages: Iterable[Message], first: int = 0) -> None:
    """Add `messages` to the turn, the `first` counted from 0; one without parts says nothing, and leaves no trace."""
    for number, message in enumerate(messages, first):
        for part in message.parts:
            kind, data, text = _taken_apart(part)
            _insert(connection, turn, (number, message.role, kind, data, text))


def insert_attachments(connection: Connection, turn: int, attachments: Iterable[Attachment]) -> None:
    """Add what the user attached to the turn."""
    for attachment in attachments:
        data = {"title": attachment.title, "languageId": attachment.language_id}
        _insert(connection, turn, (0, "user", ATTACHMENT, json.dumps(data), attachment.text))


def insert_fragments(connection: Connection, fragments: Iterable[tuple[str, Sequence[Fragment]]]) -> None:
    """Add what has come of answers, by the ids of their turns; nothing to a turn that has been deleted meanwhile.

    In as few statements as can be: after each, the thread has to wait for the busy one of the answers.
    """
    rows = [
        (turn, kind, json.dumps({"provider": ""}) if kind == "thinking" else "", sound(text))
        for turn, arrived in fragments
        for kind, text in joined(arrived)
    ]
    for first in range(0, len(rows), _ROWS):
        some = rows[first : first + _ROWS]
        sql = _INSERT_FRAGMENTS.format(values=", ".join(["(?, ?, ?, ?)"] * len(some)))
        connection.execute(sql, [value for row in some for value in row])


def messages(rows: Iterable[Row]) -> tuple[Message, ...]:
    """What `rows` of one turn, in their order, say; fragments are joined to a last message."""
    made: list[Message] = []
    last, role, parts = -1, "user", list[Part]()
    fragments: list[Fragment] = []
    for number, whose, kind, data, text in rows:
        if kind == ATTACHMENT:
            continue
        if number is None:
            fragments.append((cast("FragmentKind", kind), text))
            continue
        if number != last and parts:
            made.append(Message(cast("Role", role), tuple(parts)))
            parts = []
        last, role = number, whose
        parts.append(_put_together(kind, json.loads(data) if data else {}, text))
    if parts:
        made.append(Message(cast("Role", role), tuple(parts)))
    if fragments:
        # Nobody's thinking: unfinished, it cannot be replayed to the vendor.
        arrived = (Text(text) if kind == "text" else Thinking(text, "") for kind, text in joined(fragments))
        made.append(Message("assistant", tuple(arrived)))
    return tuple(made)


def attachments(rows: Iterable[Row]) -> tuple[Attachment, ...]:
    """What was attached, as `rows` say."""
    found = ((json.loads(data), text) for _, _, kind, data, text in rows if kind == ATTACHMENT)
    return tuple(Attachment(data["title"], text, data["languageId"]) for data, text in found)


def joined(fragments: Iterable[Fragment]) -> Iterator[Fragment]:
    """Neighbours of one kind as one."""
    for kind, group in itertools.groupby(fragments, operator.itemgetter(0)):
        yield kind, "".join(text for _, text in group)


def sound(text: str) -> str:
    """`text` as SQLite takes it: without halves of surrogate pairs, which vendors have sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _insert(connection: Connection, turn: int, row: Row) -> None:
    *columns, text = row
    connection.execute(_INSERT, (turn, *columns, sound(text)))


_INSERT = "INSERT INTO parts (turn, message, role, kind, data, text) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_FRAGMENTS = """
    WITH arrived (id, kind, data, text) AS (VALUES {values})
    INSERT INTO parts (turn, message, role, kind, data, text)
    SELECT number, NULL, 'assistant', kind, data, text FROM arrived CROSS JOIN turns ON turns.id = arrived.id
"""


def _taken_apart(part: Part) -> tuple[str, str, str]:
    """Its kind, its JSON, and its text."""
    match part:
        case Text(text):
            return "text", "", text
        case Image(media_type, data):
            return "image", _json({"mediaType": media_type, "data": data}), ""
        case Thinking(text, provider, state):
            return "thinking", _json({"provider": provider, "state": dict(state)}), text
        case ToolCall(id, name, given, raw, provider, state):
            call = {"id": id, "name": name, "input": dict(given), "raw": raw, "provider": provider}
            return "tool_call", _json(call | {"state": dict(state)}), ""
        case ToolResult(id, content, is_error):
            return "tool_result", _json({"id": id, "isError": is_error}), content


def _put_together(kind: str, data: dict[str, Any], text: str) -> Part:
    match kind:
        case "image":
            return Image(data["mediaType"], data["data"])
        case "thinking":
            return Thinking(text, data["provider"], data.get("state", {}))
        case "tool_call":
            return ToolCall(data["id"], data["name"], data["input"], data["raw"], data["provider"], data["state"])
        case "tool_result":
            return ToolResult(data["id"], text, data["isError"])
        case _:
            return Text(text)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
