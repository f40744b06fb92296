"""Which wire fits a model that is to fill a gap."""

import re
from collections.abc import Callable

import attrs

from llm_ls.models import ModelInfo
from llm_ls.providers.configured import Provider
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
    raw = vendor.raw if vendor.raw and _has_family(model_id) else None
    return tuple(way for way in (own, raw) if way is not None)


class FillWays:
    """The same, less what has been refused.

    Args:
        listing_of: What a provider itself has said of a model.
    """

    def __init__(self, listing_of: Callable[[Provider, str], ModelInfo | None]) -> None:
        self._listing_of = listing_of
        self._refused: set[tuple[str, str, FillWire]] = set()

    def left(self, provider: Provider, model_id: str) -> tuple[FillWire, ...]:
        """The ways that a model has not refused, the best first."""
        found = ways(provider, model_id, self._listing_of(provider, model_id))
        return tuple(way for way in found if (provider.id, model_id, way) not in self._refused)

    def refuse(self, provider: Provider, model_id: str, way: FillWire) -> None:
        """Do not ask a model in that way again, until its provider is set otherwise or its server has been away."""
        self._refused.add((provider.id, model_id, way))

    def forget(self, *providers: str) -> None:
        """Forget what models of these providers have refused."""
        self._refused = {refusal for refusal in self._refused if refusal[0] not in providers}

    def certain(self, provider: Provider, model_id: str) -> bool:
        """Whether a model fills gaps for all that is known, so that asking is not a mere try."""
        left, listed = self.left(provider, model_id), self._listing_of(provider, model_id)
        tried = provider.vendor.fill_models is None and left == (provider.vendor.fills,)
        return bool(left) and (not tried or (listed is not None and listed.capabilities.fim))

    def described(self, info: ModelInfo, provider: Provider) -> ModelInfo:
        """`info` with whether the model fills gaps."""
        fim = self.certain(provider, info.id.partition("/")[2])
        if fim == info.capabilities.fim:
            return info
        return attrs.evolve(info, capabilities=attrs.evolve(info.capabilities, fim=fim))


def _has_own_way(provider: Provider, model_id: str, known: ModelInfo | None) -> bool:
    pattern = provider.vendor.fill_models
    listed = known is not None and known.capabilities.fim
    return listed or pattern is None or re.search(pattern, model_id) is not None


def _has_family(model_id: str) -> bool:
    from llm_ls.providers import fill_families

    return fill_families.family_of(model_id) is not None
