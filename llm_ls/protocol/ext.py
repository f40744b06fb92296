"""The `llm-ls/*` messages: what a client sends and what it gets, as `editors/PROTOCOL.md` publishes them.

Nobody compares or prints them, so they have neither: 36 classes are in memory before anything is asked.
"""

from collections.abc import Mapping
from typing import Any, Literal

import attrs
from lsprotocol import types

from llm_ls import messages, models
from llm_ls.protocol.ext_context import ContextDiagnostic, ContextItem
from llm_ls.store.usage_table import UsageBy

CHAT = "llm-ls/chat"
COUNT_TOKENS = "llm-ls/countTokens"
PREVIEW = "llm-ls/preview"
COMMIT_MESSAGE = "llm-ls/commitMessage"
EDIT = "llm-ls/edit"
ACCEPT_PROPOSAL = "llm-ls/acceptProposal"
REJECT_PROPOSAL = "llm-ls/rejectProposal"
LIST_PROPOSALS = "llm-ls/listProposals"
LIST_PROVIDERS = "llm-ls/listProviders"
LIST_MODELS = "llm-ls/listModels"
SET_ACTIVE_PROVIDER = "llm-ls/setActiveProvider"
TEST_PROVIDER_CONNECTION = "llm-ls/testProviderConnection"
USAGE = "llm-ls/usage"
STATUS = "llm-ls/status"
PROPOSAL = "llm-ls/proposal"
INPUT = "llm-ls/input"

Token = str | int


@attrs.frozen(eq=False, repr=False)
class TextPart:
    text: str
    type: Literal["text"] = "text"


@attrs.frozen(eq=False, repr=False)
class ImagePart:
    media_type: str
    data: str
    type: Literal["image"] = "image"


ContentPart = TextPart | ImagePart


@attrs.frozen(eq=False, repr=False)
class ToolCallItem:
    """`state` is the vendor's and opaque: a client sends it back as it came, with `provider`, whose it is."""

    id: str
    name: str
    input: Mapping[str, Any]
    provider: str | None = None
    state: Mapping[str, Any] | None = None


@attrs.frozen(eq=False, repr=False)
class ThinkingItem:
    """What the model thought, to be sent back with the assistant's message; `state` as in `ToolCallItem`."""

    text: str
    provider: str
    state: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen(eq=False, repr=False)
class TurnMessage:
    role: Literal["system", "user", "assistant"]
    content: str | tuple[ContentPart, ...]
    tool_calls: tuple[ToolCallItem, ...] = ()
    thinking: tuple[ThinkingItem, ...] = ()


@attrs.frozen(eq=False, repr=False)
class ToolMessage:
    role: Literal["tool"]
    tool_use_id: str
    content: str
    is_error: bool = False


@attrs.frozen(eq=False, repr=False)
class ToolResultItem:
    tool_use_id: str
    content: str
    is_error: bool = False


@attrs.frozen(eq=False, repr=False)
class ToolDefinitionItem:
    name: str
    description: str
    input_schema: Mapping[str, Any]


@attrs.frozen(eq=False, repr=False)
class ResponseFormatItem:
    type: Literal["text", "json", "json_schema"]
    schema: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen(eq=False, repr=False)
class ChatOptions:
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    reasoning: models.Reasoning | None = None
    response_format: ResponseFormatItem = ResponseFormatItem("text")


@attrs.frozen(eq=False, repr=False)
class TextDocument:
    uri: str
    version: int | None = None


@attrs.frozen(eq=False, repr=False)
class ChatParams:
    """`action` asks what the code action of that name does, of the context; `message` may add to it.

    With `messages` the client keeps the conversation; without, the server does.

    Attributes:
        conversation_id: Of one to go on with; `None` begins one.
        after: Id of the turn that this one follows, empty for none; `None` is the latest.
        regenerate: Ask the user turn `after`, or the latest, once more.
        server_tools: The names of the server's own tools that may be used; `None` is what the settings allow.
    """

    messages: tuple[TurnMessage | ToolMessage, ...] | None = None
    message: str | tuple[ContentPart, ...] | None = None
    tool_results: tuple[ToolResultItem, ...] = ()
    model: str | None = None
    system: str | None = None
    context: tuple[ContextItem, ...] = ()
    tools: tuple[ToolDefinitionItem, ...] = ()
    action: Literal["fix", "explain", "document", "test", "complete"] | None = None
    options: ChatOptions = ChatOptions()
    conversation_id: str | None = None
    after: str | None = None
    regenerate: bool = False
    server_tools: tuple[str, ...] | None = None
    work_done_token: Token | None = None
    partial_result_token: Token | None = None


@attrs.frozen(eq=False, repr=False)
class CountTokensParams(ChatParams):
    """A question, or a bare `text`."""

    text: str | None = None


@attrs.frozen(eq=False, repr=False)
class CommitMessageParams:
    """`uri` is a file or folder of the repository; without one, the first workspace folder is meant."""

    uri: str | None = None
    model: str | None = None
    work_done_token: Token | None = None
    partial_result_token: Token | None = None


