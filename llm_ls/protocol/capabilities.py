"""What one client can do, read from its raw `initialize` params; nothing written there is an error."""

import pathlib
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import unquote

import attrs

from llm_ls.protocol import initialize
from llm_ls.protocol.jsonrpc import member
from llm_ls.protocol.position_codec import PositionEncoding
from llm_ls.settings import Review

Landing = Literal["client", "confirm", "apply", "proposal"]


class Folder(NamedTuple):
    uri: str
    name: str


@attrs.frozen
class ClientCapabilities:
    """What one client said of itself.

    Attributes:
        name: `clientInfo.name`; empty if it did not say.
        position_encoding: What columns on the wire are counted in, as we choose it.
        document_changes: Edits may carry the document's version.
        resource_operations: What an edit may do with files: create, rename, delete.
        change_annotations: Edits may carry a label and the wish to be confirmed.
        code_action_tags: A code action may be marked as made by a model.
        show_message_request: `window/showMessageRequest` is answered.
        text_document_content: Texts of our own scheme are asked of us (LSP 3.18).
        did_change_configuration_dynamic: `workspace/didChangeConfiguration` can be registered for.
        completion_dynamic: `textDocument/completion` can be registered for.
        proposals: A client of ours that reviews edits hunk by hunk (`llm-ls/proposal`).
        status: It shows `llm-ls/status`, as all do that declare `experimental.llm-ls`.
        input: A client of ours that asks the user for a line of text (`llm-ls/input`).
        copilot: A client of GitHub Copilot's language server.
        process_id: The process that must not be outlived; `None` if there is none to watch.
        folders: The workspace folders; without any, the root.
        initialization_options: Settings, unchecked.
    """

    name: str = ""
    version: str = ""
    position_encoding: PositionEncoding = "utf-16"
    apply_edit: bool = False
    document_changes: bool = False
    resource_operations: frozenset[str] = frozenset()
    change_annotations: bool = False
    honors_change_annotations: bool = False
    code_action_literals: bool = False
    code_action_data: bool = False
    code_action_disabled: bool = False
    code_action_tags: bool = False
    work_done_progress: bool = False
    show_document: bool = False
    show_message_request: bool = False
    text_document_content: bool = False
    configuration: bool = False
    did_change_configuration_dynamic: bool = False
    inline_completion: bool = False
    completion_dynamic: bool = False
    workspace_folders: bool = False
    proposals: bool = False
    status: bool = False
    input: bool = False
    copilot: bool = False
    process_id: int | None = None
    root_uri: str | None = None
    folders: tuple[Folder, ...] = ()
    initialization_options: Mapping[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    locale: str = ""
    trace: Literal["off", "messages", "verbose"] = "off"

    @property
    def waits_for_enter(self) -> bool:
        """Whether a message of more than a line waits for Enter, and takes the key that is typed next for it."""
        return self.name == "Neovim"  # 0.12.4, also where the key was meant for the text

    @property
    def asks_by_itself(self) -> bool:
        """Whether it may only show an edit that it says it has made, until the user makes it."""
        return self.name == "Eglot"  # 1.17, as `eglot-confirm-server-edits` says

    @property
    def ends_last_line(self) -> bool:
        """Whether a new file gets its last line end from the client, so that ours would begin another line."""
        return self.name == "Neovim"  # 0.12.4: the buffer of an empty file holds one empty line, which it ends

    @property
    def asks_to_confirm(self) -> bool:
        """Whether an annotated edit is shown to the user before it is made.

        Only a `TextDocumentEdit` can be annotated (LSP 3.16), so `documentChanges` must be understood.
        """
        # Sublime's LSP package 2.13 (2026-11) advertises annotations, shows their label and asks nothing.
        annotates = self.apply_edit and self.document_changes and self.change_annotations
        return annotates and self.name != "Sublime Text LSP"

    def review(self, setting: Review) -> Landing:
        """How an edit reaches the text in this client when `codeActions.review` is `setting`.

        Returns:
            `client`: a review hunk by hunk in a client of ours. `confirm`: an annotated edit, which the
            client asks the user about. `apply`: an edit made at once. `proposal`: code actions with literal
            edits, which need nothing of the client.
        """
        at_once: Landing = "apply" if self.apply_edit else "proposal"
        match setting:
            case "proposal":
                return "client" if self.proposals else "proposal"
            case "apply":
                return at_once
            case "confirm":
                if self.asks_to_confirm:
                    return "confirm"
                # The client would make the edit unasked, which is just what this user does not want.
                return "client" if self.proposals else "proposal"
            case "auto":
                if self.proposals:
                    return "client"
                return "confirm" if self.asks_to_confirm else at_once


def resolve(params: Any) -> ClientCapabilities:
    """The client behind the raw params of an `initialize` request, whatever their shape.

    Clients write `true` where an object is due (tabby's do, 2026) and an object where `true` is: both say
    yes. Whatever else does not fit counts as not written.
    """
    name, trace = _text(params, "clientInfo", "name"), _text(params, "trace")
    root_uri = _text(params, "rootUri") or _file_uri(_text(params, "rootPath"))
    can = member(params, "capabilities")
    edits = member(can, "workspace", "workspaceEdit")
    actions = member(can, "textDocument", "codeAction")
    resource_operations = _list(edits, "resourceOperations")
    return ClientCapabilities(
        name=name,
        version=_text(params, "clientInfo", "version"),
        position_encoding=initialize.position_encoding(params),
        apply_edit=_yes(can, "workspace", "applyEdit"),
        # Neovim 0.12.4 understands `documentChanges` and advertises only the operations that go with it.
        document_changes=_yes(edits, "documentChanges") or bool(resource_operations),
        resource_operations=frozenset(one for one in resource_operations if isinstance(one, str)),
        change_annotations=_yes(edits, "changeAnnotationSupport"),
        honors_change_annotations=_yes(actions, "honorsChangeAnnotations"),
        code_action_literals=_yes(actions, "codeActionLiteralSupport"),
        code_action_data=_yes(actions, "dataSupport"),
        code_action_disabled=_yes(actions, "disabledSupport"),
        code_action_tags=_LLM_GENERATED in _list(actions, "tagSupport", "valueSet"),
        work_done_progress=_yes(can, "window", "workDoneProgress"),
        show_document=member(can, "window", "showDocument") is True or _yes(can, "window", "showDocument", "support"),
        show_message_request=_yes(can, "window", "showMessage") or name in _ASK_UNADVERTISED,
        text_document_content=_yes(can, "workspace", "textDocumentContent"),
        configuration=_yes(can, "workspace", "configuration"),
        did_change_configuration_dynamic=_yes(can, "workspace", "didChangeConfiguration", "dynamicRegistration"),
        inline_completion=_yes(can, "textDocument", "inlineCompletion"),
        completion_dynamic=_yes(can, "textDocument", "completion", "dynamicRegistration"),
        workspace_folders=_yes(can, "workspace", "workspaceFolders"),
        proposals=_yes(can, "experimental", "llm-ls", "proposals"),
        status=_yes(can, "experimental", "llm-ls") and member(can, "experimental", "llm-ls", "status") is not False,
        input=_yes(can, "experimental", "llm-ls", "input"),
        copilot=initialize.is_of_copilot(params),
        process_id=_process_id(member(params, "processId")),
        root_uri=root_uri or None,
        folders=_folders(_list(params, "workspaceFolders"), root_uri),
        initialization_options=_object(params, "initializationOptions"),
        locale=_text(params, "locale"),
        trace=trace if trace == "messages" or trace == "verbose" else "off",
    )


_LLM_GENERATED = 1
"""`CodeActionTag.LLMGenerated` (LSP 3.18)."""

_ASK_UNADVERTISED = ("Eglot", "emacs")
"""Eglot 1.17 and lsp-mode (2026-07) answer `window/showMessageRequest` and do not say so."""


def _yes(data: Any, *path: str) -> bool:
    found = member(data, *path)
    return found is True or isinstance(found, dict)


def _text(data: Any, *path: str) -> str:
    found = member(data, *path)
    return found if isinstance(found, str) else ""


def _list(data: Any, *path: str) -> list[Any]:
    found = member(data, *path)
    return cast("list[Any]", found) if isinstance(found, list) else []


def _object(data: Any, *path: str) -> dict[str, Any]:
    found = member(data, *path)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _process_id(found: Any) -> int | None:
    # 0 and negative numbers mean process groups to the system, ours among them.
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def _folders(found: list[Any], root_uri: str) -> tuple[Folder, ...]:
    named = [(_text(folder, "uri"), _text(folder, "name")) for folder in found]
    folders = [Folder(uri, name or _last_part(uri)) for uri, name in named if uri]
    if not folders and root_uri:
        folders = [Folder(root_uri, _last_part(root_uri))]
    return tuple(folders)


def _last_part(uri: str) -> str:
    return unquote(uri.partition("://")[2].rstrip("/").rpartition("/")[2]) or uri


def _file_uri(path: str) -> str:
    try:
        return pathlib.Path(path).as_uri()
    except ValueError:  # not an absolute path
        return ""
