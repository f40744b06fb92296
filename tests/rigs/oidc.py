"""oidc-provider, a certified OpenID provider (npm), as a process on loopback, and the people who visit its pages."""

import asyncio
import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import attrs
import httpx2

from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret
from tests.rigs import debian
from tests.rigs.found import rig

CLIENT_ID = "llm-ls-at-the-rig"
CLIENT_SECRET = "the-secret-of-the-rig"
REDIRECT_URIS = (
    "http://127.0.0.1/callback",
    "http://127.0.0.1/",
    "http://127.0.0.1/auth/callback",
    "http://[::1]/callback",
    "https://paste.example/callback",
)
REFUSES = "refuses"
"""The login of a person who refuses."""


class OidcProvider:
    """Use as an async context manager.

    PKCE by S256 is required, refresh tokens rotate, and the reuse of one ends the whole sign-in. GETting an
    authorization URL ends at its redirect, signed in as the parameter `login_hint` or the header `x-login` says.

    Args:
        login: Who visits where nothing says so.
        ttl: Seconds that things last, such as `{"AccessToken": 2, "DeviceCode": 1}`.
        redirect_uris: Of its clients; any port will do on this machine.
    """

    def __init__(
        self,
        login: str = "ada",
        ttl: Mapping[str, int] | None = None,
        redirect_uris: tuple[str, ...] = REDIRECT_URIS,
    ) -> None:
        self._options = {
            "login": login,
            "ttl": dict(ttl or {}),
            "redirectUris": redirect_uris,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
        }
        self._process: asyncio.subprocess.Process | None = None
        self.issuer = ""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(debian.need("node"), Path(__file__).with_name("oidc_provider.mjs"), rig("oidc-provider")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._options).encode() + b"\n")
        try:
            async with asyncio.timeout(30):
                async for line in self._process.stdout:
                    if line.startswith(b"listening "):
                        self.issuer = line.decode().split()[1]
                        return self
            raise AssertionError("oidc-provider did not start")
        except BaseException:
            await self.__aexit__()
            raise

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        await self._process.communicate()

    def client(self, *, confidential: bool = False, **changes: Any) -> OAuthClient:
        """A client for both flows; `changes` are fields of `OAuthClient`."""
        made = OAuthClient(
            provider="oidc",
            name="The OpenID rig",
            methods=("device", "browser"),
            client_id=CLIENT_ID + ("-confidential" if confidential else ""),
            client_secret=Secret(CLIENT_SECRET) if confidential else None,
            token_url=f"{self.issuer}/token",
            device_url=f"{self.issuer}/device/auth",
            authorization_url=f"{self.issuer}/auth",
            redirect_uri="http://127.0.0.1:0/callback",
            scope="openid offline_access email",
            issuer=self.issuer,
            audience=f"{self.issuer}/api",
        )
        return attrs.evolve(made, **changes)

    async def visit(self, authorization_url: str, login: str = "") -> str:
        """Visit the page as a browser does; the address that it redirects to in the end, which is not asked."""
        async with self._browser(login) as browser:
            url = authorization_url
            for _ in range(10):
                response = await browser.get(url)
                assert response.next_request is not None, f"{response.status_code}: {response.text}"
                url = str(response.next_request.url)
                if not url.startswith(f"{self.issuer}/"):
                    return url
        raise AssertionError("the provider goes round in circles")

    async def approve_device(self, user_code: str, login: str = "") -> None:
        """Type the code in, confirm it, and sign in."""
        assert "Sign-in Success" in await self._answer_device(user_code, {"confirm": "yes"}, login)

    async def deny_device(self, user_code: str) -> None:
        """Type the code in, and refuse."""
        assert "interrupted" in await self._answer_device(user_code, {"abort": "yes"}, "")

    async def userinfo(self, access_token: Secret) -> int:
        """The status of a request made with a token: 200 while it is good, else 401."""
        async with self._browser("") as browser:
            headers = {"authorization": f"Bearer {access_token.reveal()}"}
            return (await browser.get(f"{self.issuer}/me", headers=headers)).status_code

    async def _answer_device(self, user_code: str, choice: Mapping[str, str], login: str) -> str:
        async with self._browser(login) as browser:
            browser.follow_redirects = True
            page = await browser.get(f"{self.issuer}/device")
            sent = {"xsrf": _xsrf(page.text), "user_code": user_code}
            page = await browser.post(f"{self.issuer}/device", data=sent)
            sent["xsrf"] = _xsrf(page.text)
            return (await browser.post(f"{self.issuer}/device", data={**sent, **choice})).text

    def _browser(self, login: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(headers={"x-login": login} if login else {}, trust_env=False)


def _xsrf(page: str) -> str:
    found = re.search(r'name="xsrf" value="([^"]+)"', page)
    assert found, page
    return found[1]