@attrs.frozen(eq=False, repr=False)
class EditParams:
    text_document: TextDocument
    range: types.Range
    instruction: str
    model: str | None = None
    diagnostics: tuple[ContextDiagnostic, ...] = ()
    review: Literal["auto", "apply", "confirm", "proposal"] | None = None
    work_done_token: Token | None = None
    partial_result_token: Token | None = None


@attrs.frozen(eq=False, repr=False)
class ProposalParams:
    id: str
    hunks: tuple[str, ...] | None = None


@attrs.frozen(eq=False, repr=False)
class ListProposalsParams:
    uri: str | None = None


@attrs.frozen(eq=False, repr=False)
class ListProvidersParams:
    pass


@attrs.frozen(eq=False, repr=False)
class ListModelsParams:
    provider: str | None = None
    refresh: bool = False


@attrs.frozen(eq=False, repr=False)
class SetActiveProviderParams:
    provider: str
    model: str | None = None


@attrs.frozen(eq=False, repr=False)
class TestProviderConnectionParams:
    """`api_key` is tried and not kept; it is in no repr."""

    provider: str
    model: str | None = None
    api_key: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(eq=False, repr=False)
class UsageParams:
    since: str | None = None
    by: UsageBy | None = None


PARAMS: dict[str, type] = {
    CHAT: ChatParams,
    COUNT_TOKENS: CountTokensParams,
    PREVIEW: ChatParams,
    COMMIT_MESSAGE: CommitMessageParams,
    EDIT: EditParams,
    ACCEPT_PROPOSAL: ProposalParams,
    REJECT_PROPOSAL: ProposalParams,
    LIST_PROPOSALS: ListProposalsParams,
    LIST_PROVIDERS: ListProvidersParams,
    LIST_MODELS: ListModelsParams,
    SET_ACTIVE_PROVIDER: SetActiveProviderParams,
    TEST_PROVIDER_CONNECTION: TestProviderConnectionParams,
    USAGE: UsageParams,
}


@attrs.frozen(eq=False, repr=False)
class ActionArguments:
    """The first argument of a command that works on text; what is missing is taken from the last focus.

    Attributes:
        prompt: Title of the user's own action, for `llm-ls.prompt`.
    """

    uri: str | None = None
    range: types.Range | None = None
    instruction: str | None = None
    model: str | None = None
    diagnostics: tuple[ContextDiagnostic, ...] = ()
    prompt: str | None = None


@attrs.frozen(eq=False, repr=False)
class PreviewArguments(ActionArguments):
    """The first argument of `llm-ls.preview`; `action` is a command's last name, such as `fix`."""

    action: Literal["fix", "edit", "explain", "document", "test", "complete", "prompt"] | None = None


@attrs.frozen(eq=False, repr=False)
class ProposalArguments:
    """The first argument of a command about a proposal; without an id, the newest one is meant."""

    id: str | None = None


@attrs.frozen(eq=False, repr=False)
class HunkArguments:
    """The first argument of `llm-ls.acceptHunk`."""

    id: str
    hunk: str


@attrs.frozen(eq=False, repr=False)
class OperationArguments:
    """The first argument of `llm-ls.cancel`; without one, everything that runs is stopped."""

    operation: str | None = None


@attrs.frozen(eq=False, repr=False)
class SuggestionArguments:
    """The first argument of a command about a suggestion made while the user typed; its id alone will do."""

    id: str


@attrs.frozen(eq=False, repr=False)
class ChatResult:
    message_id: str
    model: str
    provider: str
    text: str
    tool_calls: tuple[ToolCallItem, ...]
    thinking: tuple[ThinkingItem, ...]
    stop_reason: messages.StopReason
    usage: messages.Usage
    conversation_id: str | None = None
    question_id: str | None = None


@attrs.frozen(eq=False, repr=False)
class PreviewResult:
    """`text` is Markdown."""

    model: str
    text: str


@attrs.frozen(eq=False, repr=False)
class CommitMessageResult:
    message: str
    model: str
    usage: messages.Usage


@attrs.frozen(eq=False, repr=False)
class TokenCountResult:
    """`cost_usd` is what reading that many tokens costs, where the price is known."""

    tokens: int
    exact: bool
    model: str
    context_window: int | None = None
    cost_usd: float | None = None


@attrs.frozen(eq=False, repr=False)
class HunkItem:
    id: str
    range: types.Range
    new_text: str


@attrs.frozen(eq=False, repr=False)
class ChangeSetItem:
    """What a proposal belongs to.

    Attributes:
        files: The uris of those whose part is pending.
    """

    id: str
    title: str
    files: tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class OperationItem:
    kind: Literal["create", "rename", "delete"]
    new_uri: str | None = None


@attrs.frozen(eq=False, repr=False)
class ProposalItem:
    id: str
    title: str
    model: str
    uri: str
    version: int | None
    summary: str
    hunks: tuple[HunkItem, ...]
    failed_hunks: tuple[str, ...] = ()
    change_set: ChangeSetItem | None = None
    operation: OperationItem | None = None


@attrs.frozen(eq=False, repr=False)
class ProposalOutcome:
    applied: bool
    failed_hunks: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class StatusParams:
    busy: bool
    kind: Literal["normal", "warning", "error", "inactive"]
    message: str
    model: str | None = None
