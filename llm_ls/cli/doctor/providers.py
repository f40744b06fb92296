"""Whether the providers that the user has can be asked, by asking them: a few tokens each, all at once."""

import asyncio
from collections.abc import Iterable, Sequence

import attrs

from llm_ls import errors
from llm_ls.cli.doctor import check
from llm_ls.cli.doctor.check import Check, State
from llm_ls.providers import naming
from llm_ls.providers.connection_report import SKEW_S, ConnectionReport
from llm_ls.providers.registry import ProviderStatus, Registry

_LIMIT_S = 20.0
_NO_KEY = (errors.Authentication, errors.MissingCredentials, errors.SignInRequired, errors.StorageFailed)
_NOT_REACHED = (errors.ConnectionFailed, errors.TimedOut, errors.SettingsInvalid)


@attrs.frozen
class Examined:
    """What came of asking one provider.

    Attributes:
        models: Those that it lists, as `provider/model`.
    """

    provider: str
    checks: tuple[Check, ...]
    models: tuple[str, ...] = ()


def servers(registry: Registry, known: Iterable[str]) -> Check:
    """The model servers that were found on this machine, beside the providers that are `known` anyway."""
    before = set(known)
    found = [row for row in registry.providers() if row.configured and row.id not in before]
    told = [f"{row.name} at {registry.address(row.id)} with {_count(len(row.models), 'model')}" for row in found]
    return Check("local servers", "ok", naming.enumeration(told, "and") if told else "none found on the usual ports")


async def examine(registry: Registry, asked: Sequence[ProviderStatus]) -> tuple[Examined, ...]:
    """Ask each of these providers for its models, and one model for a few words."""
    await asyncio.gather(*(registry.warm(row.id) for row in asked))  # an import would count as the vendor's slowness
    return tuple(await asyncio.gather(*(_examine(registry, row) for row in asked)))


def unasked(registry: Registry, rows: Iterable[ProviderStatus]) -> tuple[Examined, ...]:
    """The same as far as it can be said without asking."""
    why = "not asked, because of --offline"
    return tuple(
        Examined(
            row.id,
            (
                _address(registry, row),
                Check(f"{row.id}: reachable", "skipped", why),
                Check(f"{row.id}: credential", "skipped", f"{_source(row)}; {why}"),
                Check(f"{row.id}: model", "skipped", why),
                Check(f"{row.id}: clock", "skipped", why),
            ),
        )
        for row in rows
    )


def unfinished(registry: Registry, rows: Iterable[ProviderStatus]) -> list[Check]:
    """What lacks for those that the settings name and that cannot be asked yet."""
    return [
        Check(f"{row.id}: configured", "warning", "the settings name it, and it cannot be asked", registry.lack(row.id))
        for row in rows
        if not row.configured
    ]


async def _examine(registry: Registry, row: ProviderStatus) -> Examined:
    default = registry.default_name("chat") or ""
    model = default.partition("/")[2] if row.active else None
    report = await registry.test_connection(row.id, model, None, _LIMIT_S)
    checks = (
        _address(registry, row),
        _reachable(row, report),
        _credential(row, report),
        _model(row, report),
        _clock(row, report),
    )
    return Examined(row.id, checks, report.models)


def _address(registry: Registry, row: ProviderStatus) -> Check:
    address = registry.address(row.id)
    if not address and row.kind != "local":
        return Check(f"{row.id}: address", "skipped", "there is none that can be used")
    return Check(f"{row.id}: address", "ok", address or "a file on this machine")


def _reachable(row: ProviderStatus, report: ConnectionReport) -> Check:
    name = f"{row.id}: reachable"
    if isinstance(report.error, _NOT_REACHED):
        return check.failed(name, report.error)
    if isinstance(report.error, errors.MissingCredentials | errors.SignInRequired | errors.StorageFailed):
        return Check(name, "skipped", "it was not asked without a credential")
    return Check(name, "ok", f"through the proxy {report.proxy}" if report.proxy else "straight, without a proxy")


def _credential(row: ProviderStatus, report: ConnectionReport) -> Check:
    name = f"{row.id}: credential"
    error = report.error
    if isinstance(error, errors.Authentication) or (isinstance(error, errors.PermissionDenied) and not report.models):
        return Check(name, "failed", f"{_source(row)}; {error.message}", error.hint)
    if isinstance(error, _NO_KEY):
        return check.failed(name, error)
    if isinstance(error, _NOT_REACHED) and not report.models:
        return Check(name, "skipped", f"{_source(row)}; it was not reached")
    return Check(name, "ok", _source(row) if row.credential == "not_needed" else f"{_source(row)}; it was accepted")


def _model(row: ProviderStatus, report: ConnectionReport) -> Check:
    name = f"{row.id}: model"
    error, model = report.error, report.model
    if error is None:
        return Check(name, "ok", f"{model} began to answer after {report.latency_ms} ms")
    if isinstance(error, (*_NO_KEY, *_NOT_REACHED)):
        return Check(name, "skipped", "no model could be asked")
    if isinstance(error, errors.NotFound) and model is not None:
        near = naming.nearest(model, (other for other in report.models if other != model))
        if near:
            return Check(name, "failed", error.message, f"use {naming.enumeration([repr(one) for one in near], 'or')}")
    return check.failed(name, error)


def _clock(row: ProviderStatus, report: ConnectionReport) -> Check:
    name, skew_s = f"{row.id}: clock", report.clock_skew_s
    if skew_s is not None:
        return Check(
            name,
            "warning",
            f"its clock is {_duration(abs(skew_s))} {'ahead of' if skew_s > 0 else 'behind'} that of this machine",
            "set the clock of this machine if it is wrong, since tokens and certificates fail by a wrong one",
        )
    state: State = "skipped" if isinstance(report.error, _NOT_REACHED) else "ok"
    return Check(name, state, f"not known to differ by more than {SKEW_S} s")


def _source(row: ProviderStatus) -> str:
    match row.credential:
        case "environment":
            return "from the environment"
        case "command":
            return "from apiKeyCommand"
        case "not_needed":
            return "none is needed"
        case "oauth":
            return "from a sign-in"
        case "keyring" | "file":
            return f"from the {row.credential} where llm-ls keeps keys"
        case "other_tool":
            return "from the login of another tool"
        case source:
            return source.replace("_", " ")


def _duration(seconds: int) -> str:
    """`seconds` in the largest unit of which they are two."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
