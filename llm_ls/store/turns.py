"""What a kept conversation is, and how it is read from the tables."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal, cast

import attrs

from llm_ls import errors
from llm_ls.messages import Attachment, Message, StopReason, Usage
from llm_ls.store import kept_parts
from llm_ls.store.connection import Connection, Value

TurnRole = Literal["user", "assistant", "summary"]


@attrs.frozen
class Summary:
    """What a list of conversations shows of one.

    Attributes:
        workspace: Uri of the folder it belongs to; empty if none.
        model: `provider/model` of the last answer; empty if there is none.
        created_at: Unix seconds.
        updated_at: Unix seconds of the last question or answer.
        turns: How many the path to the newest has.
        usage: Of all its turns, those of other paths included.
    """

    id: str
    title: str
    workspace: str
    model: str
    created_at: float
    updated_at: float
    turns: int
    usage: Usage


@attrs.frozen
class Turn:
    """A question, an answer with all its rounds of tools, or a summary of all before it.

    Attributes:
        parent: The turn it follows; empty for the first.
        at: When it began, in unix seconds.
        messages: Of an answer, several where tools were used.
        model: `provider/model`; empty for a question.
        whole: Not, if it was cut off, or is still being written.
        alternatives: Ids of other turns in its place, oldest first.
    """

    id: str
    parent: str
    role: TurnRole
    at: float
    messages: tuple[Message, ...]
    attachments: tuple[Attachment, ...] = ()
    model: str = ""
    usage: Usage = Usage()
    stop_reason: StopReason | None = None
    whole: bool = True
    alternatives: tuple[str, ...] = ()


@attrs.frozen
class Conversation:
    """One conversation; `turns` is the path, oldest first."""

    summary: Summary
    turns: tuple[Turn, ...]


def summaries(
    connection: Connection, workspaces: Sequence[str] | None, words: Sequence[str], limit: int, before: float | None
) -> tuple[Summary, ...]:
    """See `Conversations.list`."""
    conditions, values = ["TRUE"], list[Value]()
    if workspaces is not None:
        conditions.append(f"workspace IN ({', '.join('?' * len(workspaces))})")
        values.extend(workspaces)
    if before is not None:
        conditions.append("updated_at < ?")
        values.append(before)
    if words:
        patterns = [_patterns(word) for word in words]
        title, text = (" AND ".join(_contains(column, len(each)) for each in patterns) for column in ("title", "text"))
        conditions.append(_FOUND.format(title=title, text=text))
        values.extend([pattern for each in patterns for pattern in each] * 2)
    return _summaries(connection, " AND ".join(conditions), (*values, limit))


def summary(connection: Connection, id: str) -> Summary:
    """That of one.

    Raises:
        errors.NotFound: There is none with that id.
    """
    found = _summaries(connection, "id = ?", (id, 1))
    if not found:
        raise errors.NotFound(f"there is no conversation {id!r}", hint="list the conversations there are")
    return found[0]


def depth_of(connection: Connection, conversation: str, turn: str) -> int:
    """Which one in its path the turn is, counted from 1.

    Raises:
        errors.NotFound: The conversation has no such turn.
    """
    found = connection.execute(
        "SELECT depth FROM turns WHERE id = ? AND conversation = ?", (turn, conversation)
    ).fetchone()
    if found is None:
        raise errors.NotFound(f"conversation {conversation!r} has no turn {turn!r}", hint="read it again")
    return found[0]


def read(
    connection: Connection, id: str, upto: str | None, *, onwards: bool = False, sent: bool = False
) -> Conversation:
    """One with the path to `upto`, or to the newest turn.

    Args:
        onwards: To the newest that comes after `upto`.
        sent: Only from the latest summary on.

    Raises:
        errors.NotFound: There is no such conversation or turn.
    """
    connection.execute("BEGIN")  # all statements see the same turns
    found, end = summary(connection, id), _end(connection, id, upto)
    if onwards:
        end = connection.execute(_NEWEST_BELOW, (end, id)).fetchone()[0]
    path = _SENT_PATH if sent else _PATH
    rows = connection.execute(_TURNS.format(path=path), (end,)).fetchall()
    parts = connection.execute(_PARTS.format(path=path), (end,)).fetchall()
    siblings = connection.execute(_SIBLINGS.format(path=path), (end, id)).fetchall()
    connection.execute("COMMIT")
    parts_of, children_of = defaultdict[int, list[kept_parts.Row]](list), defaultdict[str, list[str]](list)
    for number, *part in parts:
        parts_of[number].append(cast("kept_parts.Row", part))
    for parent, child in siblings:
        children_of[parent].append(child)
    return Conversation(found, tuple(_turn(row, parts_of[row[0]], children_of[row[2]]) for row in rows))


def path(connection: Connection, id: str, upto: str | None) -> list[int]:
    """The numbers of the turns that lead to `upto`, or to the newest.

    Raises:
        errors.NotFound: There is no such conversation or turn.
    """
    return [
        number
        for (number,) in connection.execute(_NUMBERS.format(path=_PATH), (_end(connection, id, upto),)).fetchall()
    ]


def _end(connection: Connection, id: str, upto: str | None) -> str:
    if upto is not None:
        depth_of(connection, id, upto)
        return upto
    return connection.execute("SELECT head FROM conversations WHERE id = ?", (id,)).fetchone()[0]


def _summaries(connection: Connection, condition: str, values: Sequence[Value]) -> tuple[Summary, ...]:
    rows = connection.execute(_SUMMARIES.format(condition=condition), values).fetchall()
    return tuple(Summary(*row[:7], usage=Usage(*row[7:])) for row in rows)


def _turn(row: tuple[Any, ...], parts: Sequence[kept_parts.Row], siblings: Sequence[str]) -> Turn:
    _, id, parent, role, at, model, stop_reason, whole, *usage = row
    return Turn(
        id,
        parent,
        role,
        at,
        kept_parts.messages(parts),
        kept_parts.attachments(parts),
        model,
        Usage(*usage),
        stop_reason,
        bool(whole),
        tuple(sibling for sibling in siblings if sibling != id),
    )


def _patterns(word: str) -> tuple[str, ...]:
    """What `LIKE` finds the word by, which knows the case of ASCII letters only."""
    literal = "".join(f"!{character}" if character in "!%_" else character for character in word)
    spellings = {literal} if word.isascii() else {literal, literal.lower(), literal.upper(), literal.capitalize()}
    return tuple(f"%{spelling}%" for spelling in sorted(spellings))


def _contains(column: str, spellings: int) -> str:
    return "(" + " OR ".join([f"{column} LIKE ? ESCAPE '!'"] * spellings) + ")"


# Every text is looked through, which takes about a millisecond of CPU for each megabyte (37 to 72 ms for the 65 MB of
# 10,000 conversations). FTS5's index of substrings answers in 1 to 93 ms, but is larger than the texts (149 MB).
_FOUND = """
    (({title}) OR id IN (
        SELECT conversation FROM turns JOIN parts ON turn = turns.number WHERE kind = 'text' AND {text}
    ))
