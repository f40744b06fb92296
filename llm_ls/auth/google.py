"""Tokens of Google's cloud by application default credentials (https://google.aip.dev/auth/4110).

It imports google-auth, which is an extra and takes a tenth of a second, so it is imported on first use only.
"""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import google.auth.exceptions
import google.auth.transport
import google.oauth2.credentials
import google.oauth2.service_account
from google.auth import identity_pool

from llm_ls import errors
from llm_ls.auth.fetching import Fetch, Fetched
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_LOGIN = "run `gcloud auth application-default login`"


class GoogleTokens:
    """The tokens of one file of credentials; one is asked for at a time, and kept until it is about to expire."""

    def __init__(self, file: Path, provider: str, fetch: Fetch) -> None:
        self._file = file
        self._provider = provider
        self._fetch = fetch
        self._credentials: Any = None  # google-auth types none of its own
        self._asking = asyncio.Lock()

    async def get(self) -> Grant:
        """A token that is valid for some minutes at least.

        Raises:
            MissingCredentials: The file cannot be used.
            SignInRequired: The sign-in has ended.
            ProviderError: Google gave none.
        """
        async with self._asking:
            if self._credentials is None:
                self._credentials = await asyncio.to_thread(self._read)
            if not self._credentials.valid:
                transport = _Transport(self._fetch, asyncio.get_running_loop())
                try:
                    await asyncio.to_thread(self._credentials.refresh, transport)
                except google.auth.exceptions.GoogleAuthError as error:
                    raise self._refused(error) from None
            return Grant(Secret(self._credentials.token))

    def forget(self, refused: Secret) -> None:
        """Ask for another token next time, if this one is the one that is held."""
        if self._credentials is not None and self._credentials.token == refused.reveal():
            self._credentials = None

    def _read(self) -> Any:
        try:
            content = cast(object, json.loads(self._file.read_bytes()))
        except OSError as error:
            raise self._unusable(f"{self._file} cannot be read: {error.strerror}") from None
        except ValueError:
            raise self._unusable(f"{self._file} is no JSON") from None
        info = cast(dict[str, Any], content) if isinstance(content, dict) else {}
        try:
            match info.get("type"):
                case "service_account":
                    of_service = google.oauth2.service_account.Credentials
                    return cast(Any, of_service).from_service_account_info(info, scopes=_SCOPES)
                case "authorized_user":
                    of_person = google.oauth2.credentials.Credentials
                    return cast(Any, of_person).from_authorized_user_info(info, scopes=_SCOPES)
                case "external_account":
                    return cast(Any, identity_pool.Credentials).from_info(info, scopes=_SCOPES)
                case _:
                    raise self._unusable(f"{self._file} holds no credentials of a kind that is known")
        except (ValueError, google.auth.exceptions.GoogleAuthError):
            raise self._unusable(f"{self._file} lacks a part of its credentials, or holds a broken one") from None

    def _unusable(self, message: str) -> errors.MissingCredentials:
        return errors.MissingCredentials(
            f"no credential for {self._provider}: {message}",
            hint=f"download the file of the service account again, or {_LOGIN}",
            provider=self._provider,
        )

    def _refused(self, error: google.auth.exceptions.GoogleAuthError) -> errors.ProviderError:
        """The error for a token that was not given; of what Google said only the code, since the rest may be secret."""
        said = str(error.args[0]).partition(":")[0] if error.args else ""
        code = said if said.replace("_", "").isalpha() else "no reason given"
        if cast(Any, error).retryable:
            return errors.Unavailable(
                f"Google gave no token for {self._provider} ({code})", hint="try again", provider=self._provider
            )
        if isinstance(self._credentials, google.oauth2.credentials.Credentials):
            return errors.SignInRequired(
                f"the sign-in of {self._file} has ended ({code})", hint=_LOGIN, provider=self._provider
            )
        return errors.Authentication(
            f"Google refused the credentials in {self._file} ({code})",
            hint="make a new key for the service account",
            provider=self._provider,
        )


class _Transport(google.auth.transport.Request):
    """Google-auth runs on a thread and asks through here; what is asked runs on the loop, with everybody's client."""

    def __init__(self, fetch: Fetch, loop: asyncio.AbstractEventLoop) -> None:
        self._fetch = fetch
        self._loop = loop

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the client has its own
        **_: object,
    ) -> "_Response":
        sent = body.encode() if isinstance(body, str) else body
        asking = asyncio.run_coroutine_threadsafe(self._fetch(method, url, headers or {}, sent), self._loop)
        return _Response(asking.result())


class _Response(google.auth.transport.Response):
    def __init__(self, fetched: Fetched) -> None:
        self._fetched = fetched

    @property
    def status(self) -> int:
        return self._fetched.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._fetched.headers

    @property
    def data(self) -> bytes:
        return self._fetched.body
