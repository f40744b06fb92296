"""Tokens of Microsoft Entra by azure-identity's default credential (https://aka.ms/azsdk/python/identity).

The package is an extra, and slow to import: that happens on first use, on a thread. It reads the process's own
environment.
"""

import asyncio
import importlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from llm_ls import errors
from llm_ls.auth import watched
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.auth.sendable import is_token
from llm_ls.auth.watched import Watched

TOOL = "Azure's sign-in"

_SCOPE = "https://cognitiveservices.azure.com/.default"
_AHEAD_S = 300.0
_VARIABLES = ("AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID", "IDENTITY_ENDPOINT", "MSI_ENDPOINT")
_LOGIN = "run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
_CODE = re.compile(r"\bAADSTS\d{4,8}\b")


class AzureTokens:
    """The tokens of whoever runs this, as Azure's own tools know them; one is asked for at a time."""

    def __init__(self, provider: str, sign_in: Callable[[], Any]) -> None:
        self._provider = provider
        self._sign_in = sign_in
        self._credential: Any = None
        self._held: tuple[Secret, float] | None = None
        self._asking = asyncio.Lock()

    async def get(self) -> Grant:
        """A token that is valid for some minutes.

        Raises:
            MissingCredentials: Nobody is signed in, or nobody answers who would know.
            SignInRequired: Entra refused whoever is.
            ProtocolViolation: What came is no token.
        """
        async with self._asking:
            if self._held is None or self._held[1] - time.time() < _AHEAD_S:
                self._held = await asyncio.to_thread(self._ask)
            return Grant(self._held[0])

    def forget(self, refused: Secret) -> None:
        """Ask for another token next time, if this one is the one that is held; the credential would give it again."""
        if self._held is not None and self._held[0] == refused:
            self._held = self._credential = None

    def _ask(self) -> tuple[Secret, float]:
        # What any of a dozen ways raises may quote an answer with a token in it: of that only a known code is told.
        try:
            self._credential = self._credential or self._sign_in()
            given = self._credential.get_token(_SCOPE)
        except Exception as error:
            raise self._failure(error) from None
        if not is_token(given.token):
            raise errors.ProtocolViolation("Azure gave no token that can be used", provider=self._provider)
        return Secret(given.token), float(given.expires_on)

    def _failure(self, error: Exception) -> errors.ProviderError:
        code = _CODE.search(str(error))
        if code is not None:
            return errors.SignInRequired(
                f"Microsoft Entra refused a token for {self._provider} ({code[0]})",
                hint=_LOGIN,
                provider=self._provider,
            )
        return errors.MissingCredentials(
            f"no credential for {self._provider}: none of the ways to sign in to Azure gave a token",
            hint=_LOGIN,
            provider=self._provider,
        )


async def tokens(provider: str) -> AzureTokens:
    """What asks for the tokens.

    Raises:
        MissingCredentials: The package is not installed.
    """
    try:
        return AzureTokens(provider, await asyncio.to_thread(_imported))
    except ImportError:
        raise errors.MissingCredentials(
            f"no credential for {provider}: the package azure-identity is not installed",
            hint="install llm-ls[azure]",
            provider=provider,
        ) from None


def present(environment: Mapping[str, str]) -> bool:
    """Whether somebody seems to be signed in, by what can be seen without asking."""
    return any(environment.get(name, "").strip() for name in _VARIABLES) or file(environment) is not None


def file(environment: Mapping[str, str]) -> Path | None:
    """The file by which somebody is signed in; `None` if it is by the environment, or nobody is."""
    if any(environment.get(name, "").strip() for name in _VARIABLES):
        named = environment.get("AZURE_FEDERATED_TOKEN_FILE", "").strip()
        return Path(named) if named else None
    folder = watched.folder(environment, "AZURE_CONFIG_DIR", ".azure")
    profile = folder / "azureProfile.json"
    listed = _PROFILES.get(profile)
    if listed is not None:
        return profile if listed else None
    caches = (folder / "msal_token_cache.json", folder / "msal_token_cache.bin")
    return next((cache for cache in caches if cache.is_file()), None)


def _imported() -> Callable[[], Any]:
    module = cast(Any, importlib.import_module("azure.identity"))
    for name in ("azure", "msal"):  # they log whole answers of those that they ask
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return lambda: module.DefaultAzureCredential(exclude_interactive_browser_credential=True)


def _has_subscriptions(profile: Path) -> bool:
    """Whether `az` lists one; after `az logout` the file is still there."""
    try:
        return bool(watched.json_object(profile, watched.read(profile)).get("subscriptions"))
    except watched.Unusable:
        return False


_PROFILES = Watched(_has_subscriptions)
