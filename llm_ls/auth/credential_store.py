"""Keeps keys and sign-ins: secrets in the keyring where it proves to work, else in a file; all else in that file.

What was asked for is done to its end even if who asked is cancelled: half of it could cost a sign-in.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncGenerator, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from llm_ls import errors
from llm_ls.auth import credential_index, file_lock, keyrings
from llm_ls.auth.credential_file import CredentialFile, Known, unusable
from llm_ls.auth.credential_index import PARTS, Index, Part, Record
from llm_ls.auth.entries import Entry, Place, Saved, SavedKey, SignedIn
from llm_ls.auth.sealing import Sealer
from llm_ls.auth.secret import Secret
from llm_ls.settings import StoreChoice

T = TypeVar("T")

REFRESHING_S = 60.0
"""How long to wait for another process that refreshes the same sign-in."""

_logger = logging.getLogger(__name__)


class Replaced(Exception):
    """Somebody has put another entry there, or taken it away."""


@attrs.frozen
class Keeping:
    """Where a secret would be kept now.

    Attributes:
        place: `None` is nowhere.
        sealed: Whether whoever has the file cannot read it.
        lack: Why it is not the keyring, as the end of a sentence; empty if it is, or is not wanted.
    """

    place: Place | None
    sealed: bool = False
    lack: str = ""


class CredentialStore:
    """One of these for each process, or several: they see what others write.

    Args:
        environment: May hold the passphrase.
        choice: What the user set; may be changed at any time.
        path: The file; `None` is the one in the user's data folder.
    """

    def __init__(self, environment: Mapping[str, str], choice: StoreChoice = "auto", path: Path | None = None) -> None:
        self.choice: StoreChoice = choice
        self._file = CredentialFile(path)
        self._keyring = keyrings.USERS
        self._sealer = Sealer(environment, self._keyring)
        self._running: set[asyncio.Task[Any]] = set()
        self._logged = ""

    def saved(self, provider: str, account: str | None = None) -> Saved | None:
        """What is known of an entry; `None` as the account is the active one. Takes microseconds, raises nothing."""
        return self._known().get((provider, account))

    def all(self) -> tuple[Saved, ...]:
        """What is known of all of them, in order of provider and account; raises nothing."""
        return tuple(saved for (_, account), saved in self._known().items() if account is not None)

    @property
    def state(self) -> object:
        """Another one after every change, whoever makes it."""
        return self._file.state

    def check(self) -> None:
        """Make sure that it can be told what is saved.

        Raises:
            StorageFailed: The file cannot be used.
        """
        if self.choice != "environment":
            _ = self._file.known

    @property
    def problem(self) -> str:
        """Why the file cannot be used; empty if it can, as it can where there is none yet."""
        try:
            self.check()
        except errors.StorageFailed as error:
            return error.sentence
        return ""

    async def keeping(self) -> Keeping:
        """Where a secret would be kept now; tries the keyring."""
        if self.choice == "environment":
            return Keeping(None)
        lack = await self._keyring.problem()
        if not lack and self.choice != "file":
            return Keeping("keyring")
        if self.choice == "keyring":
            return Keeping(None, lack=lack)
        return Keeping("file", self._sealer.has_passphrase or not lack, lack)

    async def load(self, provider: str, account: str | None = None) -> Entry | None:
        """An entry with its secrets.

        Raises:
            StorageFailed: The file or the keyring cannot be used, or the passphrase is missing or another one.
        """
        if self.choice == "environment":
            return None
        while True:
            index = self._file.read()
            chosen = index.active(provider) if account is None else account
            record = None if chosen is None else index.record(provider, chosen)
            if chosen is None or record is None:
                return None
            try:
                return _entry(record, await self._secrets(provider, chosen, record), provider)
            except errors.StorageFailed:
                if self._file.read().record(provider, chosen) == record:  # else it has been moved meanwhile
                    raise

    async def save(
        self, provider: str, account: str, entry: Entry, *, activate: bool = True, instead_of: Entry | None = None
    ) -> Saved:
        """Keep an entry in place of the account's last one, or only of that which is given.

        Raises:
            Replaced: There is another one by now, or none.
            SettingsInvalid: The user wants nothing saved.
            StorageFailed: It cannot be kept; the last one is as it was.
        """
        if self.choice == "environment":
            raise errors.SettingsInvalid(
                f'nothing can be saved for {provider!r}: `credentials.store` is "environment"',
                hint='set `credentials.store` to "auto", or set the provider\'s variable in the environment',
                provider=provider,
            )
        return await self._to_the_end(self._save(provider, account, entry, activate, instead_of))

    async def delete(self, provider: str, account: str | None = None) -> int:
        """Forget an account, or all of the provider's; how many there were.

        Raises:
            StorageFailed: The file cannot be used. A keyring that cannot is no hindrance.
        """
        return 0 if self.choice == "environment" else await self._to_the_end(self._delete(provider, account))

    async def activate(self, provider: str, account: str) -> None:
        """Use this account of the provider from now on.

        Raises:
            NotFound: There is none of that name.
            StorageFailed: The file cannot be used.
        """
        await self._to_the_end(self._activate(provider, account))

    @contextlib.asynccontextmanager
    async def refreshing(self, provider: str, account: str) -> AsyncGenerator[None]:
        """Be the only one, in all processes, that refreshes this sign-in. Load it again inside: it may be new.

        Raises:
            TimedOut: Somebody else has been at it for a minute.
            StorageFailed: The lock cannot be made.
        """
        import hashlib

        name = hashlib.sha256(json.dumps([provider, account]).encode()).hexdigest()[:32]
        path = self._file.path.parent / "locks" / f"{name}.lock"
        async with contextlib.AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(file_lock.held(path, REFRESHING_S))
            except file_lock.Busy:
                raise errors.TimedOut(
                    f"another process has been refreshing the sign-in of {provider!r} for {REFRESHING_S:g} s",
                    hint="try again, or end other processes of llm-ls",
                    provider=provider,
                ) from None
            except OSError as error:
                raise unusable(path, error) from error
            yield

    async def make_room(self) -> None:
        """Make sure that what a refresh gives can be saved: it may cost what there is.

        Raises:
            StorageFailed: It cannot.
        """
        await self._file.make_room()

    def _known(self) -> Known:
        if self.choice == "environment":
            return {}
        try:
            return self._file.known
        except errors.StorageFailed as error:
            if error.message != self._logged:
                self._logged = error.message
                _logger.warning("%s", error.sentence)
            return {}

    async def _secrets(self, provider: str, account: str, record: Record) -> Mapping[str, Secret]:
        if record.place == "file" and record.sealed is not None:
            text = await self._sealer.open(record.sealed, (provider, account))
            return {part: Secret(secret) for part, secret in credential_index.texts(_json(text)).items()}
        if record.place == "file":
            return record.plain
        try:
            held = await self._keyring.get(*_names(provider, account, record.holds))
        except keyrings.Unusable as error:
            raise errors.StorageFailed(
                f"what is saved for {provider!r} is in the keyring, which cannot be used: {error}",
                hint="unlock the keyring and try again",
                provider=provider,
            ) from None
        return {part: secret for part, secret in zip(record.holds, held, strict=True) if secret is not None}

    async def _save(self, provider: str, account: str, entry: Entry, activate: bool, instead_of: Entry | None) -> Saved:
        async with self._file.locked():
            index = self._file.read()
            unchanged, before = index.dump(), index.record(provider, account)
            if instead_of is not None and not await self._holds(provider, account, before, instead_of):
                raise Replaced
            was_in_keyring = before is not None and before.place == "keyring"
            record = await self._kept(provider, account, entry)
            index.put(provider, account, record, activate=activate)
            expired = _remove_expired(index, keep=(provider, account))
            kept: tuple[Part, ...] = record.holds if record.place == "keyring" else ()
            try:
                if index.dump() != unchanged:
                    await self._file.write(index)
                else:
                    self._file.touch()
            except errors.StorageFailed:
                if not was_in_keyring:
                    await self._remove_from_keyring(_names(provider, account, kept))
                raise
            held: tuple[Part, ...] = before.holds if before is not None and was_in_keyring else ()
            if record.place == "file" and self.choice == "auto":  # the keyring may have taken a part
                held = PARTS
            left = tuple(part for part in held if part not in kept)
            await self._remove_from_keyring(_names(provider, account, left), surely=was_in_keyring)
            await self._remove_from_keyring(expired)
        return next(saved for saved in index.saved() if (saved.provider, saved.account) == (provider, account))

    async def _holds(self, provider: str, account: str, record: Record | None, entry: Entry) -> bool:
        """Whether `record` is of `entry`, as far as can be told while the keyring may be locked."""
        if record is None:
            return False
        try:
            return _entry(record, await self._secrets(provider, account, record), provider) == entry
        except errors.StorageFailed:
            blank = _blank(entry, record.holds)
            return (blank.type, blank.expires_at, blank.details) == (record.type, record.expires_at, record.details)

    async def _kept(self, provider: str, account: str, entry: Entry) -> Record:
        """How the file will have `entry`; what belongs in the keyring is there already."""
        secrets = _parts(entry)
        blank = _blank(entry, tuple(secrets))
        if self.choice != "file":
            names = _names(provider, account, blank.holds)
            try:
                await self._keyring.put(tuple(zip(names, secrets.values(), strict=True)))
            except keyrings.Unusable as error:
                if self.choice == "keyring":
                    raise errors.StorageFailed(
                        f"the keyring cannot be used for {provider!r}: {error}",
                        hint='unlock the keyring, or set `credentials.store` to "auto" or "file"',
                        provider=provider,
                    ) from None
                _logger.info("the credential of %r goes to the file; the keyring cannot be used: %s", provider, error)
            else:
                return attrs.evolve(blank, place="keyring")
        text = json.dumps({part: secret.reveal() for part, secret in secrets.items()})
        sealed = await self._sealer.seal(text, (provider, account))
        return attrs.evolve(blank, sealed=sealed, plain={} if sealed else secrets)

    async def _delete(self, provider: str, account: str | None) -> int:
        if not self._file.read().accounts(provider):
            return 0  # also where nothing can be written
        async with self._file.locked():
            index = self._file.read()
            there = index.accounts(provider)
            chosen = there if account is None else tuple(name for name in there if name == account)
            records = [index.record(provider, name) for name in chosen]
            names = tuple(name for account in chosen for name in _names(provider, account, PARTS))
            for name in chosen:
                index.remove(provider, name)
            expired = _remove_expired(index)
            await self._file.write(index)
            in_keyring = any(record is None or record.place == "keyring" for record in records)
            if in_keyring or self.choice != "file":
                await self._remove_from_keyring(names, surely=in_keyring)
            await self._remove_from_keyring(expired)
        return len(chosen)

    async def _activate(self, provider: str, account: str) -> None:
        async with self._file.locked():
            index = self._file.read()
            if index.record(provider, account) is None:
                there = ", ".join(repr(saved.account) for saved in index.saved() if saved.provider == provider)
                raise errors.NotFound(
                    f"{provider!r} has no account {account!r}; it has {there or 'none'}",
                    hint="choose one of these" if there else f"sign in to {provider}, or save a key for it",
                    provider=provider,
                )
            index.choose(provider, account)
            await self._file.write(index)

    async def _remove_from_keyring(self, names: tuple[str, ...], *, surely: bool = True) -> None:
        """Let the keyring hold none of them; `surely` is whether it did."""
        try:
            if names:
                await self._keyring.delete(*names)
        except keyrings.Unusable as error:
            level = logging.WARNING if surely else logging.DEBUG
            _logger.log(level, "what the keyring holds as %s stays there: %s", ", ".join(names), error)

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_log_failure)
            raise


def _json(text: str) -> object:
    with contextlib.suppress(ValueError):  # not kept: it holds all of the text
        return json.loads(text)
    return None


def _names(provider: str, account: str, parts: Iterable[str]) -> tuple[str, ...]:
    """What these parts are called in the keyring."""
    return tuple(f"{provider}/{account}/{part}" for part in parts)


def _parts(entry: Entry) -> dict[Part, Secret]:
    """Its secrets, in the order in which they are to be kept."""
    if isinstance(entry, SavedKey):
        return {"key": entry.key}
    return {"refresh": entry.refresh, "access": entry.access} if entry.refresh else {"access": entry.access}


def _blank(entry: Entry, holds: tuple[Part, ...]) -> Record:
    if isinstance(entry, SavedKey):
        return Record("api_key", "file", holds)
    return Record("oauth", "file", holds, entry.expires_at, entry.details)


def _entry(record: Record, secrets: Mapping[str, Secret], provider: str) -> Entry:
    if not record.holds or any(part not in secrets for part in record.holds):
        raise errors.StorageFailed(
            f"a part of what was saved for {provider!r} is no longer in the {record.place}",
            hint="sign in or save the key again",
            provider=provider,
        )
    if record.type == "api_key":
        return SavedKey(secrets["key"])
    return SignedIn(secrets["access"], secrets.get("refresh"), record.expires_at, record.details)


def _remove_expired(index: Index, keep: tuple[str, str] | None = None) -> tuple[str, ...]:
    """Take what is of no more use out of the index; what the keyring holds of it."""
    gone: list[str] = []
    for provider, account in index.expired(time.time()):
        record = index.record(provider, account)
        if (provider, account) != keep and record is not None:
            index.remove(provider, account)
            gone += _names(provider, account, record.holds) if record.place == "keyring" else ()
    return tuple(gone)


def _log_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (failure := task.exception()) is not None:
        _logger.error("a change to the saved credentials failed: %s", failure)
