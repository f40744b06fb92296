"""A person's whole way through a real browser: from the editor's link to the page that says how it went."""

import html
import re
import zlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from llm_ls.auth import browser_flow, loopback
from llm_ls.auth.attempts import Ended
from llm_ls.auth.callback_page import Page, signed_in
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from tests.rigs import authorize, chromium
from tests.rigs.oidc import REFUSES, OidcProvider


@pytest.fixture
async def provider() -> AsyncGenerator[OidcProvider]:
    async with OidcProvider() as made:
        yield made


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with authorize.fetching() as made:
        yield made


def text(document: str) -> str:
    """What a person reads there."""
    body = document.partition("<body>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def first_pixel(png: Path) -> str:
    """The colour of the first pixel, which every filter of the first line leaves as it is."""
    data, at, packed = png.read_bytes(), 8, b""
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        packed += data[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return f"#{zlib.decompress(packed)[1:4].hex()}"


async def test_ends_on_a_page_that_says_that_it_worked(provider: OidcProvider, fetch: Fetch) -> None:
    async with browser_flow.begin(provider.client(), fetch) as attempt:
        page = await chromium.final_page(attempt.invitation.url)
        identity = await attempt.finished()

    assert text(page) == (
        "You are signed in to The OpenID rig You can close this page and go back to your editor. llm-ls"
    )
    assert isinstance(identity.entry, SignedIn)
    assert await provider.userinfo(identity.entry.access) == 200


async def test_ends_on_a_page_that_says_what_went_wrong(provider: OidcProvider, fetch: Fetch) -> None:
    client = provider.client(authorize_params={"login_hint": REFUSES})
    async with browser_flow.begin(client, fetch) as attempt:
        page = await chromium.final_page(attempt.invitation.url)
        with pytest.raises(Ended):
            await attempt.finished()

    assert text(page) == (
        "You are not signed in to The OpenID rig The sign-in to The OpenID rig was refused on its page. "
        "You can close this page and go back to your editor. llm-ls"
    )


@pytest.mark.parametrize(("dark", "background"), [(False, "#f4f5f8"), (True, "#16181d")])
async def test_page_looks_as_the_person_likes_it(dark: bool, background: str, tmp_path: Path) -> None:
    """Its own policy lets its style through."""
    file = tmp_path / "page.png"

    async def visited(query: str) -> Page:
        return signed_in(query)

    with loopback.opened("127.0.0.1", 0) as at:
        url = f"http://127.0.0.1:{at.getsockname()[1]}/callback"
        async with loopback.serving(at, "/callback", visited):
            await chromium.picture(f"{url}?Acme", file, 480, 360, dark=dark)

    assert first_pixel(file) == background
