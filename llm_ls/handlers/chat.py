"""`llm-ls/chat`: a question to a model; the answer streams as partial results, or comes whole."""

from llm_ls.features import chat
from llm_ls.protocol import answering, chat_params, ext, operations
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.partial_results import PartialResults
from llm_ls.wire import to_json


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext.CHAT)
    async def on_chat(ls: LlmLanguageServer, params: ext.ChatParams) -> dict[str, object]:
        with PartialResults(ls, params.partial_result_token) as parts:
            async with operations.running(ls, "Chat", params.work_done_token) as running:
                if params.messages is not None:
                    return to_json(await _answer(ls, params, parts, running))
                from llm_ls.protocol import conversing  # with all that tools and kept conversations need

                return to_json(await conversing.answer(ls, params, parts, running))


async def _answer(
    ls: LlmLanguageServer, params: ext.ChatParams, parts: PartialResults, running: operations.Running
) -> ext.ChatResult:
    """Answer in a conversation that the client keeps."""
    question = await chat_params.to_question(ls, params)
    model = await ls.session.model_for("chat", params.model, conversation=params.conversation_id or "")
    message_id, answer = await answering.stream(ls, model, chat.request(question), parts, running)
    answered_by = running.operation.model
    return ext.ChatResult(
        message_id=message_id,
        model=answered_by,
        provider=answered_by.partition("/")[0],
        text="" if parts.wanted else answer.text,
        tool_calls=chat_params.call_items(answer.tool_calls),
        thinking=chat_params.thinking_items(answer.thinking),
        stop_reason=answer.stop_reason,
        usage=answer.usage,
    )
