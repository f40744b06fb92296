"""A keyring that fails, and quotes in its errors what it was given."""

from keyring import errors
from keyring.backend import KeyringBackend


class Telltale(KeyringBackend):
    """Proves to work at first, and then does not."""

    priority = 9.0  # pyright: ignore[reportAssignmentType] - the library has a property of the class

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._held[service, username] = password
        if "planted" in password:
            raise errors.PasswordSetError(f"cannot store {password} or {password!r} for {username}")

    def delete_password(self, service: str, username: str) -> None:
        held = self._held.pop((service, username), "")
        if "planted" in held:
            raise errors.PasswordDeleteError(f"cannot delete {held!r}")
