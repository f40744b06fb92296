"""Many sources, one `Settings`: merged per name, and the first source that sets one wins."""

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from llm_ls import wire
from llm_ls.settings import ProviderKind, Settings, checking, mcp, shapes, workspace
from llm_ls.settings.problems import Problem, shown
from llm_ls.settings.sources import Source


def merge(sources: Sequence[Source]) -> tuple[Settings, tuple[Problem, ...]]:
    """What `sources` come to, and what of them was left out; never raises, whatever they hold.

    Objects are merged member by member, lists are taken whole, `null` is not set. A restricted source sets
    only what `workspace` allows, and lengthens some lists that the others set.
    """
    problems: list[Problem] = []
    merged: dict[str, Any] = {}
    added: dict[str, list[Any]] = {path: [] for path in workspace.ADDED}
    rows: dict[str, str] = {}
    servers: dict[str, str] = {}
    for source in sources:
        kept, found = _usable(source)
        problems += found
        if source.restricted:
            for path, items in added.items():
                items.extend(workspace.taken(kept, path) or ())
        rows = dict.fromkeys(kept.get("providers", {}), source.name) | rows
        servers = dict.fromkeys(kept.get("mcpServers", {}), source.name) | servers
        _fill(merged, kept)
    for path, items in added.items():
        _lengthen(merged, path, items)
    problems += _drop_rows_without_kind(merged, rows)
    problems += _drop_misfit_servers(merged, servers)
    return wire.from_json(merged, Settings, "settings"), _once(problems)


def _usable(source: Source) -> tuple[dict[str, Any], list[Problem]]:
    problems = [source.problem] if source.problem else []
    if source.values is None:
        return {}, problems
    kept, found = checking.checked(source.values, source.name)
    problems += found
    if source.restricted:
        kept, refused = workspace.restricted(kept, source.name)
        problems += refused
    return kept, problems


def _fill(merged: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Set in `merged` what it does not have yet."""
    for name, value in values.items():
        if isinstance(value, dict):
            _fill(merged.setdefault(name, {}), cast(dict[str, Any], value))
        else:
            merged.setdefault(name, value)


def _lengthen(merged: dict[str, Any], path: str, items: Sequence[Any]) -> None:
    if items:
        so_far = workspace.taken(merged, path)
        workspace.put(merged, path, [*(shapes.default(path) if so_far is None else so_far), *items])


def _drop_rows_without_kind(merged: dict[str, Any], rows: Mapping[str, str]) -> list[Problem]:
    """A provider that is not built in is nothing until somebody says what it speaks."""
    kinds = get_args(ProviderKind)
    providers = merged.get("providers", {})
    unusable = [name for name, row in providers.items() if name not in kinds and "kind" not in row]
    disabled = {name for name in unusable if providers.pop(name).get("disabled")}
    return [
        Problem(
            f"providers.{shown(name)}",
            rows[name],
            "names a provider that is not built in, and not its kind",
            f"set its kind to {', '.join(kinds[:-1])} or {kinds[-1]}",
        )
        for name in unusable
        if name not in disabled
    ]


def _drop_misfit_servers(merged: dict[str, Any], servers: Mapping[str, str]) -> list[Problem]:
    """A server is a program or an address, and nothing until somebody says which."""
    rows = merged.get("mcpServers", {})
    misfits = {name: what for name, row in rows.items() if (what := mcp.misfit(row))}
    disabled = {name for name in misfits if rows.pop(name).get("disabled")}
    return [
        Problem(f"mcpServers.{shown(name)}", servers[name], what, "set the one that it is, or take it out")
        for name, what in misfits.items()
        if name not in disabled
    ]


def _once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """One of each: Helix, for one, sends the same table as initialization options and as configuration."""
    return tuple({(problem.path, problem.what): problem for problem in reversed(problems)}.values())[::-1]
