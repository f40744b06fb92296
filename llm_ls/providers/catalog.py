"""What is known of models without asking their providers: the few that llm-ls chooses by itself, and a snapshot.

The few are as the vendors' model and price pages had them on 20 November 2026. They are found without reading a file,
and without the modules that do, which are imported on first use. What a provider itself lists counts before either.
"""

import re
from collections.abc import Iterable, Mapping

import attrs

from llm_ls.messages import Usage
from llm_ls.models import Capabilities, Cost, ModelInfo
from llm_ls.providers import vertex

KINDS = (
    *("anthropic", "openai", "gemini", "github-copilot", "azure", "vertex"),
    *("mistral", "xai", "deepseek", "groq", "together", "cohere"),
)
"""The kinds of providers whose models the snapshot has."""

_MAKERS: Mapping[str, str] = {
    **{kind: kind for kind in ("anthropic", "openai", "gemini", "mistral", "xai", "deepseek", "cohere")},
    "google": "gemini",
    "mistralai": "mistral",
    "x-ai": "xai",
}
"""Who is meant by the first part of an id such as `anthropic/claude-x`, as resellers and gateways write it."""

_RESELLERS = ("openrouter", "vertex", "openai", "azure")

_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|moderation|transcri|realtime|image|audio|sora|rerank|babbage|davinci|bge-",
    re.IGNORECASE,
)
_ALL = Capabilities(tools=True, vision=True, reasoning=True, json=True)


def known(kind: str, model_id: str) -> ModelInfo | None:
    """What is known of a model of a kind of provider, under the name it was asked for; `None` is nothing.

    An id with a date, with `-latest` or with its version spelled otherwise is the model it stands for. Resellers,
    gateways and deployments have what the maker of the model says, where there is nothing of their own.
    """
    found = _found(kind, model_id)
    if found is None:
        return None
    named = attrs.evolve(found, id=f"{kind}/{model_id}", provider=kind)
    return _succeeded(named, map(_id, models(kind))) if found.deprecated else named


def spelled(kind: str, model_id: str) -> str | None:
    """The id that a model has at a kind of provider: the given one with its date, else as the catalog spells it."""
    found = _found(kind, model_id)
    return None if found is None else model_id if model_id.startswith(_id(found)) else _id(found)


def models(kind: str) -> tuple[ModelInfo, ...]:
    """All that are known of one kind, without those that are deprecated; the newest first."""
    from llm_ls.providers import snapshot

    kind = _shelved(kind)
    few = {info.id: info for info in MODELS.values() if info.provider == kind}
    more = {info.id: info for info in snapshot.shelf(kind).models.values()} if kind in KINDS else {}
    return tuple(info for info in {**few, **more, **few}.values() if not info.deprecated)


def completed(listed: tuple[ModelInfo, ...], kind: str) -> tuple[ModelInfo, ...]:
    """The models as a provider of a kind listed them, each with what the provider left out."""
    if not _is_known(kind):
        return listed
    found = [_completed(info, _found(kind, _id(info))) for info in listed]
    current = [_id(info) for info in found if not info.deprecated]
    return tuple(_succeeded(info, current) if info.deprecated else info for info in found)


def cost_of(info: ModelInfo, usage: Usage) -> float | None:
    """US dollars for an answer of a model; `None` where its price is unknown."""
    cost = info.cost
    if cost is None:
        return None
    read, written = usage.cache_read_tokens or 0, usage.cache_write_tokens or 0
    prompt = (
        max(usage.input_tokens - read - written, 0) * cost.input_per_m_tok
        + read * _or_else(cost.cache_read_per_m_tok, cost.input_per_m_tok)
        + written * _or_else(cost.cache_write_per_m_tok, cost.input_per_m_tok)
    )
    answer = usage.output_tokens * cost.output_per_m_tok
    if cost.long_prompt_tokens is not None and usage.input_tokens > cost.long_prompt_tokens:
        prompt *= _or_else(cost.long_input_factor, 1)
        answer *= _or_else(cost.long_output_factor, 1)
    return (prompt + answer) / 1e6


