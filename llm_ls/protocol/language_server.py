"""One client's language server: pygls's, with a message loop, documents and lifetime of our own.

pygls 2.1.1 leaves a request unanswered whose params do not fit, and sends tracebacks to the client (2026-11).
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from llm_ls import __version__
from llm_ls.documents import Document
from llm_ls.protocol import capabilities, dispatch, jsonrpc, params
from llm_ls.protocol.errors import Unanswered
from llm_ls.protocol.newest import Newest
from llm_ls.protocol.outgoing import Outgoing
from llm_ls.protocol.peer import Peer, Token
from llm_ls.protocol.tasks import Tasks
from llm_ls.protocol.text_sync import LspWorkspace
from llm_ls.session import Role, Session

__all__ = ["LlmLanguageServer", "LlmProtocol", "Token", "Unanswered"]

T = TypeVar("T")
Where = Literal["", "markdown", "everywhere"]
logger = logging.getLogger(__name__)

STOP_S = 0.15
CLEANUP_S = 0.3
FLUSH_S = 0.2

KEPT_UP = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    types.SET_TRACE,
)
"""Notifications with which pygls keeps its workspace up, before our handlers see them."""


class LlmProtocol(LanguageServerProtocol):
    """pygls's protocol reduced to what we use of it: registration, the workspace, and its typed senders."""

    def begin(self, workspace: LspWorkspace, send: Callable[[Any], None]) -> None:
        """Work on `workspace`, and send messages with `send`."""
        self._workspace = workspace
        self._send = send

    def keep_up(self, method: str) -> Callable[[Any], None]:
        """What pygls itself does on a notification, without the handler that it would call after."""
        builtin = cast("Callable[[Any], object]", cast("Any", self.fm).builtin_features[method])

        def run(params: Any) -> None:
            if inspect.isgenerator(steps := builtin(params)):
                next(steps, None)
                steps.close()

        return run

    def settle(self, response: jsonrpc.Response) -> None:
        """Take the answer to a request that one of pygls's typed senders has sent; ignore any other."""
        if response.id not in self._request_futures:
            logger.debug("ignored a response to nothing")
            return
        outcome = {"result": response.result} if response.error is None else {"error": response.error}
        raw = {"jsonrpc": "2.0", "id": response.id, **outcome}
        try:
            self.handle_message(cast("Any", self.structure_message(raw)))
        except JsonRpcException as error:
            self._handle_response(response.id, error=error.to_response_error())

    def _send_data(self, data: Any) -> None:
        self._send(data)


