"""`llm-ls/chat` params as a question to a model."""

from collections.abc import Iterable, Sequence

from llm_ls import errors, messages
from llm_ls.features.action_table import ACTIONS
from llm_ls.features.chat import Question
from llm_ls.messages import Image, Message, Part, Text, Thinking, ToolCall, ToolResult
from llm_ls.models import ModelRequest, ResponseFormat, ToolDefinition
from llm_ls.protocol import context_items, ext, workspace_files
from llm_ls.protocol.attached import Attached
from llm_ls.protocol.ext_context import DiagnosticsContext
from llm_ls.protocol.language_server import LlmLanguageServer


async def to_question(ls: LlmLanguageServer, params: ext.ChatParams) -> Question:
    """What the user asks in a conversation that the client keeps, with what they attached read.

    Raises:
        errors.NotFound: An attached document does not exist.
        errors.InvalidRequest: An attached document may not be sent.
    """
    options = params.options
    return Question(
        turns=_turns(params),
        system=_system(params),
        guidance=await workspace_files.guidance(ls),
        attachments=(await attached(ls, params)).told,
        tools=tools(params),
        max_tokens=options.max_tokens,
        temperature=options.temperature,
        top_p=options.top_p,
        stop=options.stop,
        reasoning=options.reasoning,
        response_format=_response_format(options),
    )


async def attached(ls: LlmLanguageServer, params: ext.ChatParams) -> Attached:
    """What the client attached, read.

    Raises:
        errors.LlmLsError: As `to_question`.
    """
    return sum([await context_items.read(ls, item) for item in params.context], Attached())


def message(params: ext.ChatParams) -> Message:
    """The next user turn; without parts if there is none.

    Raises:
        errors.InvalidRequest: A problem is to be fixed, and none is told.
    """
    return Message("user", tuple(_question(params) or ()))


def results(params: ext.ChatParams) -> tuple[ToolResult, ...]:
    """Those of the calls that the client has run."""
    return tuple(ToolResult(result.tool_use_id, result.content, result.is_error) for result in params.tool_results)


def tools(params: ext.ChatParams) -> tuple[ToolDefinition, ...]:
    """Those that the client runs."""
    return tuple(ToolDefinition(tool.name, tool.description, tool.input_schema) for tool in params.tools)


def request(params: ext.ChatParams, turns: tuple[Message, ...], system: str) -> ModelRequest:
    """What a model is asked, but for tools, with what the client wants of the answer."""
    options = params.options
    return ModelRequest(
        messages=turns,
        system=system,
        max_tokens=options.max_tokens,
        temperature=options.temperature,
        top_p=options.top_p,
        stop=options.stop,
        reasoning=options.reasoning,
        response_format=_response_format(options),
    )


def call_items(calls: Iterable[ToolCall]) -> tuple[ext.ToolCallItem, ...]:
    """Calls as a client gets them."""
    return tuple(
        ext.ToolCallItem(call.id, call.name, call.input, call.provider or None, call.state or None) for call in calls
    )


def thinking_items(thinking: Iterable[Thinking]) -> tuple[ext.ThinkingItem, ...]:
    """Thinking as a client gets it."""
    return tuple(ext.ThinkingItem(block.text, block.provider, block.state) for block in thinking)


def _response_format(options: ext.ChatOptions) -> ResponseFormat:
    return ResponseFormat(options.response_format.type, options.response_format.schema)


def _system(params: ext.ChatParams) -> str:
    turns = (item for item in params.messages or () if isinstance(item, ext.TurnMessage) and item.role == "system")
    texts = [params.system or "", *(Message("user", tuple(_parts(turn.content))).text for turn in turns)]
    return "\n\n".join(text for text in texts if text)


def _turns(params: ext.ChatParams) -> tuple[Message, ...]:
    """Consecutive messages of one side become one turn, as every vendor wants it."""
    turns: list[Message] = []
    for item in params.messages or ():
        match item:
            case ext.ToolMessage():
                _append(turns, "user", [ToolResult(item.tool_use_id, item.content, item.is_error)])
            case ext.TurnMessage(role="assistant"):
                _append(turns, "assistant", _answer(item))
            case ext.TurnMessage(role="user"):
                _append(turns, "user", _parts(item.content))
            case _:
                pass
    given, question = results(params), _question(params)
    if given or question is not None:
        _append(turns, "user", [*given, *(question or ())])
    return tuple(turns)


def _question(params: ext.ChatParams) -> list[Part] | None:
    """The user's words; what an action asks comes before them."""
    words = None if params.message is None else _parts(params.message)
    if params.action is None:
        return words
    has_problems = any(isinstance(item, DiagnosticsContext) and item.diagnostics != () for item in params.context)
    if params.action == "fix" and not (has_problems or words):
        raise errors.InvalidRequest("no problem is reported here", hint="say what is to be fixed")
    return [Text(ACTIONS[params.action].task + ("\n\n" if words else "")), *(words or ())]


def _answer(item: ext.TurnMessage) -> list[Part]:
    """What the model had answered: its thinking comes first, as vendors want it."""
    thinking = [Thinking(block.text, block.provider, block.state) for block in item.thinking]
    calls = [
        ToolCall(call.id, call.name, call.input, provider=call.provider or "", state=call.state or {})
        for call in item.tool_calls
    ]
    return [*thinking, *_parts(item.content), *calls]


def _append(turns: list[Message], role: messages.Role, parts: Sequence[Part]) -> None:
    if turns and turns[-1].role == role:
        turns[-1] = Message(role, (*turns[-1].parts, *parts))
    else:
        turns.append(Message(role, tuple(parts)))


def _parts(content: str | Sequence[ext.ContentPart]) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)] if content else []
    return [
        Text(part.text) if isinstance(part, ext.TextPart) else Image(part.media_type, part.data) for part in content
    ]
