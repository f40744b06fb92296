"""The login that OpenAI's Codex keeps (https://github.com/openai/codex): a key or tokens; read, never written.

Its tokens are not refreshed here: a refresh token is good for one use, and Codex would be left with a spent one.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import attrs

from llm_ls import errors
from llm_ls.auth import identity, watched
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.auth.sendable import is_token
from llm_ls.auth.watched import Watched

TOOL = "Codex's login"

Kind = Literal["openai", "chatgpt"]

_BASE_URL = "https://chatgpt.com/backend-api/codex"
_CLAIMS = "https://api.openai.com/auth"


@attrs.frozen
class Kept:
    """What is in the file.

    Attributes:
        key: For the API; `None` where there is none.
        access: For the API that goes by a plan of ChatGPT's; `None` where there is none.
        account: Whose plan; empty if that is not said.
    """

    key: Secret | None
    access: Secret | None
    account: str


class CodexLogin:
    """What Codex would send, as long as it lasts."""

    def __init__(self, kind: Kind, provider: str, environment: Mapping[str, str]) -> None:
        self._kind: Kind = kind
        self._provider = provider
        self._environment = environment

    async def get(self) -> Grant:
        """The key, or the token as it is now.

        Raises:
            MissingCredentials: There is none any more, or the file is not as it has to be.
            SignInRequired: The token has expired.
        """
        at = file(self._environment)
        try:
            watched.read(at, private=True)
            kept = _READ.get(at)
        except watched.Unusable as error:
            raise errors.MissingCredentials(
                f"no credential for {self._provider}: {error.message}", hint=error.hint, provider=self._provider
            ) from None
        found = kept and _of(self._kind, kept)
        if kept is None or found is None:
            raise errors.MissingCredentials(
                f"no credential for {self._provider}: Codex is not signed in any more",
                hint=f"run `codex login`, or `llm-ls login {self._provider}`",
                provider=self._provider,
            )
        if self._kind == "openai":
            return Grant(found)
        if _expired(found):
            raise errors.SignInRequired(
                f"the token of Codex's login in {at} has expired",
                hint=f"run codex once, or sign in with `llm-ls login {self._provider}`",
                provider=self._provider,
            )
        account = {"chatgpt-account-id": kept.account} if kept.account else {}
        return Grant(found, _BASE_URL, {"originator": "llm-ls", **account})

    def forget(self, refused: Secret) -> None:
        """Nothing is held: the file is looked at each time."""


def file(environment: Mapping[str, str]) -> Path:
    """Where Codex keeps it, if not in the keyring."""
    return watched.folder(environment, "CODEX_HOME", ".codex") / "auth.json"


def holds(kind: Kind, environment: Mapping[str, str]) -> bool:
    """Whether there is a login of this kind, be it safe to use or not."""
    try:
        kept = _READ.get(file(environment))
    except watched.Unusable:
        return False
    return kept is not None and _of(kind, kept) is not None


def _of(kind: Kind, kept: Kept) -> Secret | None:
    return kept.key if kind == "openai" else kept.access


def _read(file: Path) -> Kept:
    content = watched.json_object(file, watched.read(file))
    tokens = watched.members(content, "tokens")
    access = watched.text(tokens, "access_token")
    return Kept(
        _secret(watched.text(content, "OPENAI_API_KEY")),
        _secret(access),
        _account(watched.text(tokens, "account_id"), (tokens.get("id_token"), access)),
    )


def _secret(text: str) -> Secret | None:
    return Secret(text) if is_token(text) else None


def _account(said: str, tokens: tuple[object, ...]) -> str:
    """Whose plan it is, by the file or else by what the tokens claim; empty if nobody says."""
    claims = (watched.members(identity.claims_of(token), _CLAIMS) for token in tokens)
    names = (said, *(watched.text(claim, "chatgpt_account_id") for claim in claims))
    return next((name for name in names if is_token(name)), "")


def _expired(token: Secret) -> bool:
    ends = identity.claims_of(token.reveal()).get("exp")
    return isinstance(ends, int | float) and ends <= time.time()


_READ = Watched(_read)
