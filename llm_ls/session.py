"""State of one client connection: settings, the models they lead to, what runs, and what waits to be reviewed."""

import asyncio
import contextlib
import functools
import itertools
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Literal
from weakref import WeakValueDictionary

import attrs

from llm_ls import errors
from llm_ls.auth.attempts import Attempt
from llm_ls.documents import Span
from llm_ls.features.answered_gaps import AnsweredGaps
from llm_ls.features.next_edits import NextEdits
from llm_ls.features.pace import Pace
from llm_ls.features.proposals import Proposals
from llm_ls.features.suggestions import Suggestions
from llm_ls.features.told_diagnostics import ToldDiagnostics
from llm_ls.features.underway import Underway
from llm_ls.models import InfillModel, Model
from llm_ls.prompts.neighbours import Neighbourhood
from llm_ls.providers.registry import Registry
from llm_ls.routing.routes import Routes
from llm_ls.settings import CustomAction, Settings
from llm_ls.settings.prompt_files import PromptFile
from llm_ls.settings.sources import Source

Role = Literal["chat", "edit", "inlineCompletion", "nextEdit"]

CONFIGURED_WITHIN_S = 5.0
"""How long a question waits for settings that are still being read."""


@attrs.frozen
class Focus:
    """Where the user last was, as far as the client has let us know."""

    uri: str
    span: Span


@attrs.frozen(eq=False, repr=False)
class Listed:
    """The files of `folders`, by name, as they were listed `at` that time (`time.monotonic`)."""

    at: float
    folders: tuple[Path, ...]
    names: tuple[str, ...]


