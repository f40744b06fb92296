"""What a device endpoint answers: a code that can be shown, and a page only where the provider's own are."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth import device_flow
from llm_ls.auth.attempts import Invitation
from llm_ls.auth.fetching import Fetched
from llm_ls.auth.oauth_client import OAuthClient

ANSWER: Mapping[str, Any] = {
    "device_code": "3584d83530557fdd1f46af8289938c8ef79f9dc5",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://github.com/login/device",
    "expires_in": 900,
}
GITHUB = "https://github.com/login/device/code"
ENTERPRISE = "https://octocorp.ghe.com/login/device/code"
ENTRA = "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode"
NEAR = "http://127.0.0.1:8080/device/auth"


async def invitation(answer: Mapping[str, Any], **client: Any) -> Invitation:
    """What is shown of `answer`, which comes from `device_url`."""

    async def fetch(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        return Fetched(200, {}, json.dumps(dict(answer)).encode())

    row: dict[str, Any] = {"device_url": GITHUB, "token_url": "https://github.com/login/oauth/access_token", **client}
    made = OAuthClient(provider="vendor", name="The vendor", methods=("device",), client_id="id", **row)
    async with device_flow.begin(made, fetch) as attempt:
        return attempt.invitation


@pytest.mark.parametrize(
    ("device_url", "page"),
    [
        (GITHUB, "https://github.com/login/device"),
        (GITHUB, "https://GitHub.com/login/device?code=1"),
        (ENTERPRISE, "https://octocorp.ghe.com/login/device"),
        (ENTRA, "https://microsoft.com/devicelogin"),
        (ENTRA, "https://login.microsoftonline.com/device"),
        ("https://id.example.org/device", "https://www.id.example.org/activate"),
        ("https://id.example.org:8443/device", "https://id.example.org:8443/activate"),
        (NEAR, "http://127.0.0.1:8080/device"),
        ("http://[::1]:8080/device/auth", "http://[::1]:8080/device"),
    ],
)
@pytest.mark.parametrize("member", ["verification_uri", "verification_url"])
async def test_shows_a_page_of_the_providers_own(device_url: str, page: str, member: str) -> None:
    answer = {name: value for name, value in ANSWER.items() if name != "verification_uri"} | {member: page}
    shown = await invitation(answer, device_url=device_url, device_hosts=("microsoft.com",))

    assert (shown.url, shown.code) == (page, "WDJB-MJHT")


@pytest.mark.parametrize(
    ("device_url", "page"),
    [
        (GITHUB, "https://github.com.evil.example/login/device"),
        (GITHUB, "https://evilgithub.com/login/device"),
        (GITHUB, "https://pages.github.com/login/device"),
        (GITHUB, "https://github.com@evil.example/login/device"),
        (GITHUB, "https://github.com:password@github.com/login/device"),
        (GITHUB, "https://evil.example\\.github.com/"),
        (GITHUB, "https://github.com\\@evil.example/"),
        (GITHUB, "https://evil.example/\\github.com"),
        (GITHUB, "https://github.com:8443/login/device"),
        (GITHUB, "https://github.com./login/device"),
        (GITHUB, "http://github.com/login/device"),
        (GITHUB, "http://127.0.0.1/login/device"),
        (GITHUB, "//github.com/login/device"),
        (GITHUB, "/login/device"),
        (GITHUB, "javascript:alert(1)//github.com"),
        (GITHUB, "file://github.com/etc/passwd"),
        (GITHUB, "https://gіthub.com/login/device"),
        (GITHUB, "https://github.com/login/\u202edevice"),
        (GITHUB, "https://github.com/login/device\n"),
        (GITHUB, "https://github.com/login/ device"),
        (GITHUB, "https://[github.com/login"),
        (GITHUB, f"https://github.com/{'x' * 3000}"),
        (GITHUB, ""),
        (GITHUB, None),
        (GITHUB, ["https://github.com/login/device"]),
        (ENTERPRISE, "https://github.com/login/device"),
        (ENTERPRISE, "https://other.ghe.com/login/device"),
        (ENTRA, "https://evil.microsoft.com/devicelogin"),
        (ENTRA, "https://microsoft.com:444/devicelogin"),
        ("https://id.example.org/device", "https://evil.example\\.id.example.org/"),
        ("https://id.example.org/device", "https://example.org/"),
        (NEAR, "http://evil.example:8080/device"),
        (NEAR, "http://127.0.0.1:9090/device"),
        (NEAR, "http://127.0.0.1.evil.example:8080/device"),
    ],
)
async def test_shows_no_page_of_a_stranger(device_url: str, page: object) -> None:
    flavor = "github" if "github" in device_url or "ghe" in device_url else ""
    row: dict[str, Any] = {"device_url": device_url, "device_hosts": ("microsoft.com",), "flavor": flavor}
    good = f"{device_url[: device_url.index('/', 8)]}/"
    for told in ({"verification_uri": page}, {"verification_uri": good, "verification_uri_complete": page}):
        with pytest.raises(errors.ProtocolViolation, match="not its own") as caught:
            await invitation({**ANSWER, **told}, **row)

        assert "evil" not in f"{caught.value} {caught.value.hint}"


async def test_shows_the_code_beside_the_page_that_asks_for_it() -> None:
    shown = await invitation({**ANSWER, "verification_uri_complete": "https://github.com/login/device?user_code=1"})

    assert shown.url == "https://github.com/login/device"


@pytest.mark.parametrize(
    "member",
    [
        {"user_code": None},
        {"user_code": ""},
        {"user_code": "   "},
        {"user_code": 12345678},
        {"user_code": "1\n2"},
        {"user_code": "\x1b[31mRED"},
        {"user_code": "\u202eTHJM-BJDW"},
        {"user_code": "WDJB\u200bMJHT"},
        {"user_code": "x" * 65},
        {"device_code": None},
        {"device_code": ""},
        {"device_code": ["x"]},
        {"device_code": "x" * 100_000},
        {"expires_in": None},
        {"expires_in": 0},
        {"expires_in": -1},
        {"expires_in": "soon"},
        {"expires_in": True},
        {"expires_in": 1e300},
    ],
)
async def test_refuses_a_code_that_cannot_be_shown_or_asked_with(member: dict[str, Any]) -> None:
    with pytest.raises(errors.ProtocolViolation, match="no code that can be used"):
        await invitation({**ANSWER, **member})


@pytest.mark.parametrize(
    ("member", "code", "lasts_s"),
    [
        ({"user_code": "x" * 64}, "x" * 64, 900),
        ({"user_code": "ÅNGSTRÖM 7", "expires_in": "600"}, "ÅNGSTRÖM 7", 600),
        ({"user_code": "0185-5545", "expires_in": 1.5}, "0185-5545", 1.5),
    ],
)
async def test_shows_a_code_as_it_is(member: dict[str, Any], code: str, lasts_s: float) -> None:
    shown = await invitation({**ANSWER, **member})

    assert (shown.code, shown.lasts_s) == (code, lasts_s)
