"""The few models that llm-ls chooses by itself, as the vendors' model and price pages had them on 20 November 2026.

What a provider itself lists counts before this. A price is that of a prompt of ordinary length.
"""

import re
from collections.abc import Mapping

import attrs

from llm_ls.models import Capabilities, Cost, ModelInfo

_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|moderation|transcri|realtime|image|audio|sora|rerank|babbage|davinci|bge-",
    re.IGNORECASE,
)
_ALL = Capabilities(tools=True, vision=True, reasoning=True, json=True)


def known(provider: str, model_id: str) -> ModelInfo | None:
    """What is known of a model without asking; `None` is nothing."""
    return MODELS.get(f"{provider}/{model_id}")


def completed(info: ModelInfo) -> ModelInfo:
    """`info` as a provider listed it, with what the provider left out."""
    built_in = MODELS.get(info.id)
    if built_in is None:
        return info
    return attrs.evolve(
        info,
        name=info.name if info.name not in (info.id, info.id.partition("/")[2]) else built_in.name,
        context_window=info.context_window or built_in.context_window,
        max_output_tokens=info.max_output_tokens or built_in.max_output_tokens,
        capabilities=info.capabilities if info.capabilities != Capabilities() else built_in.capabilities,
        cost=info.cost or built_in.cost,
    )


def is_for_chat(info: ModelInfo) -> bool:
    """Whether it can be talked with, going by its name: most providers list everything they have."""
    return not _NO_CHAT.search(info.id)


def _claude(model_id: str, name: str, cost: Cost) -> tuple[ModelInfo, ModelInfo]:
    """The same model at Anthropic and at OpenRouter, which writes its version with a dot."""
    spelled = model_id[:-2] + model_id[-2:].replace("-", ".")
    return (
        ModelInfo(f"anthropic/{model_id}", name, "anthropic", 1_000_000, 128_000, _ALL, cost),
        ModelInfo(f"openrouter/anthropic/{spelled}", name, "openrouter", 1_000_000, 128_000, _ALL, cost),
    )


def _gpt(model_id: str, name: str, cost: Cost) -> ModelInfo:
    return ModelInfo(f"openai/{model_id}", name, "openai", 1_050_000, 128_000, _ALL, cost)


MODELS: Mapping[str, ModelInfo] = {
    info.id: info
    for info in (
        *_claude("claude-haiku-5-5", "Claude Haiku 5.5", Cost(0.10, 0.50)),
        *_claude("claude-sonnet-5-5", "Claude Sonnet 5.5", Cost(2, 10)),
        *_claude("claude-opus-5-5", "Claude Opus 5.5", Cost(4, 20)),
        _gpt("gpt-6-luna", "GPT-6 Luna", Cost(0.10, 0.50)),
        _gpt("gpt-6.1-terra", "GPT-6.1 Terra", Cost(1, 5)),
        _gpt("gpt-6.1-sol", "GPT-6.1 Sol", Cost(2, 10)),
    )
}
"""By `provider/model`."""
