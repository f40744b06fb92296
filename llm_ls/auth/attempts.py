"""A sign-in under way: what the person is shown, and what comes of it. One that is left ends at once."""

from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

import attrs

from llm_ls.auth.entries import ONLY_ACCOUNT, Entry

Method = Literal["device", "browser", "paste"]


@attrs.frozen(eq=False, repr=False)
class Invitation:
    """What the person needs to sign in.

    Attributes:
        url: The page to open; https, or http on this machine.
        code: To be typed in there; empty where the page knows.
        lasts_s: Seconds until it is too late.
        takes_paste: Whether the page's last address, or the code that it shows, can be given to `paste`.
    """

    url: str
    code: str = ""
    lasts_s: float = 300.0
    takes_paste: bool = False


@attrs.frozen
class Identity:
    """Whom the vendor took the person for, and what it gave."""

    entry: Entry
    account: str = ONLY_ACCOUNT


class Ended(Exception):
    """The sign-in came to nothing, and nobody is to blame."""

    def __init__(self, status: Literal["denied", "expired"], message: str) -> None:
        super().__init__(message)
        self.status: Literal["denied", "expired"] = status


class Attempt(Protocol):
    """A sign-in that waits for the person."""

    @property
    def invitation(self) -> Invitation: ...

    async def finished(self) -> Identity:
        """Wait for the person.

        Raises:
            Ended: They refused, or took too long.
            LlmLsError: It failed.
        """
        ...

    def paste(self, text: str) -> None:
        """Take what the person copied from the page in place of its visit here.

        Raises:
            InvalidRequest: It is not that, or not of this sign-in; the attempt goes on.
        """
        ...


Attempting = AbstractAsyncContextManager[Attempt]
