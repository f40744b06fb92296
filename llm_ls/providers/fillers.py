"""Which model fills gaps where the user has chosen one for talking: asked at every pause, it must be quick."""

from collections.abc import Iterator

from llm_ls.providers.configured import Provider
from llm_ls.providers.directory import Directory


def filler(directory: Directory, chosen: str) -> str:
    """`provider/model` to fill with, of the provider of the model that is `chosen`.

    That is the chosen model itself if it fills and is not the provider's biggest, else the provider's model for that,
    else one that it lists and that fills, else its `fast` tier; where it has none of these, the chosen model.
    """
    id, _, model_id = chosen.partition("/")
    provider = directory.providers.get(id)
    if provider is None or provider.settings.disabled:
        return chosen
    return f"{id}/{next(_candidates(directory, provider, model_id))}"


def _candidates(directory: Directory, provider: Provider, chosen: str) -> Iterator[str]:
    tiers, ids = provider.tiers, directory.ids(provider)
    biggest = tiers is not None and chosen == tiers.best != tiers.fast
    if not biggest and directory.filling.certain(provider, chosen):
        yield chosen
    if provider.vendor.filler and _is_there(directory, provider, provider.vendor.filler):
        yield provider.vendor.filler
    if tiers is None:
        yield from (id for id in ids if directory.filling.certain(provider, id))
    else:
        fast = directory.settings.models.fast or ""
        if fast.startswith(f"{provider.id}/"):
            yield fast.partition("/")[2]
        if _is_there(directory, provider, tiers.fast):
            yield tiers.fast
    yield chosen


def _is_there(directory: Directory, provider: Provider, model_id: str) -> bool:
    """Whether the provider has it, as far as that is known; who merely speaks a wire has models of its own."""
    listed = [info.id.partition("/")[2] for info in directory.listed.get(provider.id, ())]
    if not provider.official:
        return model_id in (*provider.settings.models, *listed)
    stem = model_id.removesuffix("-latest")
    return not listed or model_id in listed or any(id.startswith(f"{stem}-") for id in listed)
