"""Chat Completions as a vendor writes them, for tests."""

from typing import Any

import httpx2

from llm_ls import messages
from tests.providers.asked import answer, openai
from tests.rigs.vendor import LoopbackVendor, sse

DONE = "[DONE]"


def delta(finish: str | None = None, **members: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": members, "finish_reason": finish}]}


def call(arguments: object = None, **members: Any) -> dict[str, Any]:
    """A delta with a fragment of a call; `name` is the function's."""
    function = {"name": members.pop("name", None), "arguments": arguments}
    return delta(
        tool_calls=[{**members, "function": {key: value for key, value in function.items() if value is not None}}]
    )


async def told(vendor: LoopbackVendor, http: httpx2.AsyncClient, *events: Any) -> list[messages.StreamEvent]:
    """What we make of these events of the wire."""
    vendor.says(sse(*events))
    return await answer(openai(vendor.url, http))
