"""Where tokens are given out: what is sent, what is made of any answer, and what of it is ever shown."""

import json
import math
import time
import traceback
from collections.abc import Mapping
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth import token_endpoint
from llm_ls.auth.fetching import Fetched
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret
from llm_ls.auth.token_endpoint import Refused

URL = "https://id.example.org/token"
CLIENT = OAuthClient("vendor", "The vendor", ("device",), headers={"X-App": "llm-ls"})
FIELDS = {"grant_type": "refresh_token", "refresh_token": "r3fresh-t0ken", "scope": "a b&c"}


class Endpoint:
    """A `Fetch` that answers so, and keeps what it was sent."""

    def __init__(self, body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = Fetched(status, headers or {}, text)
        self.sent: list[tuple[str, str, Mapping[str, str], bytes | None]] = []

    async def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        self.sent.append((method, url, headers, body))
        return self.answer


async def refused(body: object, status: int = 400, headers: Mapping[str, str] | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        await token_endpoint.post(CLIENT, Endpoint(body, status, headers), URL, FIELDS)
    return caught.value


async def failure(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await token_endpoint.post(CLIENT, Endpoint(body, status, headers), URL, FIELDS)
    return caught.value


async def test_sends_a_form_unless_the_row_says_json() -> None:
    endpoint = Endpoint({"access_token": "t"})
    answer, fetched = await token_endpoint.post(CLIENT, endpoint, URL, FIELDS)
    await token_endpoint.post(CLIENT, endpoint, URL, FIELDS, encoding="json")

    form, as_json = endpoint.sent
    assert (answer, fetched.status) == ({"access_token": "t"}, 200)
    assert form[:2] == ("POST", URL)
    assert form[2] == {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-App": "llm-ls",
    }
    assert form[3] == b"grant_type=refresh_token&refresh_token=r3fresh-t0ken&scope=a+b%26c"
    assert as_json[2]["Content-Type"] == "application/json"
    assert json.loads(as_json[3] or b"") == FIELDS


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
async def test_reads_an_error_under_any_status(status: int) -> None:
    found = await refused({"error": "slow_down", "error_description": "Slow down.", "interval": "10"}, status)

    assert (found.code, found.said, found.interval_s, found.status) == ("slow_down", "Slow down", 10, status)


async def test_reads_an_error_that_is_wrapped_into_an_object() -> None:
    found = await refused({"error": {"code": "invalid_grant", "message": "r3fresh-t0ken was used."}})
    bare = await refused({"error": {}})

    assert (found.code, found.said) == ("invalid_grant", "**** was used")
    assert (bare.code, bare.said) == ("unknown_error", "")


@pytest.mark.parametrize(
    ("body", "headers", "interval_s"),
    [
        ({}, {}, None),
        ({"interval": 7.5}, {}, 7.5),
        ({"interval": 0}, {"retry-after": "30"}, 0),
        ({}, {"retry-after": "30"}, 30),
        ({"interval": "soon"}, {"retry-after": "later"}, None),
    ],
)
async def test_tells_the_pause_that_is_asked_for(
    body: dict[str, Any], headers: dict[str, str], interval_s: float | None
) -> None:
    assert (await refused({"error": "slow_down", **body}, 429, headers)).interval_s == interval_s


@pytest.mark.parametrize(
    "code", ["Not Found", "", "x" * 65, "\x1b[31m", "<script>", "zugriff_verweigert_ä", "r3fresh-t0ken"]
)
async def test_repeats_no_code_that_is_none(code: str) -> None:
    assert (await refused({"error": code})).code == "unknown_error"


@pytest.mark.parametrize(
    ("description", "said"),
    [
        (None, ""),
        (["no"], ""),
        ("The token r3fresh-t0ken is\r\n\x1b[31mbad\x07.", "The token **** is [31mbad"),
        ("x" * 100_000, "x" * 200),
        ("Really?", "Really?"),
    ],
)
async def test_shows_an_explanation_on_one_line_without_what_was_sent(description: object, said: str) -> None:
    assert (await refused({"error": "invalid_grant", "error_description": description})).said == said


@pytest.mark.parametrize(
    "description",
    [
        "no r3fresh%2Ft0ken%2B",
        "no r3fresh\\/t0ken\\u002b",
        "no r3fresh\x00/t0ken+",
        "r3fresh/t0ken+ " * 60,
        "x " * 97 + "r3fresh/t0ken+",
        "an older one, gho_0123456789abcdef",
    ],
)
async def test_shows_nothing_that_was_sent_however_it_is_escaped_or_cut(description: str) -> None:
    endpoint = Endpoint({"error": "invalid_grant", "error_description": description}, 400)
    with pytest.raises(Refused) as caught:
        await token_endpoint.post(CLIENT, endpoint, URL, {"refresh_token": "r3fresh/t0ken+"})

    assert "****" in caught.value.said
    assert "r3f" not in caught.value.said
    assert "abcdef" not in caught.value.said


async def test_code_that_is_what_was_sent_is_none() -> None:
    endpoint = Endpoint({"error": "d3vicec0de"}, 400)
    with pytest.raises(Refused) as caught:
        await token_endpoint.post(CLIENT, endpoint, URL, {"device_code": "d3vicec0de"})

    assert caught.value.code == "unknown_error"


@pytest.mark.parametrize(
    ("body", "status", "headers", "kind", "retry_after_s"),
    [
        (b"<h1>Bad gateway</h1>", 502, {}, "unavailable", None),
        ({}, 503, {"retry-after": "7"}, "unavailable", 7),
        ({"error": ["a list"]}, 429, {}, "unavailable", None),
        (b"<html>", 200, {}, "protocol", None),
        (b"", 204, {}, "protocol", None),
        ([], 200, {}, "protocol", None),
        ({"access_token": "t"}, 302, {"location": "https://evil.example"}, "protocol", None),
        ({"message": "no"}, 404, {}, "protocol", None),
        (b"[" * 100_000, 200, {}, "protocol", None),
        (b"\xff\xfe{}", 200, {}, "protocol", None),
    ],
)
async def test_names_what_is_no_answer(
    body: object, status: int, headers: dict[str, str], kind: str, retry_after_s: float | None
) -> None:
    failed = await failure(body, status, headers)

    assert (failed.kind, failed.status, failed.retry_after_s) == (kind, status, retry_after_s)
    assert (failed.provider, bool(failed.hint)) == ("vendor", True)


async def test_no_failure_shows_what_was_sent_or_given() -> None:
    echo = {"error": "invalid_grant", "error_description": "r3fresh-t0ken", "access_token": "n3w-t0ken"}
    caught: list[BaseException] = [await refused(echo), await failure({"a": "n3w-t0ken"}, 500), await failure([1])]
    with pytest.raises(errors.ProtocolViolation) as unusable:
        token_endpoint.signed_in(CLIENT, {"access_token": "n3w-t0ken ", "refresh_token": "n3w-t0ken"}, {})
    said = "".join(f"{vars(error)}{error!r}{''.join(traceback.format_exception(error))}" for error in caught)
    said += f"{vars(unusable.value)}{unusable.value!r}"

    assert "t0ken" not in said


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example.org/token", True),
        ("http://127.0.0.1:8080/token", True),
        ("http://localhost/token", True),
        ("http://[::1]:8080/token", True),
        ("http://id.example.org/token", False),
        ("http://127.0.0.1.evil.example/token", False),
        ("http://localhost.evil.example/token", False),
        ("https://user@id.example.org/token", False),
        ("https://", False),
        ("https://[::1", False),
        ("ftp://127.0.0.1/token", False),
        ("id.example.org/token", False),
        ("", False),
    ],
)
async def test_sends_a_secret_where_nobody_on_the_way_reads_it(url: str, safe: bool) -> None:
    endpoint = Endpoint({})
    if safe:
        await token_endpoint.post(CLIENT, endpoint, url, FIELDS)
    else:
        with pytest.raises(errors.SettingsInvalid, match="neither https nor on this machine"):
            await token_endpoint.post(CLIENT, endpoint, url, FIELDS)

    assert len(endpoint.sent) == safe


def test_keeps_the_tokens_of_an_answer() -> None:
    answer = {"access_token": "a", "token_type": "Bearer", "refresh_token": "r", "expires_in": "3600"}
    before = time.time()
    found = token_endpoint.signed_in(CLIENT, answer, {"clientId": "id"})

    assert (found.access, found.refresh) == (Secret("a"), Secret("r"))
    assert found.expires_at is not None
    assert before + 3600 <= found.expires_at <= time.time() + 3600
    assert found.details["clientId"] == "id"


@pytest.mark.parametrize("expires_in", [None, 0, "0", -1, "soon", True, math.inf, [], 1e300])
@pytest.mark.parametrize("refresh_token", [None, "", "two words", 7])
def test_token_lasts_where_nothing_sensible_is_said(expires_in: object, refresh_token: object) -> None:
    answer = {"access_token": "a", "expires_in": expires_in, "refresh_token": refresh_token}
    found = token_endpoint.signed_in(CLIENT, answer, {})

    assert (found.expires_at, found.refresh) == (None, None)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": ""},
        {"access_token": None},
        {"access_token": ["a"]},
        {"access_token": "two words"},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": "tökén"},
        {"access_token": "a", "token_type": "mac"},
        {"access_token": "a", "token_type": 7},
        {"access_token": "a", "token_type": None},
    ],
)
def test_refuses_a_token_that_cannot_stand_in_a_header(answer: dict[str, Any]) -> None:
    with pytest.raises(errors.ProtocolViolation, match="gave no token that can be used"):
        token_endpoint.signed_in(CLIENT, answer, {})
