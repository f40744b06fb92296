"""How an answer finds its way back: to a port that the client may use, or by what the person has copied."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from llm_ls import errors
from llm_ls.auth import browser_flow, loopback
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.secret import Secret
from tests.rigs import authorize
from tests.rigs.authorize import HOSTS, address, asked, client, comes_back, ended, form, gives, goes_on, tokens
from tests.rigs.vendor import LoopbackVendor

ELSEWHERE = "https://acme.test/code"


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with authorize.fetching() as made:
        yield made


async def test_port_that_is_taken_is_named(vendor: LoopbackVendor, fetch: Fetch) -> None:
    with closing(loopback.opened("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        row = client(vendor, redirect_uri=f"http://127.0.0.1:{port}/auth/callback")
        with pytest.raises(errors.ConnectionFailed) as caught:
            async with browser_flow.begin(row, fetch):
                pass
        async with browser_flow.begin(row, fetch, method="paste") as attempt:
            gives(vendor)
            attempt.paste(address(attempt))
            identity = await attempt.finished()

    assert caught.value.sentence == (
        f"Port {port} of this machine, where Acme sends your browser, cannot be opened: Address already in use. "
        f"End the program that uses port {port}, or sign in with the method `paste`."
    )
    assert tokens(identity).access == Secret("acc3ss")


@pytest.mark.parametrize(
    ("redirect_uri", "expected"),
    [
        ("", r"http://127\.0\.0\.1:\d+/callback"),
        ("http://127.0.0.1:0/auth/callback", r"http://127\.0\.0\.1:\d+/auth/callback"),
        ("http://127.0.0.1/cb", r"http://127\.0\.0\.1:\d+/cb"),
        ("http://localhost:0", r"http://localhost:\d+"),
        *[("http://[::1]:0/cb", r"http://\[::1\]:\d+/cb")] * ("::1" in HOSTS),
        (ELSEWHERE, re.escape(ELSEWHERE)),
    ],
)
@pytest.mark.parametrize("method", ["browser", "paste"])
async def test_redirect_is_what_the_client_has_registered(
    redirect_uri: str, expected: str, method: Any, vendor: LoopbackVendor, fetch: Fetch
) -> None:
    async with browser_flow.begin(client(vendor, redirect_uri=redirect_uri), fetch, method=method) as attempt:
        made = asked(attempt)["redirect_uri"]
        open_here = method == "browser" and redirect_uri != ELSEWHERE
        if open_here:
            gives(vendor)
            assert (await comes_back(attempt)).status_code == 200

    assert re.fullmatch(expected, made)
    assert ":0" not in made


async def test_pasting_opens_no_port(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch, method="paste") as attempt:
        parts = urlsplit(asked(attempt)["redirect_uri"])
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(parts.hostname, parts.port)


@pytest.mark.parametrize("form_", ["{address}", "  {address}\n", "c0de#{state}"])
@pytest.mark.parametrize("redirect_uri", ["", ELSEWHERE])
@pytest.mark.parametrize("method", ["browser", "paste"])
async def test_takes_what_the_person_has_copied(
    form_: str, redirect_uri: str, method: Any, vendor: LoopbackVendor, fetch: Fetch
) -> None:
    gives(vendor)
    async with browser_flow.begin(client(vendor, redirect_uri=redirect_uri), fetch, method=method) as attempt:
        attempt.paste(form_.format(address=address(attempt), state=asked(attempt)["state"]))
        identity = await attempt.finished()

    assert attempt.invitation.takes_paste
    assert tokens(identity).access == Secret("acc3ss")
    assert form(vendor.requests[0])["code"] == "c0de"


@pytest.mark.parametrize(
    "text",
    ["", "c0de", "c0de#wrong", "http://127.0.0.1/callback?code=c0de&state=wrong", "https://acme.test/", "two words"],
)
async def test_what_is_not_of_this_sign_in_is_not_taken(text: str, vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        with pytest.raises(errors.InvalidRequest) as caught:
            attempt.paste(text)

        assert caught.value.hint == "copy the whole address of the page that your browser came to"
        assert not text or text not in caught.value.sentence
        await goes_on(attempt, vendor)


async def test_a_code_alone_is_enough_where_the_page_shows_one(vendor: LoopbackVendor, fetch: Fetch) -> None:
    gives(vendor)
    async with browser_flow.begin(client(vendor, redirect_uri=ELSEWHERE), fetch, method="paste") as attempt:
        attempt.paste("c0de")
        await attempt.finished()

    assert form(vendor.requests[0])["redirect_uri"] == ELSEWHERE


async def test_pasted_refusal_is_a_refusal(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        attempt.paste(address(attempt, error="access_denied"))

        assert (await ended(attempt)).status == "denied"
        with pytest.raises(errors.InvalidRequest) as caught:
            attempt.paste(address(attempt))
    assert caught.value.message == "this sign-in has its answer already"