@attrs.define
class Operation:
    """Something that runs for the user and can be stopped.

    Attributes:
        id: What `executeCommand` answers.
        title: What it does, such as `Edit`.
        cancel: Ends it; harmless when it has ended.
        model: `provider/model`; empty until it is known.
        started_at: `time.monotonic` seconds.
    """

    id: str
    title: str
    cancel: Callable[[], object]
    model: str = ""
    started_at: float = attrs.field(factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self.started_at


class Session:
    """One client's settings, models, operations and proposals.

    Attributes:
        focus: Of the last code action request; `None` before the first.
        answered: What models have said to gaps.
        next_edits: What models have said is to be done next.
        suggestions: What becomes of those made while the user types.
        underway: What models are being asked for them.
        pace: When they are asked for.
        neighbourhood: What the other open documents hold that helps to make them.
        diagnostics: What it has told of problems.
        shown_texts: Texts the client may fetch, by uri.
        sources: Settings as the client gave them, by the message they came in.
        told_problems: What the user has been told of their settings.
        prompt_files: The library of prompts.
        prompt_actions: Those of them that are offered as code actions.
        refresh: Reads the files of settings again if they have changed.
        configured: Not set while sources of settings are being read.
        warmed: The models for which has been loaded what they need, ahead of their first use, and whether to fill gaps.
        failure: The last failure, until something succeeds.
        allowed: What they have allowed tools in a conversation, as (its id, the scope).
        asking: Held while the user is asked to allow something.
        chatting: Uris of the chat documents in which an answer is being written.
        listed: The files that can be mentioned in one; `None` before the first is.
        attempts: The sign-ins under way, by provider, the newest last.
        sign_in_wanted: The provider that could not be asked for want of a sign-in; empty is any,
            and `None` none.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.settings = Settings()
        self.registry = Registry(self.settings, environment)
        self.routes = Routes(self.registry, self.settings)
        self.proposals = Proposals()
        self.answered = AnsweredGaps()
        self.next_edits = NextEdits()
        self.suggestions = Suggestions(self.routes.ledger.suggestions)
        self.underway = Underway()
        self.pace = Pace()
        self.neighbourhood = Neighbourhood()
        self.diagnostics = ToldDiagnostics()
        self.operations: dict[str, Operation] = {}
        self.shown_texts: dict[str, str] = {}
        self.sources: dict[str, Source] = {}
        self.told_problems: set[str] = set()
        self.prompt_files: tuple[PromptFile, ...] = ()
        self.prompt_actions: tuple[CustomAction, ...] = ()
        self.refresh: Callable[[], Awaitable[object]] = _nothing
        self.configured = asyncio.Event()
        self.warmed: set[tuple[str, bool]] = set()
        self.focus: Focus | None = None
        self.failure = ""
        self.attempts: defaultdict[str, list[Attempt]] = defaultdict(list)
        self.sign_in_wanted: str | None = None
        self.allowed: set[tuple[str, str]] = set()
        self.chatting: set[str] = set()
        self.listed: Listed | None = None
        self.asking = asyncio.Lock()
        self._numbers = itertools.count(1)
        self._reading = asyncio.Lock()
        self._readings = 0
        self._landing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def configure(self, settings: Settings) -> None:
        """Use `settings` from now on; what runs goes on with the old ones."""
        self.settings = settings
        self.registry.configure(settings)
        self.routes.configure(settings)
        self.answered.forget()
        self.next_edits.forget()
        self.pace.succeeded()
        if "mcp" in vars(self):
            self.mcp.configure(settings.mcp_servers)

    @functools.cached_property
    def mcp(self):  # noqa: ANN201 - the type is of a module that is imported when it is first of use
        """The MCP servers that the settings name."""
        from llm_ls.providers.network import Network
        from llm_ls.tools.mcp.servers import McpServers

        return McpServers(self.environment, lambda: Network(self.settings.proxy, self.settings.ca_file))

    @functools.cached_property
    def conversations(self):  # noqa: ANN201 - as above
        """Those that are kept."""
        from llm_ls.store.conversations import Conversations

        return Conversations(self.routes.ledger.database)

    @functools.cached_property
    def consents(self):  # noqa: ANN201 - as above
        """What the user has allowed tools for good."""
        from llm_ls.store.consents import Consents

        return Consents(self.routes.ledger.database)

    @contextlib.asynccontextmanager
    async def reading_settings(self) -> AsyncGenerator[None]:
        """Questions wait while the block runs. One at a time: a slow reading must not undo what a later one found."""
        self._readings += 1
        self.configured.clear()
        try:
            async with self._reading:
                yield
        finally:
            self._readings -= 1
            if not self._readings:
                self.configured.set()

    async def ready(self) -> Registry:
        """The providers, once settings that are still being read are in force: else a key went to another address."""
        await self.refresh()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CONFIGURED_WITHIN_S):
                await self.configured.wait()
        return self.registry

    async def model_for(
        self, role: Role, name: str | None = None, conversation: str = "", *, fresh: bool = False
    ) -> Model:
        """The model called `name`, or the user's for `role`; looks for local servers if nothing is configured.

        Args:
            role: What asks.
            name: As the user writes it.
            conversation: For which conversation; empty if there is none.
            fresh: Whether to ask even if the answer to the same question is kept.

        Raises:
            errors.NotFound: No such model.
            errors.MissingCredentials: It needs a credential, or nothing is configured at all.
        """
        await self.ready()
        await self.routes.prepare()
        if name is not None:
            return self.routes.model(name, role, conversation, fresh=fresh)
        if self.registry.default_name(role) is None:
            await self.registry.discover()
        return self.routes.default_model(role, conversation=conversation, fresh=fresh)

    async def infill_model_for(self, name: str | None = None) -> InfillModel:
        """What fills gaps: the model called `name`, or the user's, in its own way or else by chat.

        Raises:
            errors.NotFound: No such model.
            errors.MissingCredentials: It needs a credential, or nothing is configured at all.
        """
        from llm_ls.features.chat_filling import ChatFilling

        role: Role = "inlineCompletion"
        await self.ready()
        await self.routes.prepare()
        if name is None and self.registry.default_name(role) is None:
            await self.registry.discover()
        name = name or self.registry.default_name(role) or self.registry.default_model(role).name
        return self.routes.infill_model(name, ChatFilling)

    def new_id(self, kind: str) -> str:
        """An id that this session has not used."""
        return f"{kind}-{next(self._numbers)}"

    def begin(self, title: str, cancel: Callable[[], object]) -> Operation:
        """Count an operation as running, until `end`."""
        operation = Operation(self.new_id("operation"), title, cancel)
        self.operations[operation.id] = operation
        return operation

    def end(self, operation: Operation) -> None:
        """It has ended, however it did."""
        self.operations.pop(operation.id, None)

    def succeeded(self, provider: str) -> None:
        """Something has succeeded; with a provider, if one was asked or given a key, it wants no sign-in."""
        self.failure = ""
        if provider and self.sign_in_wanted in ("", provider):
            self.sign_in_wanted = None

    def failed(self, error: errors.LlmLsError) -> None:
        """Something has failed; where signing in would help, that is offered."""
        self.failure = error.sentence
        if isinstance(error, errors.MissingCredentials | errors.SignInRequired):
            self.sign_in_wanted = None
            with contextlib.suppress(errors.LlmLsError):  # the provider may have gone from the settings meanwhile
                if error.provider is None or self.registry.accounts.is_worth_offering(error.provider):
                    self.sign_in_wanted = error.provider or ""

    def cancel(self, id: str | None) -> int:
        """Stop one operation, or all; how many were stopped."""
        stopped = [operation for operation in self.operations.values() if id in (None, operation.id)]
        for operation in stopped:
            operation.cancel()
        return len(stopped)

    def landing(self, uri: str) -> asyncio.Lock:
        """Held while an edit of that document is being made."""
        return self._landing.setdefault(uri, asyncio.Lock())

    async def aclose(self) -> None:
        """Stop everything and drop every connection."""
        self.cancel(None)
        programs = (self.mcp.aclose(),) if "mcp" in vars(self) else ()
        await asyncio.gather(self._close_models(), *programs)

    async def _close_models(self) -> None:
        await self.suggestions.aclose()
        await asyncio.gather(self.routes.aclose(), self.registry.aclose())


async def _nothing() -> None:
    pass
