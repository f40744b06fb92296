"""A newer copy of models.dev for the user, asked for with the ETag of the copy there is.

It is written whole or not at all; what was known before stays in use until then.
"""

import asyncio
import contextlib
import json
import tempfile
import time
from pathlib import Path

import httpx2

import llm_ls
from llm_ls import errors
from llm_ls.loopback import is_local_url
from llm_ls.providers import models_dev, snapshot, vendor_errors
from llm_ls.providers.http import Limits
from llm_ls.providers.vendor_errors import Exchange

_LIMIT_S = 10.0
_NOT_MODIFIED = 304
_MAX_BYTES = 32 << 20  # 2.4 MB in July 2026
_HINT = "try again later, or set LLM_LS_MODELS_URL to a mirror; what was known of models is still used"


async def refresh(http: httpx2.AsyncClient, url: str) -> None:
    """Ask `url` for its list, and keep it; nothing is written where it says that the copy is still good.

    Raises:
        SettingsInvalid: The address cannot be used: it is neither https nor this machine's.
        ProviderError: The list could not be had within ten seconds, or is none.
        StorageFailed: It could not be written.
    """
    if not (url.startswith("https://") or (url.startswith("http://") and is_local_url(url))):
        raise errors.SettingsInvalid(
            "LLM_LS_MODELS_URL is no https address", hint="write it as https://host/api.json, or unset it"
        )
    exchange = Exchange("models.dev", "the list of models", url)
    try:
        async with asyncio.timeout(_LIMIT_S):
            await _refresh(http, url, exchange)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise _hinted(vendor_errors.broken(error, exchange)) from error
    except TimeoutError as error:
        message = f"{exchange.host} did not send the list of models within {_LIMIT_S:g} s"
        raise _hinted(exchange.error(errors.TimedOut, message)) from error


async def _refresh(http: httpx2.AsyncClient, url: str, exchange: Exchange) -> None:
    path = snapshot.copy_path()
    about = await asyncio.to_thread(snapshot.header, path)
    etag = about.get("etag") if about.get("url") == url else None
    headers = {"User-Agent": f"llm-ls/{llm_ls.__version__}"} | ({"If-None-Match": etag} if etag else {})
    async with http.stream(
        "GET", url, headers=headers, timeout=Limits(first_byte_s=_LIMIT_S, idle_s=_LIMIT_S).timeout
    ) as response:
        if response.status_code == _NOT_MODIFIED:
            return
        if not response.is_success:
            message = f"{exchange.host} answered with HTTP {response.status_code}"
            raise _hinted(exchange.error(errors.Unavailable, message, status=response.status_code))
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _MAX_BYTES:
                raise _no_list(exchange)
        etag = response.headers.get("etag")
    if not await asyncio.to_thread(_keep, bytes(body), path, url, etag):
        raise _no_list(exchange)


def _keep(body: bytes, path: Path, url: str, etag: str | None) -> bool:
    """Write the copy, unless `body` is no list of models."""
    models = models_dev.listed(_parsed(body))
    if not models:
        return False
    about = {"source": models_dev.SOURCE, "url": url, "etag": etag, "date": time.strftime("%Y-%m-%d")}
    text = snapshot.text(about, ((model.info, model.released) for model in models))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text)
    except OSError as error:
        raise errors.StorageFailed(
            f"the list of models cannot be written: {error.strerror}", hint=f"make {path} writable"
        ) from error
    return True


def _parsed(body: bytes) -> object:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(body)
    return None


def _write(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False) as file:
        new = Path(file.name)
        try:
            file.write(text)
            file.close()
            new.replace(path)
        except OSError:
            new.unlink(missing_ok=True)
            raise


def _no_list(exchange: Exchange) -> errors.LlmLsError:
    return _hinted(exchange.error(errors.ProtocolViolation, f"{exchange.host} did not send a list of models"))


def _hinted(error: errors.LlmLsError) -> errors.LlmLsError:
    error.hint = _HINT
    return error