def is_for_chat(info: ModelInfo) -> bool:
    """Whether it can be talked with, going by its name: most providers list everything they have."""
    return not _NO_CHAT.search(info.id)


def _id(info: ModelInfo) -> str:
    return info.id.partition("/")[2]


def _or_else(price: float | None, other: float) -> float:
    return other if price is None else price


def _shelved(kind: str) -> str:
    return "openai" if kind in ("openai-responses", "chatgpt") else kind


def _is_known(kind: str) -> bool:
    return _shelved(kind) in (*KINDS, *_RESELLERS)


def _found(kind: str, model_id: str) -> ModelInfo | None:
    kind, model_id = _shelved(kind), vertex.published(model_id) if kind == "vertex" else model_id
    if f"{kind}/{model_id}" in MODELS or not _is_known(kind):
        return MODELS.get(f"{kind}/{model_id}")
    from llm_ls.providers import snapshot
    from llm_ls.providers.shelf import Shelf

    few = Shelf(info for info in MODELS.values() if info.provider == kind)
    found = few.find(model_id) or (snapshot.shelf(kind).find(model_id) if kind in KINDS else None)
    return _from_maker(kind, model_id) if found is None and kind in _RESELLERS else found


def _from_maker(kind: str, model_id: str) -> ModelInfo | None:
    """What the maker says of a model that `kind` resells. OpenRouter's variants (`:free`) have their own prices."""
    plain, variant, _ = model_id.partition(":")
    maker, _, id = plain.partition("/") if kind != "azure" else ("openai", "/", model_id)
    found = _found(_MAKERS[maker], id) if id and _MAKERS.get(maker, kind) != kind else None
    return found and attrs.evolve(found, id=f"{kind}/{model_id}", cost=None if variant else found.cost)


def _completed(info: ModelInfo, also: ModelInfo | None) -> ModelInfo:
    if also is None:
        return info
    said = info.capabilities if attrs.evolve(info.capabilities, fim=False) != Capabilities() else also.capabilities
    same_price = info.cost and also.cost and attrs.astuple(info.cost)[:2] == attrs.astuple(also.cost)[:2]
    return attrs.evolve(
        info,
        name=info.name if info.name not in (info.id, _id(info)) else also.name,
        context_window=info.context_window or also.context_window,
        max_output_tokens=info.max_output_tokens or also.max_output_tokens,
        capabilities=attrs.evolve(said, fim=info.capabilities.fim or also.capabilities.fim),
        cost=also.cost if info.cost is None or same_price else info.cost,
        deprecated=info.deprecated or also.deprecated,
    )


def _succeeded(info: ModelInfo, current: Iterable[str]) -> ModelInfo:
    """The deprecated model with the newest of its family among the `current` ones."""
    from llm_ls.providers import model_ids

    found = model_ids.successor(_id(info), current)
    return attrs.evolve(info, successor=info.successor or (f"{info.provider}/{found}" if found else None))


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
        *_claude("claude-haiku-5-5", "Claude Haiku 5.5", Cost(0.10, 0.50, 0.01, 0.125, 100_000, 5, 5)),
        *_claude("claude-sonnet-5-5", "Claude Sonnet 5.5", Cost(2, 10, 0.1, 2.5)),
        *_claude("claude-opus-5-5", "Claude Opus 5.5", Cost(4, 20, 0.2, 5)),
        _gpt("gpt-6-luna", "GPT-6 Luna", Cost(0.10, 0.50, 0.01, 0.125, 272_000, 2, 1.5)),
        _gpt("gpt-6.1-terra", "GPT-6.1 Terra", Cost(1, 5, 0.05, 1.25, 272_000, 2, 1.5)),
        _gpt("gpt-6.1-sol", "GPT-6.1 Sol", Cost(2, 10, 0.1, 2.5, 272_000, 2, 1.5)),
    )
}
"""By `provider/model`."""
