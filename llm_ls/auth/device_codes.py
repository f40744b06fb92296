"""What a device endpoint answers (RFC 8628, section 3.2): a code, and the page to type it in.

A page is shown only if it is where the provider's own are; whoever answers in its place cannot lead a person away.
"""

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import attrs

from llm_ls import errors
from llm_ls.auth import sendable, token_endpoint
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret

_INTERVAL_S = 5.0
_SHORTEST_S = 1.0
_USER_CODE_LENGTH = 64
_URL_LENGTH = 2_048
_DEVICE_CODE_LENGTH = 8_192


@attrs.frozen
class DeviceCode:
    """A code to be typed in, and the one to ask with whether it was.

    Attributes:
        url: The page; https, or http on this machine, and the provider's own.
        interval_s: The shortest time between two questions.
    """

    device_code: Secret
    user_code: str
    url: str
    lasts_s: float
    interval_s: float


def read(client: OAuthClient, answer: Mapping[str, Any]) -> DeviceCode:
    """The code in an answer.

    Raises:
        ProtocolViolation: There is none that can be used, or its page is not the provider's.
    """
    device_code, user_code = answer.get("device_code"), answer.get("user_code")
    url = answer.get("verification_uri", answer.get("verification_url"))  # Google still calls it URL (2026-11)
    complete = answer.get("verification_uri_complete", url)
    lasts_s = token_endpoint.seconds(answer.get("expires_in"))
    if not _is_text(device_code, _DEVICE_CODE_LENGTH) or not _is_text(user_code, _USER_CODE_LENGTH) or not lasts_s:
        raise errors.ProtocolViolation(
            f"{client.name} gave no code that can be used", hint="sign in again", provider=client.provider
        )
    if not _is_theirs(client, url) or not _is_theirs(client, complete):
        raise errors.ProtocolViolation(
            f"{client.name} named a page for its code that is not its own, so it is not shown",
            hint=f"check `providers.{client.provider}.oauth`, its domain, and the network",
            provider=client.provider,
        )
    interval_s = token_endpoint.seconds(answer.get("interval"))
    return DeviceCode(
        device_code=Secret(cast(str, device_code)),
        user_code=cast(str, user_code).strip(),
        url=cast(str, url),
        lasts_s=lasts_s,
        interval_s=max(_SHORTEST_S, _INTERVAL_S if interval_s is None else interval_s),
    )


def _is_text(value: object, longest: int) -> bool:
    """Whether it is a text in which every character shows, none of which turns it around."""
    return isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= longest and value.isprintable()


def _is_theirs(client: OAuthClient, url: object) -> bool:
    """Whether `url` is a page of the provider's own, whoever reads it: oddities are read differently by browsers."""
    if not isinstance(url, str) or len(url) > _URL_LENGTH or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        return False
    if not sendable.is_safe(url):
        return False
    asked, named = urlsplit(client.device_url), urlsplit(url)
    host, own = named.hostname or "", asked.hostname or ""
    if (named.scheme == "http" and asked.scheme != "http") or not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", named.netloc):
        return False
    if host in client.device_hosts:
        return named.netloc.lower() == host
    below = host.endswith(f".{own}") and client.flavor != "github"
    return (host == own or below) and named.netloc[len(host) :] == asked.netloc[len(own) :]
