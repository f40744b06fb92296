"""The next edit of a document: asked for by a client or the user, or got ready for the menu while the typing rests."""

import logging
import time
from collections.abc import Sequence
from typing import Literal

import attrs

from llm_ls import errors
from llm_ls.documents import Diagnostic, Document, Position
from llm_ls.features.next_edits import NextEdit
from llm_ls.features.recent_edits import RecentEdit
from llm_ls.protocol import chat_documents, dialogs, status, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer

Asker = Literal["user", "client", "menu"]
"""Who wants it: the user, by a command; a client that shows it unasked; the menu, which has it if it is ready."""

logger = logging.getLogger(__name__)


@attrs.frozen(eq=False, repr=False)
class Situation:
    """Where the user is.

    Attributes:
        cursor: `None` is where the text was last changed.
        diagnostics: All that are known of the document.
    """

    document: Document
    cursor: Position | None = None
    diagnostics: Sequence[Diagnostic] = ()


async def find(ls: LlmLanguageServer, here: Situation, asker: Asker) -> NextEdit | None:
    """The next edit of the document as it is in `here`; `None` if there is none, or none is wanted.

    Whoever is not the user is not bothered: a failure is none, and a client's user is told of it once.

    Raises:
        Superseded: There is a newer request for that document.
        errors.LlmLsError: The user has asked, and nobody could answer.
    """
    with ls.newest.only(f"{asker} {here.document.uri}"):
        try:
            return await _found(ls, here, asker)
        except errors.LlmLsError as error:
            ls.session.failed(error)
            status.tell(ls)
            if asker == "user":
                raise
            if ls.session.pace.failed(error, time.monotonic()) and asker == "client":
                dialogs.say_error(ls, error)
            return None


async def _found(ls: LlmLanguageServer, here: Situation, asker: Asker) -> NextEdit | None:
    """The one that is known, else what a model says."""
    if not await _wanted(ls, here.document, asker):
        return None
    now = attrs.evolve(here, document=ls.document(here.document.uri))
    kept = ls.session.next_edits.answer(now.document, ls.documents.recent_edits.recent())
    if kept is not None and (kept.edit is not None or asker != "user"):
        return kept.edit
    if asker != "user" and ls.session.pace.rests(time.monotonic()):
        return None
    return await _ask(ls, now)


def known(ls: LlmLanguageServer, document: Document) -> NextEdit | None:
    """The one that is ready; asks nobody."""
    answer = ls.session.next_edits.answer(document, ls.documents.recent_edits.recent())
    return answer and answer.edit


def offered(ls: LlmLanguageServer, edit: NextEdit) -> None:
    """The client has been given it."""
    ls.session.suggestions.offered(edit.id, edit.model, len(edit.replacement.text))


def stop(ls: LlmLanguageServer, uri: str) -> None:
    """What is being asked of a document that has changed is of no use any more."""
    for asker in ("client", "menu"):
        ls.newest.end(f"{asker} {uri}")


async def _wanted(ls: LlmLanguageServer, document: Document, asker: Asker) -> bool:
    """Whether the settings want one here, now that they have been read."""
    registry = await ls.session.ready()
    if asker == "user":
        await workspace_files.refuse_excluded(ls, document.uri)
        return True
    if chat_documents.is_chat(document):  # a question is the user's own, and each pause would cost
        return False
    if (setting := ls.session.settings.next_edit.enabled) != "auto":
        return setting == "on"
    if registry.default_name("nextEdit") is None and asker == "client":
        await registry.discover()
    name = registry.default_name("nextEdit")
    return name is not None and registry.is_free(name)


async def _ask(ls: LlmLanguageServer, here: Situation) -> NextEdit | None:
    from llm_ls.features import next_edit  # not in the memory of a server that is not asked for any

    session, document, recent = ls.session, here.document, ls.documents.recent_edits.recent()
    names = await workspace_files.not_excluded(ls, {document.uri, *(edit.uri for edit in recent)})
    if document.uri not in names:
        return None
    asked = next_edit.question(
        document,
        here.cursor or _last_change(document, recent),
        names[document.uri],
        [(names[edit.uri], edit) for edit in recent if edit.uri in names],
        here.diagnostics,
    )
    edit = None
    if asked is not None:
        model = await session.model_for("nextEdit")
        try:
            edit = await next_edit.ask(model, asked, session.new_id("next-edit"))
        except (errors.ProtocolViolation, errors.ContentFiltered) as error:
            logger.info("no next edit: %s", error.message)
        session.succeeded(model.name.partition("/")[0])
        session.pace.succeeded()
        status.tell(ls)
    return session.next_edits.keep(document, recent, edit)


def _last_change(document: Document, recent: Sequence[RecentEdit]) -> Position:
    """Where the user must be, as far as the text tells."""
    line = next((max(edit.start, edit.end - 1) for edit in recent if edit.uri == document.uri), 0)
    place = document.clamp(Position(line, 0))
    return document.clamp(Position(place.line, len(document.lines[place.line])))
