"""Keyrings that live and die with the process, for `keyring.set_keyring` or as `PYTHON_KEYRING_BACKEND`."""

import contextlib
import threading
from collections.abc import Generator
from typing import TypeVar

import keyring
from keyring import errors
from keyring.backend import KeyringBackend

T = TypeVar("T", bound=KeyringBackend)


class Memory(KeyringBackend):
    """Does what it should."""

    priority = -1.0  # pyright: ignore[reportAssignmentType] - the library has a property of the class

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.is_asked()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.is_asked()
        self.held[service, username] = self.kept(password)

    def delete_password(self, service: str, username: str) -> None:
        self.is_asked()
        del self.held[service, username]

    def is_asked(self) -> None:
        self.asked += 1

    def kept(self, password: str) -> str:
        return password

    @property
    def names(self) -> set[str]:
        """What it holds of ours."""
        return {name for service, name in self.held if service == "llm-ls"}


class Hanging(Memory):
    """Waits for somebody who does not come, until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def is_asked(self) -> None:
        super().is_asked()
        self.goes_on.wait()


class Locked(Memory):
    """Nobody unlocks it while it is `locked`."""

    def __init__(self) -> None:
        super().__init__()
        self.locked = True

    def is_asked(self) -> None:
        super().is_asked()
        if self.locked:
            raise errors.KeyringLocked("Failed to unlock the collection!")


class Small(Memory):
    """Takes no more than Windows does, and says so with all it was given."""

    def kept(self, password: str) -> str:
        if len(password) > 1280:
            raise ValueError(f"too long: {password}")
        return password


class Cutting(Memory):
    """Keeps less than it was given."""

    def kept(self, password: str) -> str:
        return password[:4]


@contextlib.contextmanager
def used(backend: T) -> Generator[T]:
    """Have `backend` for this process's keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield backend
    finally:
        keyring.set_keyring(before)
