"""The arguments of a tool call, as a model wrote them."""

import json
from collections.abc import Mapping
from typing import Any, cast

from llm_ls.messages import ToolCall


def call(call_id: str, name: str, written: str, given: Mapping[str, Any] | None = None) -> ToolCall:
    """The finished call.

    Args:
        call_id: The vendor's id of the call.
        name: The tool.
        written: JSON text, complete or not; empty means no arguments.
        given: The arguments where the vendor gave them as an object and wrote none.
    """
    if not written.strip():
        return ToolCall(call_id, name, given or {})
    try:
        parsed = cast(object, json.loads(written))
    except (ValueError, RecursionError):
        return ToolCall(call_id, name, {}, raw=written)
    if parsed is None:
        return ToolCall(call_id, name, {})
    if not isinstance(parsed, dict):
        return ToolCall(call_id, name, {}, raw=written)
    return ToolCall(call_id, name, cast(dict[str, Any], parsed))
