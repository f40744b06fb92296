"""Writes an answer into its chat document as it comes, a whole paragraph or fenced block at a time; never by force."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import attrs

from llm_ls import errors
from llm_ls.documents import Document
from llm_ls.features import chat_answer, chat_document, hunks
from llm_ls.features.chat_document import Note
from llm_ls.features.chat_place import Place
from llm_ls.features.hunks import Hunk
from llm_ls.messages import StreamEvent, ToolResult
from llm_ls.protocol import chat_documents, dialogs, edits, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer

WRITE_EVERY_S = 1.0
"""Each is a step of undo, and may make the screen jump."""

HEARD_WITHIN_S = 60.0
"""Emacs 30 says only with the next key what it edited after a question in its minibuffer."""

LABEL = "AI: Chat"

Saying = Callable[[Place], Place]
"""What becomes of a document when something is said in it."""


@attrs.frozen
class _Tried:
    """An edit that the document does not hold, as far as the client has said.

    Attributes:
        untold: Whether the client is yet to say what the document has become: once more, it could stand there twice.
    """

    before: Document
    changes: tuple[Hunk, ...]
    place: Place
    untold: bool


class Scribe:
    """Takes the events of an answer, as `conversing.Parts` does, until `finish` or `fail`.

    Args:
        place: Where the answer belongs.
        title: Of the conversation, for a document that says none.
    """

    def __init__(self, ls: LlmLanguageServer, place: Place, title: str) -> None:
        self._ls = ls
        self.uri = place.document.uri
        self._written = [place]
        self._tried: _Tried | None = None
        self._coming = chat_answer.Coming()
        self._title = title
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._task = ls.spawn(self._write_along(), name="chat document")
        self.conversation = ""

    @property
    def wanted(self) -> bool:
        return True

    @property
    def coming(self) -> chat_answer.Coming:
        """The answer as far as it has come."""
        return self._coming

    def send(self, event: StreamEvent | ToolResult) -> None:
        self._coming.add(event)
        self._news.set()

    def send_value(self, value: dict[str, Any]) -> None:
        if value.get("type") == "message_start":
            self.conversation = value.get("conversationId", self.conversation)

    async def finish(self, *notes: Note) -> None:
        """The answer is whole, or was stopped: write the rest of it, `notes`, and a place for the next question."""
        await self._stop()
        await self._write_last(lambda place: place.with_answer((*self._coming.pieces, *notes), done=True))

    async def fail(self, sentence: str, *notes: Note) -> None:
        """There will be no more: say why, below what has come, or else below the question."""
        await self._stop()
        if self._coming.pieces:
            said = (*self._coming.pieces, *chat_document.told(sentence), *notes)
            await self._write_last(lambda place: place.with_answer(said, done=True))
        else:
            await self._write_last(lambda place: place.with_failure(sentence))

    async def _write_along(self) -> None:
        while not self._over.is_set():
            await self._news.wait()
            self._news.clear()
            if (complete := self._coming.complete) and not self._over.is_set():
                if not await self._write(lambda place, complete=complete: place.with_answer(complete)):
                    return  # the whole is tried once more when it is there
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(WRITE_EVERY_S):
                        await self._over.wait()

    async def _stop(self) -> None:
        """An edit that is being made is waited for: else nobody would know whether it was."""
        self._over.set()
        self._news.set()
        await asyncio.wait([self._task])

    def _with(self, said: Saying, place: Place) -> Place:
        return said(place.with_conversation(self.conversation, self._title) if self.conversation else place)

    async def _write_last(self, said: Saying) -> None:
        if await self._write(said):
            return
        if self.uri not in self._ls.documents.open_uris and await self._write_file(said):
            return
        kept = f' Open it with `llm-ls.chat {{"conversation": "{self.conversation}"}}`.' if self.conversation else ""
        dialogs.say(self._ls, f"llm-ls: the answer could not be written into the document, but is kept.{kept}")

    async def _write(self, said: Saying) -> bool:
        """Have the client make the document so; whether it is."""
        async with self._ls.session.landing(self.uri):
            try:
                now = self._ls.document(self.uri)
            except errors.NotFound:
                return False
            if not self._settled(now):
                return False
            before = self._written[-1]
            place = self._with(said, before)
            changes, stale = hunks.reanchor(place.changes(before), before.document, now)
            if stale or not self._ls.client.apply_edit:
                return False
            if changes:
                outcome = await edits.outcome(self._ls, now, changes, LABEL, change_timeout_s=HEARD_WITHIN_S)
                if outcome != "made":
                    self._tried = _Tried(now, changes, place, untold=outcome == "untold")
                    return False
            self._written.append(place)
            return True

    def _settled(self, now: Document) -> bool:
        """Whether it is known what has become of the last edit; one that the document holds counts as written."""
        if (tried := self._tried) is not None:
            if edits.made_in(now, tried.before, tried.changes) is not None:
                self._written.append(tried.place)
            elif tried.untold and now.version == tried.before.version:
                return False
            self._tried = None
        return True

    async def _write_file(self, said: Saying) -> bool:
        """Complete the file of a document that is not open; whether it could be."""
        path = workspace_files.path_of(self.uri)
        if path is None:
            return False
        try:
            now = await chat_documents.read(path)
            self._settled(now)
            for before in reversed(self._written):  # what was written last may never have been saved
                changes, stale = hunks.reanchor(self._with(said, before).changes(before), before.document, now)
                if not stale:
                    await chat_documents.write(path, hunks.apply(now, changes))
                    break
            else:
                return False
        except errors.StorageFailed as error:
            dialogs.say_error(self._ls, error)
            return False
        dialogs.say(self._ls, f"llm-ls: the answer is in {path}.")
        return True
