"""An answer as it comes: counted, shown as progress, and sent on as partial results."""

import os
from contextlib import aclosing

from llm_ls.features.chat import Answer
from llm_ls.messages import Notice
from llm_ls.models import Model, ModelRequest
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.protocol.partial_results import PartialResults


async def stream(
    ls: LlmLanguageServer, model: Model, request: ModelRequest, parts: PartialResults, running: Running
) -> tuple[str, Answer]:
    """The message's id and the whole answer; `running` comes to name the model that gave it.

    Raises:
        errors.ProviderError: As `Model.stream` does.
    """
    message_id, answer = f"message-{os.urandom(8).hex()}", Answer()
    running.operation.model = model.name
    parts.send_value({"type": "message_start", "messageId": message_id, "model": model.name})
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            answer.add(event)
            running.operation.model = answer.answering or model.name
            parts.send(event)
            if isinstance(event, Notice):
                running.work.report(event.message)
            running.report(answer.tokens)
            await ls.drained()
    running.close(f"{answer.tokens} tok", cost_usd=answer.usage.cost_usd)
    return message_id, answer
