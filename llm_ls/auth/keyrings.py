"""The operating system's keyring, as far as it proves to work: by setting, getting and deleting something in it.

The library says nothing about that, and any call may wait for ever for a person who is asked to unlock: each is made on
a thread that nobody has to wait for, not even the end of the process.
"""

import asyncio
import contextlib
import importlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeVar, cast

import attrs

from llm_ls.auth.secret import Secret
from llm_ls.presentable import presentable

T = TypeVar("T")

SERVICE = "llm-ls"
LIMIT_S = 8.0
"""How long a call may take."""

AGAIN_S = 60.0
"""How long it is taken for unusable after it was found so."""

_REASON_LENGTH = 200
_NONE = "keyring.backends.fail"
_NO_KEYRINGS = (_NONE, "keyring.backends.null", "keyrings.alt", "keyrings.cryptfile")
"""They keep nothing, keep it in plain text, or ask for a password where the editor's messages come in."""


class Unusable(Exception):
    """The keyring cannot be used, or did not take or give a secret; says why as the end of a sentence, no secret."""


class Backend(Protocol):
    """What is used of one of the library's keyrings."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class Keyring:
    """Imports the library when it is first asked for something."""

    def __init__(self) -> None:
        self._proving = threading.Lock()
        self._proven: Backend | None = None
        self._refusal: _Refusal | None = None
        self._waiting: threading.Thread | None = None

    async def problem(self) -> str:
        """Why it cannot be used; empty if it can."""
        try:
            await self._call(type)
        except Unusable as error:
            return str(error)
        return ""

    async def get(self, *names: str) -> tuple[Secret | None, ...]:
        """The secrets, `None` for each that it does not hold.

        Raises:
            Unusable: It gives none.
        """

        def work(backend: Backend) -> tuple[Secret | None, ...]:
            texts = [backend.get_password(SERVICE, name) for name in names]
            return tuple(None if text is None else Secret(text) for text in texts)

        return await self._call(work)

    async def put(self, secrets: Sequence[tuple[str, Secret]]) -> None:
        """Keep each secret under its name, in this order.

        Raises:
            Unusable: One was not taken; those before it were.
        """

        def work(backend: Backend) -> None:
            for name, secret in secrets:
                backend.set_password(SERVICE, name, secret.reveal())
                if backend.get_password(SERVICE, name) != secret.reveal():
                    raise Unusable("it gives something else than what it took")

        await self._call(work)

    async def delete(self, *names: str) -> None:
        """Hold none of them any longer.

        Raises:
            Unusable: Some may still be there.
        """

        def work(backend: Backend) -> None:
            for name in names:
                if backend.get_password(SERVICE, name) is not None:
                    backend.delete_password(SERVICE, name)

        await self._call(work)

    async def _call(self, work: Callable[[Backend], T]) -> T:
        if self._waiting is not None and self._waiting.is_alive():
            raise Unusable("it has not answered yet; it may be waiting for somebody to unlock it")
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # so that it cannot be cancelled

        def job() -> None:
            try:
                done.set_result(self._carry_out(work))
            except BaseException as error:  # it is the caller's
                done.set_exception(error)

        # Not an executor's: those are waited for when the process ends.
        thread = threading.Thread(target=job, name="llm-ls keyring", daemon=True)
        thread.start()
        try:
            async with asyncio.timeout(LIMIT_S):
                return await asyncio.wrap_future(done)
        except TimeoutError:
            self._waiting = thread
            raise Unusable(f"it did not answer within {LIMIT_S:g} s") from None

    def _carry_out(self, work: Callable[[Backend], T]) -> T:
        with self._proving:
            backend = self._usable()
        said = ""
        try:
            return work(backend)
        except Unusable:
            raise
        except Exception as error:  # backends raise what they like, which may hold the secret
            said = _named(error)
        raise Unusable(said)

    def _usable(self) -> Backend:
        """The keyring, which has proven itself."""
        found, now = cast(Backend | None, None), time.monotonic()
        try:
            found = _chosen()
            if found is self._proven:
                return found
            if self._refusal is not None and found is self._refusal.backend:
                if now < self._refusal.again_at:
                    raise Unusable(self._refusal.reason)
                found = _chosen_anew(found)
            _prove(found)
        except Unusable as error:
            reason = str(error)
        except Exception as error:  # backends raise what they like, and there may be none of the name that is set
            reason = _explained(error)
        else:
            self._proven = found
            return found
        if self._refusal is None or found is not self._refusal.backend or now >= self._refusal.again_at:
            self._refusal = _Refusal(found, reason, now + AGAIN_S)
        raise Unusable(reason)


@attrs.frozen(eq=False)
class _Refusal:
    """What was found wrong with a keyring, which holds for a while."""

    backend: Backend | None
    reason: str
    again_at: float


USERS = Keyring()
"""The one of this process: what was found out about it holds for everybody here."""


def _chosen() -> Backend:
    return cast(Backend, importlib.import_module("keyring.core").get_keyring())


def _chosen_anew(before: Backend) -> Backend:
    """Where the library found none, it is made to look again; else the one from `before`."""
    if not _is_among(before, (_NONE,)):
        return before
    with contextlib.suppress(AttributeError):  # it keeps its list for good
        importlib.import_module("keyring.backend").get_all_keyring.reset()
    importlib.import_module("keyring.core").init_backend()
    return _chosen()


def _prove(backend: Backend) -> None:
    first = next(iter(getattr(backend, "backends", ())), backend)  # a chain of them writes to the first
    if _is_among(backend, (_NONE,)) or _is_among(first, (_NONE,)):
        raise Unusable("there is none")
    if _is_among(first, _NO_KEYRINGS):
        raise Unusable(f"{type(first).__module__} keeps no secrets safe")
    name = f"probe/{os.urandom(8).hex()}"
    backend.set_password(SERVICE, name, name)
    try:
        if backend.get_password(SERVICE, name) != name:
            raise Unusable("it gives something else than what it took")
    finally:
        backend.delete_password(SERVICE, name)


def _is_among(backend: object, modules: tuple[str, ...]) -> bool:
    module = type(backend).__module__
    return any(module == name or module.startswith(f"{name}.") for name in modules)


def _named(error: Exception) -> str:
    kind = type(error).__name__
    return {"KeyringLocked": "it is locked", "NoKeyringError": "there is none"}.get(kind, f"it failed with {kind}")


def _explained(error: Exception) -> str:
    """The reason with the backend's own words, which can hold no secret before there was one."""
    words = presentable(str(error))[:_REASON_LENGTH].rstrip(" .")
    return f"{_named(error)} ({words})" if words else _named(error)
