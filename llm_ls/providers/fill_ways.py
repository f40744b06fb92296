"""Which wire fits a model that is to fill a gap."""

import re

import attrs

from llm_ls.models import ModelInfo
from llm_ls.providers.configured import Provider
from llm_ls.providers.fill_families import family_of
from llm_ls.providers.vendor import FillWire


def ways(provider: Provider, model_id: str, known: ModelInfo | None = None) -> tuple[FillWire, ...]:
    """The ways to ask, the best first; another is for when the one before it is refused. None: it has to be by chat.

    Args:
        provider: Whose model it is.
        model_id: Which one.
        known: What is known of the model.
    """
    vendor = provider.vendor
    own = vendor.fills if vendor.fills and _has_own_way(provider, model_id, known) else None
    raw = vendor.raw if family_of(model_id) else None
    return tuple(way for way in (own, raw) if way is not None)


def are_certain(provider: Provider, model_id: str, known: ModelInfo | None) -> bool:
    """Whether one of the ways is there for all that is known, and not only worth trying."""
    found = ways(provider, model_id, known)
    tried = provider.vendor.fill_models is None and found == (provider.vendor.fills,)
    return bool(found) and (not tried or (known is not None and known.capabilities.fim))


def able(info: ModelInfo, provider: Provider, left: tuple[FillWire, ...]) -> ModelInfo:
    """`info` with whether the model fills gaps; `left` are the ways that it has not refused."""
    fim = bool(left) and are_certain(provider, info.id.partition("/")[2], info)
    if fim == info.capabilities.fim:
        return info
    return attrs.evolve(info, capabilities=attrs.evolve(info.capabilities, fim=fim))


def _has_own_way(provider: Provider, model_id: str, known: ModelInfo | None) -> bool:
    pattern = provider.vendor.fill_models
    listed = known is not None and known.capabilities.fim
    return listed or pattern is None or re.search(pattern, model_id) is not None