"""

_SUMMARIES = """
    SELECT
        chosen.id, title, workspace, chosen.model, created_at, updated_at,
        COALESCE(MAX(CASE WHEN turns.id = head THEN depth END), 0),
        COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0),
        SUM(cache_read_tokens), SUM(cache_write_tokens), SUM(reasoning_tokens), SUM(cost_usd)
    FROM (SELECT * FROM conversations WHERE {condition} ORDER BY updated_at DESC LIMIT ?) AS chosen
    LEFT JOIN turns ON conversation = chosen.id
    GROUP BY chosen.id
    ORDER BY updated_at DESC
"""

_PATH = """
    WITH RECURSIVE path (number, id, parent, depth) AS (
        SELECT number, id, parent, depth FROM turns WHERE id = ?
        UNION ALL
        SELECT turns.number, turns.id, turns.parent, turns.depth FROM path JOIN turns ON turns.id = path.parent
    )
"""

_SENT_PATH = """
    WITH RECURSIVE path (number, id, parent, depth, role) AS (
        SELECT number, id, parent, depth, role FROM turns WHERE id = ?
        UNION ALL
        SELECT turns.number, turns.id, turns.parent, turns.depth, turns.role
        FROM path JOIN turns ON turns.id = path.parent
        WHERE path.role != 'summary'
    )
"""

_NEWEST_BELOW = """
    WITH RECURSIVE below (number, id) AS (
        SELECT number, id FROM turns WHERE id = ?
        UNION ALL
        SELECT turns.number, turns.id FROM below JOIN turns ON turns.conversation = ? AND turns.parent = below.id
    )
    SELECT id FROM below ORDER BY number DESC LIMIT 1
"""

_NUMBERS = "{path} SELECT number FROM path ORDER BY depth"

_TURNS = """
    {path}
    SELECT
        number, turns.id, turns.parent, turns.role, at, model, stop_reason, whole,
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd
    FROM path JOIN turns USING (number)
    ORDER BY turns.depth
"""

_PARTS = """
    {path}
    SELECT turn, message, parts.role, kind, data, text FROM path JOIN parts ON turn = path.number
    ORDER BY parts.number
"""

_SIBLINGS = """
    {path}
    SELECT turns.parent, turns.id FROM path JOIN turns ON turns.conversation = ? AND turns.parent = path.parent
    ORDER BY turns.number
"""