class LlmLanguageServer(LanguageServer):
    """Speaks with one client from `initialize` on.

    Attributes:
        session: The state of the connection; set by the composition root.
        client: What the client can do.
        documents: What it has open; the same as `workspace`.
        cancellations: By work done token, how to stop the work that the client shows.
        speaks_copilot: Whether the client is one of GitHub Copilot's language server, as it said or has shown.
        projects: The folders of open documents' projects, as it looks, from a client without workspace folders.
        completes_in: Where the client has been told to ask for items of its menu.
        shows_next_edits: Whether the client asks for next edits by itself, so that none need be ready in the menu.
        newest: The requests for suggestions, of which one runs a document.
        cleanup: Awaited when the connection ends, for `CLEANUP_S` at most.
        ended: The exit code, once the client has said `exit` or is gone.
    """

    session: Session

    def __init__(
        self, initialize_params: dict[str, Any], outgoing: Outgoing, custom_params: Mapping[str, params.ParamType]
    ) -> None:
        logging.getLogger("pygls").setLevel(logging.ERROR)  # it logs whole messages as information
        converter = params.lsp_converter()
        super().__init__(  # pyright: ignore[reportUnknownMemberType]  # pygls leaves its *args untyped
            "llm-ls", __version__, protocol_cls=LlmProtocol, converter_factory=lambda: converter
        )
        self.client = capabilities.resolve(initialize_params)
        self.process_id = self.client.process_id
        self.documents = LspWorkspace(
            self.client.root_uri,
            workspace_folders=[types.WorkspaceFolder(uri, name) for uri, name in self.client.folders],
            position_encoding=self.client.position_encoding,
        )
        self.speaks_copilot = self.client.copilot
        self.shows_next_edits = False
        self.newest = Newest()
        self.completes_in: Where = ""
        self.projects: list[Path] = []
        self.cancellations: dict[Token, Callable[[], object]] = {}
        self.cleanup: Callable[[], Awaitable[object]] = _nothing
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._tasks = Tasks()
        self._peer = Peer(outgoing, converter.unstructure)
        self._outgoing = outgoing
        self._lsp = cast("LlmProtocol", self.protocol)
        self._lsp.begin(self.documents, self._peer.send)
        manager = cast("Any", self._lsp.fm)
        self._dispatcher = dispatch.Dispatcher(
            features=manager.features,
            commands=manager.commands,
            kept_up={method: self._lsp.keep_up(method) for method in KEPT_UP},
            param_types=params.ParamTypes(converter, custom_params),
            peer=self._peer,
            tasks=self._tasks,
            end=self.end,
        )

    @property
    def work_done_token(self) -> Token | None:
        """The token that came with the command being handled, if one did."""
        return dispatch.work_done_token.get()

    def receive(self, body: bytes) -> None:
        """Take one message from the client."""
        if not self.ended.done() and (stray := self._dispatcher.receive(body)) is not None:
            self._lsp.settle(stray)

    def document(self, uri: str) -> Document:
        """The open document `uri` as it is now.

        Raises:
            errors.NotFound: It is not open.
        """
        return self.documents.snapshot(uri)

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run `coroutine` as a task that ends with the connection at the latest."""
        return self._tasks.spawn(coroutine, name)

    def warm(self, role: Role) -> None:
        """Import what the user's model for `role` needs, in the background: the first answer must not wait for it."""
        model = self.session.registry.default_name(role)
        to_fill = role == "inlineCompletion"
        if model is not None and (model, to_fill) not in self.session.warmed:
            self.session.warmed.add((model, to_fill))
            self.spawn(self.session.registry.warm(model, to_fill=to_fill), name="warm up")

    async def ask(self, method: str, params: Any, timeout_s: float | None) -> Any:
        """Send a request to the client; the raw JSON of its result. `timeout_s=None` waits for ever.

        Raises:
            Unanswered: The client refused, or said nothing in time.
        """
        return await self._peer.ask(method, params, timeout_s)

    def tell(self, method: str, params: Any = None) -> None:
        """Send a notification; `params` is JSON or an lsprotocol object."""
        self._peer.tell(method, params)

    def send_progress(self, token: Token, value: dict[str, Any]) -> None:
        """Send one `$/progress`; cheap enough for every word of an answer."""
        self._peer.progress(token, value)

    async def drained(self) -> None:
        """Return at once, unless the client is slow to read."""
        await self._peer.drained()

    def end(self, exit_code: int) -> None:
        """The connection is over; the first one to say so decides the exit code."""
        if not self.ended.done():
            self.ended.set_result(exit_code)

    async def close(self) -> None:
        """Stop what runs, clean up, and send what waits; takes well under a second, whatever happens."""
        self.end(0)
        self._tasks.cancel()
        await self._tasks.ended(STOP_S)
        try:
            async with asyncio.timeout(CLEANUP_S):
                await self.cleanup()
        except TimeoutError:
            logger.warning("cleaning up took more than %s s", CLEANUP_S)
        except Exception:  # the process ends anyway; it must not end by this
            logger.exception("cleaning up failed")
        self._tasks.cancel()  # what was started meanwhile
        await self._outgoing.emptied(FLUSH_S)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log it; pygls would show it to the user as it is."""
        logger.error("%s: %s", source.__name__, type(error).__name__)


async def _nothing() -> None:
    pass
