"""One prediction at Replicate: created, heard, asked what it took, cancelled (https://replicate.com/docs/reference/http).

The key goes to the API's own address and to other hosts of Replicate's, nowhere else, whatever a prediction says.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import quote

import attrs
import httpx2

from llm_ls import errors
from llm_ls.loopback import is_loopback
from llm_ls.messages import Usage
from llm_ls.providers import loose, posting, vendor_errors
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.vendor_errors import Exchange

_VENDOR = "replicate.com"
_USAGE_S = 2.0
_CANCEL_S = 5.0
_PATIENCE_S = 0.25
_LEAVING: set[asyncio.Task[None]] = set()


@attrs.frozen
class Account:
    """Who asks: where, for which model, and with which headers, the key among them."""

    endpoint: Endpoint
    exchange: Exchange
    headers: Mapping[str, str] = attrs.field(repr=False)

    def trusts(self, url: httpx2.URL) -> bool:
        """Whether `url` may be sent the headers."""
        own = httpx2.URL(self.exchange.base_url)
        return _origin(url) == _origin(own) or (url.scheme == "https" and _is_vendor(url) and _is_vendor(own))

    def follows(self, url: httpx2.URL) -> bool:
        """Whether `url` may be asked at all: never in the clear, but on this machine."""
        own = httpx2.URL(self.exchange.base_url)
        near = is_loopback(url.host) and is_loopback(own.host)
        return self.trusts(url) or url.scheme == "https" or (url.scheme == "http" and near)


@attrs.frozen
class Prediction:
    """A prediction that has been created; an address is empty where it was given none."""

    account: Account
    stream_url: str
    get_url: str
    cancel_url: str

    @property
    def exchange(self) -> Exchange:
        """The names for errors of listening, which is done at another host."""
        return attrs.evolve(self.account.exchange, base_url=self.stream_url or self.account.exchange.base_url)

    def heard(self) -> AbstractAsyncContextManager[httpx2.Response]:
        """Its output, as it comes.

        Raises:
            ProviderError: The model does not stream, or it cannot be heard.
        """
        account = self.account
        if not self.stream_url:
            raise account.exchange.error(errors.Unsupported, f"{account.exchange.model} does not stream its output")
        url = _parsed(self.stream_url)
        if url is None or not account.follows(url):
            message = f"{account.exchange.provider} named no safe address to listen at"
            raise account.exchange.error(errors.ProtocolViolation, message)
        own = dict(account.headers) if account.trusts(url) else {}
        headers = {**own, "Accept": "text/event-stream", "Cache-Control": "no-store"}
        return posting.opened(_plain(account), self.exchange, "GET", self.stream_url, headers)

    async def usage(self) -> Usage | None:
        """What it took, where the model counts tokens and Replicate says so at once."""
        metrics: object = None
        with contextlib.suppress(errors.ProviderError, TimeoutError):
            async with asyncio.timeout(_USAGE_S):
                metrics = (await self._asked("GET", self.get_url)).get("metrics")
        counts = loose.members(metrics)
        read, written = (loose.count(counts.get(f"{side}_token_count")) for side in ("input", "output"))
        return None if read is None or written is None else Usage(read, written)

    async def cancel(self) -> None:
        """Stop it; waits a moment for that, and lets it take its time beyond."""
        leaving = asyncio.create_task(self._cancelled())
        _LEAVING.add(leaving)
        leaving.add_done_callback(_LEAVING.discard)
        await asyncio.wait((leaving,), timeout=_PATIENCE_S)

    async def _cancelled(self) -> None:
        with contextlib.suppress(errors.ProviderError, TimeoutError):
            async with asyncio.timeout(_CANCEL_S):
                await self._asked("POST", self.cancel_url)

    async def _asked(self, method: posting.Method, address: str) -> dict[str, Any]:
        """What is said at one of its addresses; nothing where the key may not go there."""
        account, url = self.account, _parsed(address)
        if url is None or not account.trusts(url):
            return {}
        async with posting.opened(_plain(account), account.exchange, method, address, account.headers) as response:
            return await posting.json_of(response, account.exchange)


async def create(account: Account, model_id: str, members: Mapping[str, Any]) -> Prediction:
    """Have the model begin, `members` being its input.

    Raises:
        ProviderError: It was refused, or failed at once.
    """
    endpoint, exchange = account.endpoint, account.exchange
    extra = endpoint.extra_body
    body = {"stream": True, **extra, "input": {**members, **loose.members(extra.get("input"))}}
    name, _, version = model_id.partition(":")
    base = exchange.base_url.rstrip("/")
    url = f"{base}/predictions" if version else f"{base}/models/{quote(name)}/predictions"
    if version:
        body["version"] = version
    async with posting.opened(endpoint, exchange, "POST", url, account.headers, body) as response:
        created = await posting.json_of(response, exchange)
        if created.get("error"):
            raise vendor_errors.reported({"message": str(created["error"])}, exchange, response.headers)
    urls = loose.members(created.get("urls"))
    return Prediction(account, *(str(urls.get(which) or "") for which in ("stream", "get", "cancel")))


def _plain(account: Account) -> Endpoint:
    """The endpoint without its query, which is the API's own and in no address that a prediction names."""
    return attrs.evolve(account.endpoint, query={})


def _parsed(address: str) -> httpx2.URL | None:
    try:
        url = httpx2.URL(address)
    except httpx2.InvalidURL:
        return None
    return url if url.host and url.scheme in ("http", "https") else None


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _is_vendor(url: httpx2.URL) -> bool:
    return url.host == _VENDOR or url.host.endswith(f".{_VENDOR}")
