"""What asks where tokens are given out, with the HTTP client that asks the vendors."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import attrs
import httpx2

import llm_ls
from llm_ls import errors
from llm_ls.auth.fetching import Fetched
from llm_ls.providers import vendor_errors
from llm_ls.providers.http import Limits
from llm_ls.providers.vendor_errors import Exchange

_SILENCE_S = 10.0


@attrs.frozen
class Fetcher:
    """A `fetching.Fetch`."""

    http: httpx2.AsyncClient

    async def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        try:
            response = await self.http.request(
                method,
                url,
                headers={"User-Agent": f"llm-ls/{llm_ls.__version__}", **headers},
                content=body,
                timeout=Limits(first_byte_s=_SILENCE_S, idle_s=_SILENCE_S).timeout,
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _named(error, url) from error
        found = {name.lower(): value for name, value in response.headers.items()}
        return Fetched(response.status_code, found, response.content)


def _named(error: Exception, url: str) -> errors.LlmLsError:
    """The error behind a connection that failed; no provider is known here."""
    host = urlsplit(url).hostname or "the token's host"
    named = vendor_errors.broken(error, Exchange(host, f"a token of {host}", url))
    if isinstance(named, errors.ConnectionFailed | errors.TimedOut):
        named.provider, named.model = None, None
        named.hint = "check the network and the setting `proxy`, then try again"
    return named
