"""Registries in a test: the settings of one provider, the keys of all, and what a vendor answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.providers.registry import Registry
from llm_ls.settings import ProviderSettings
from tests.rigs.vendor import Answer, sse

KEYS = {"ANTHROPIC_API_KEY": "sk-ant-1", "OPENAI_API_KEY": "sk-2", "OPENROUTER_API_KEY": "sk-or-3"}
HELLO = sse({"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}, "[DONE]")
JSON = {"content-type": "application/json"}

Make = Callable[..., Registry]


def row(**settings: Any) -> dict[str, ProviderSettings]:
    """The settings of one provider, `acme`."""
    return {"acme": ProviderSettings(**settings)}


def failure(ask: Callable[[str], object], name: str) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        ask(name)
    return caught.value


def listing(*rows: str | dict[str, Any]) -> Answer:
    data = [{"id": row} if isinstance(row, str) else row for row in rows]
    return Answer((json.dumps({"data": data}).encode(),), headers=JSON)
