"""The logins of other tools that count for a provider: which one there is, and what it gives."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import attrs

from llm_ls.auth import anthropic_profiles, azure_identity, codex_login, copilot_logins, watched
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret

KINDS = frozenset(("anthropic", "azure", "chatgpt", "github-copilot", "openai"))
"""Those for which such a login can count."""

_logger = logging.getLogger(__name__)


@attrs.frozen
class Place:
    """Where a login is; as text, `GitHub Copilot's login in ~/.config/github-copilot/apps.json`.

    Attributes:
        file: `None` where it is of the environment.
    """

    tool: str
    file: Path | None

    def __str__(self) -> str:
        return f"{self.tool} in {'the environment' if self.file is None else _short(self.file)}"


class Borrowed(Protocol):
    """Another tool's login."""

    async def get(self) -> Grant:
        """What to send now.

        Raises:
            MissingCredentials: The login is gone, or is not to be used as it is.
            SignInRequired: It has ended.
            StorageFailed: What a refresh gave could not be kept.
            ProviderError: There was no token.
        """
        ...

    def forget(self, refused: Secret) -> None:
        """The vendor refused it: look again next time, and refresh it where that is ours to do."""
        ...


def place(kind: str, domain: str, environment: Mapping[str, str]) -> Place | None:
    """Where the login that counts for a kind of provider is; `None` if there is none. Asks nobody.

    Args:
        kind: The provider's row.
        domain: Its GitHub Enterprise host; empty is github.com.
        environment: Says where the tools keep their files.
    """
    try:
        return _place(kind, domain, environment) if kind in KINDS else None
    except (OSError, RuntimeError, ValueError) as error:
        _logger.debug("other tools' logins for %s cannot be looked at: %s", kind, type(error).__name__)
        return None


async def open_login(
    kind: str, provider: str, domain: str, environment: Mapping[str, str], fetch: Fetch
) -> Borrowed | None:
    """The login at that place; `None` if there is none.

    Raises:
        MissingCredentials: What is needed to use it is not installed.
    """
    if place(kind, domain, environment) is None:
        return None
    match kind:
        case "github-copilot":
            return copilot_logins.CopilotLogin(provider, domain, environment)
        case "openai" | "chatgpt":
            return codex_login.CodexLogin(kind, provider, environment)
        case "azure":
            return await azure_identity.tokens(provider)
        case _:
            from llm_ls.auth import anthropic_tokens

            return anthropic_tokens.ProfileTokens(provider, environment, fetch)


def _place(kind: str, domain: str, environment: Mapping[str, str]) -> Place | None:
    match kind:
        case "github-copilot":
            logins = copilot_logins.found(domain, environment)
            return Place(copilot_logins.TOOL, logins[0].file) if logins else None
        case "openai" | "chatgpt":
            holds = codex_login.holds(kind, environment)
            return Place(codex_login.TOOL, codex_login.file(environment)) if holds else None
        case "azure":
            present = azure_identity.present(environment)
            return Place(azure_identity.TOOL, azure_identity.file(environment)) if present else None
        case "anthropic":
            return _profile(environment)
        case _:
            return None


def _profile(environment: Mapping[str, str]) -> Place | None:
    try:
        profile = anthropic_profiles.active(environment)
    except watched.Unusable:  # somebody wants it: asking for its token says what is wrong with it
        return Place(anthropic_profiles.TOOL, anthropic_profiles.settings_file(environment))
    return None if profile is None else Place(anthropic_profiles.TOOL, anthropic_profiles.file(profile))


def _short(file: Path) -> str:
    try:
        return f"~/{file.relative_to(Path.home()).as_posix()}"
    except (RuntimeError, ValueError):
        return str(file)
