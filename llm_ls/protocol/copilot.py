"""GitHub Copilot's dialect of LSP: who speaks it, and the messages of it that are no requests for text.

Shapes of @github/copilot-language-server 1.539 (2026-11); the requests for text are in `copilot_legacy` and, for the
next edit, in `copilot_next_edit`.
"""

from typing import Any, Literal, cast

from llm_ls import __version__
from llm_ls.protocol import ext, jsonrpc
from llm_ls.protocol.language_server import LlmLanguageServer

SET_EDITOR_INFO = "setEditorInfo"
GET_VERSION = "getVersion"
CHECK_FILE_STATUS = "checkFileStatus"
CHECK_STATUS = "checkStatus"
SIGN_IN = "signIn"
SIGN_IN_INITIATE = "signInInitiate"
SIGN_IN_CONFIRM = "signInConfirm"
SIGN_OUT = "signOut"
DID_SHOW_COMPLETION = "textDocument/didShowCompletion"
DID_PARTIALLY_ACCEPT_COMPLETION = "textDocument/didPartiallyAcceptCompletion"
DID_FOCUS = "textDocument/didFocus"
DID_CHANGE_STATUS = "didChangeStatus"
STATUS_NOTIFICATION = "statusNotification"

FINISH_DEVICE_FLOW = "github.copilot.finishDeviceFlow"
DID_ACCEPT_COMPLETION_ITEM = "github.copilot.didAcceptCompletionItem"
DID_ACCEPT_PANEL_COMPLETION_ITEM = "github.copilot.didAcceptPanelCompletionItem"

Kind = Literal["Normal", "Warning", "Error", "Inactive"]
_KINDS: dict[str, Kind] = {"normal": "Normal", "warning": "Warning", "error": "Error", "inactive": "Inactive"}

DEVICE_FLOW_FAILED = 1001
"""The error code of a sign-in that came to nothing."""


def version() -> dict[str, str]:
    """The answer to `getVersion`; copilot.vim shows all of it."""
    return {"version": __version__, "buildType": "prod", "runtimeVersion": "python"}


def tell_status(ls: LlmLanguageServer, status: ext.StatusParams) -> None:
    """Tell a client of Copilot's how things stand, in both ways that there are: copilot.vim 1.41 knows one of them."""
    kind = _KINDS[status.kind]
    told = {"busy": status.busy, "kind": kind, "message": status.message}
    ls.tell(DID_CHANGE_STATUS, told)
    ls.tell(STATUS_NOTIFICATION, {**told, "status": "InProgress" if status.busy else kind})


def item_id(params: Any) -> str:
    """The suggestion that a notification is about; empty if it names none."""
    arguments = jsonrpc.member(params, "item", "command", "arguments")
    first = cast("list[Any]", arguments)[0] if isinstance(arguments, list) and arguments else None
    return first if isinstance(first, str) else ""


def accepted_characters(params: Any) -> int:
    """How much of its text the user has taken, of the UTF-16 code units that `acceptedLength` counts.

    copilot.el (2026-11) sends no text with the item; then they are taken for characters.
    """
    text, length = jsonrpc.member(params, "item", "insertText"), jsonrpc.member(params, "acceptedLength")
    if not isinstance(length, int):
        return 0
    if not isinstance(text, str):
        return max(length, 0)
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * max(length, 0)]
    return len(units.decode("utf-16-le", "ignore"))
