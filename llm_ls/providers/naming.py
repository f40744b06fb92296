"""Names of models and providers: which ones are near to a name that is not there, and how to say so."""

from collections.abc import Iterable

from llm_ls import errors


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The three of `known` that are most like `name`, the most alike first."""
    import difflib  # not in the memory of a server that nothing was asked of

    spelled = {candidate.lower(): candidate for candidate in known}
    return [spelled[found] for found in difflib.get_close_matches(name.lower(), spelled, n=3, cutoff=0.0)]


def no_such_model(
    name: str,
    known: Iterable[str],
    cause: errors.NotFound | None = None,
    remedy: str = "see `llm-ls models`",
    successor: str | None = None,
) -> errors.NotFound:
    """The error for a model that is not there: names the `successor` of one that is gone, and the nearest.

    All names are `provider/model`; `cause` is the vendor's own word.
    """
    near = nearest(name, (candidate for candidate in known if candidate not in (name, successor)))
    said = cause.message if cause else f"there is no model {name!r}"
    following = f"; its successor is {successor!r}" if successor else ""
    return errors.NotFound(
        f"{said}{following}{_the_nearest(near)}",
        hint=f"use {successor!r}" if successor else f"use one of these, or {remedy}" if near else remedy,
        provider=name.partition("/")[0] if "/" in name else None,
        model=name,
        status=cause.status if cause else None,
        request_id=cause.request_id if cause else None,
    )


def no_such_provider(name: str, known: Iterable[str]) -> errors.NotFound:
    """The error for a provider that is not there."""
    return errors.NotFound(
        f"there is no provider {name!r}{_the_nearest(nearest(name, known))}",
        hint="use one of these, or give it a kind and a baseUrl in the setting `providers`",
        provider=name,
    )


def _the_nearest(names: list[str]) -> str:
    if not names:
        return ""
    listed = enumeration([repr(name) for name in names], "and")
    return f"; the nearest {'are' if len(names) > 1 else 'is'} {listed}"


def enumeration(items: list[str], last: str) -> str:
    """`a, b and c`."""
    return f" {last} ".join(filter(None, (", ".join(items[:-1]), items[-1])))
