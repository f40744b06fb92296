"""What stands in `credentials.json`: of each entry all that is no secret, and its secrets where the file keeps them.

What is not known here, such as types of entries that a newer llm-ls may add, is kept as it is.
"""

import contextlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

import attrs

from llm_ls.auth import sealing
from llm_ls.auth.entries import EntryType, Place, Saved
from llm_ls.auth.secret import Secret

VERSION = 1

Part = Literal["refresh", "access", "key"]
"""Refresh first: with it the rest can be got again."""

PARTS: tuple[Part, ...] = ("refresh", "access", "key")
_TYPES: Mapping[str, EntryType] = {"api_key": "api_key", "oauth": "oauth"}
_PLACES: Mapping[str, Place] = {"keyring": "keyring", "file": "file"}
_NEEDED: Mapping[EntryType, Part] = {"api_key": "key", "oauth": "access"}
_FORGOTTEN_AFTER_S = 86_400.0


class Damaged(Exception):
    """It is no index."""


class Newer(Exception):
    """Its version is not known here."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@attrs.frozen
class Record:
    """An entry as the file has it.

    Attributes:
        holds: The secrets that there are, wherever they are.
        plain: Those that can be read in the file; none that are in the keyring or sealed.
        sealed: All of them, sealed in the file.
    """

    type: EntryType
    place: Place
    holds: tuple[Part, ...]
    expires_at: float | None = None
    details: Mapping[str, str] = attrs.field(factory=dict[str, str])
    plain: Mapping[str, Secret] = attrs.field(factory=dict[str, Secret])
    sealed: sealing.Sealed | None = None


class Index:
    """The whole of it; changes are made here first, and written together."""

    def __init__(self, content: dict[str, Any] | None = None) -> None:
        self._content: dict[str, Any] = {"version": VERSION, "providers": {}} if content is None else content

    def dump(self) -> bytes:
        return json.dumps(self._content, indent=1).encode() + b"\n"

    def saved(self) -> Iterator[Saved]:
        """What is known here, in order of provider and account."""
        for provider, found in sorted(self._providers.items()):
            active = self.active(provider)
            for account in sorted(found["accounts"]):
                if (record := self.record(provider, account)) is not None:
                    yield Saved(
                        provider,
                        account,
                        record.type,
                        record.place,
                        active=account == active,
                        sealed=record.place == "file" and record.sealed is not None,
                        expires_at=record.expires_at,
                        details=record.details,
                    )

    def active(self, provider: str) -> str | None:
        """The account that is used: the one that was chosen, else the first; `None` if none is known."""
        found = self._providers.get(provider, {})
        known = [account for account in sorted(found.get("accounts", ())) if self.record(provider, account) is not None]
        chosen = found.get("active")
        return chosen if chosen in known else next(iter(known), None)

    def accounts(self, provider: str) -> tuple[str, ...]:
        """All of them, also those whose entries are not known here."""
        return tuple(sorted(self._providers.get(provider, {}).get("accounts", ())))

    def record(self, provider: str, account: str) -> Record | None:
        """The entry; `None` if there is none, or if it is of a type or in a place that is not known here."""
        found = self._providers.get(provider, {}).get("accounts", {}).get(account)
        return _record(cast(dict[str, Any], found)) if isinstance(found, dict) else None

    def put(self, provider: str, account: str, record: Record, *, activate: bool) -> None:
        found = self._providers.setdefault(provider, {})
        if activate or self.active(provider) is None:
            found["active"] = account
        accounts = found.setdefault("accounts", {})
        before = accounts.get(account)
        kept = cast(dict[str, Any], before) if isinstance(before, dict) else {}
        accounts[account] = {name: value for name, value in kept.items() if name not in _MEMBERS} | _members(record)

    def choose(self, provider: str, account: str) -> None:
        self._providers[provider]["active"] = account

    def remove(self, provider: str, account: str) -> None:
        accounts = self._providers[provider]["accounts"]
        accounts.pop(account, None)
        if not accounts:
            del self._providers[provider]

    def expired(self, now: float) -> tuple[tuple[str, str], ...]:
        """Whose tokens have been of no use for a day, and cannot be refreshed."""
        found: list[tuple[str, str]] = []
        for saved in self.saved():
            record = self.record(saved.provider, saved.account)
            lasting = record is None or record.type != "oauth" or "refresh" in record.holds
            if not lasting and saved.expires_at is not None and saved.expires_at + _FORGOTTEN_AFTER_S < now:
                found.append((saved.provider, saved.account))
        return tuple(found)

    @property
    def _providers(self) -> dict[str, Any]:
        return self._content["providers"]


def parse(data: bytes) -> Index:
    """The index that `data` is.

    Raises:
        Damaged: It is none.
        Newer: It is one of a newer llm-ls.
    """
    content = _object(data)
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise Damaged
    if version > VERSION:
        raise Newer(version)
    providers = content.get("providers")
    if not isinstance(providers, dict):
        raise Damaged
    for provider in cast(dict[str, object], providers).values():
        accounts = cast(dict[str, object], provider).get("accounts") if isinstance(provider, dict) else None
        if not isinstance(accounts, dict):
            raise Damaged
    return Index(content)


def _object(data: bytes) -> dict[str, Any]:
    found: object = None
    with contextlib.suppress(ValueError, RecursionError):  # not kept: it holds all of the text
        found = json.loads(data)
    if not isinstance(found, dict):
        raise Damaged
    return cast(dict[str, Any], found)


_MEMBERS = ("type", "place", "holds", "expiresAt", "details", "plain", "sealed")


def _members(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {"type": record.type, "place": record.place, "holds": list(record.holds)}
    if record.expires_at is not None:
        found["expiresAt"] = record.expires_at
    if record.details:
        found["details"] = dict(record.details)
    if record.plain:
        found["plain"] = {part: secret.reveal() for part, secret in record.plain.items()}
    if record.sealed is not None:
        found["sealed"] = sealing.to_json(record.sealed)
    return found


def _record(found: dict[str, Any]) -> Record | None:
    kind, place = _TYPES.get(str(found.get("type"))), _PLACES.get(str(found.get("place")))
    holds = cast(list[object], found["holds"]) if isinstance(found.get("holds"), list) else []
    if kind is None or place is None or _NEEDED[kind] not in holds:
        return None
    return Record(
        type=kind,
        place=place,
        holds=tuple(part for part in PARTS if holds.count(part)),
        expires_at=_time(found.get("expiresAt")),
        details=texts(found.get("details")),
        plain={part: Secret(text) for part, text in texts(found.get("plain")).items()},
        sealed=sealing.from_json(found.get("sealed")),
    )


def texts(found: object) -> dict[str, str]:
    """The members that are texts."""
    members = cast(dict[str, object], found) if isinstance(found, dict) else {}
    return {name: value for name, value in members.items() if isinstance(value, str)}


def _time(value: object) -> float | None:
    with contextlib.suppress(OverflowError):
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None
