"""Tokens as they are sent: refreshed ahead of their end, once for everybody, saved before they are used."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import attrs
import pytest

from llm_ls import errors
from llm_ls.auth.credential_store import CredentialStore, StoreChoice
from llm_ls.auth.entries import Entry, SavedKey, SignedIn
from llm_ls.auth.fetching import Fetched
from llm_ls.auth.lookup import Lookup
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.saved_credentials import SavedCredentials
from llm_ls.auth.secret import Secret
from llm_ls.auth.whereabouts import Whereabouts
from tests.auth.test_credential_file import fill, small_disk
from tests.rigs.fake_keyrings import Memory, used

ACME = Lookup("acme", name="Acme", base_url="https://api.acme.test/v1")
CLIENT = OAuthClient("acme", "Acme", ("device",), client_id="c", token_url="https://acme.test/token")
MINUTE = 60.0


class TokenEndpoint:
    """A `Fetch` that gives tokens a1, a2, ... with refresh tokens r1, r2, ... of which each works once.

    Attributes:
        asked: The refresh tokens that came, in order.
        fields: All that came last.
        answers: What is answered first, as (status, JSON).
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fields: Mapping[str, str] = {}
        self.answers: list[tuple[int, Mapping[str, Any]]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.reached = asyncio.Event()

    async def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        assert (method, url) == ("POST", CLIENT.token_url)
        fields = {name: values[0] for name, values in parse_qs((body or b"").decode()).items()}
        assert (fields["grant_type"], fields["client_id"]) == ("refresh_token", "c")
        self.fields = fields
        self.asked.append(fields["refresh_token"])
        number = len(self.asked)
        self.reached.set()
        await self.open.wait()
        default = (200, {"access_token": f"a{number}", "refresh_token": f"r{number}", "expires_in": 3600})
        status, answer = self.answers.pop(0) if self.answers else default
        return Fetched(status, {}, json.dumps(answer).encode())


@attrs.frozen
class Rig:
    store: CredentialStore
    endpoint: TokenEndpoint
    credentials: SavedCredentials

    async def keep(self, entry: Entry, account: str = "ada") -> None:
        await self.store.save("acme", account, entry)

    async def get(self) -> str:
        saved = self.store.saved("acme")
        assert saved is not None
        return (await self.credentials.get(ACME, saved)).secret.reveal()

    async def held(self) -> SignedIn:
        entry = await self.store.load("acme")
        assert isinstance(entry, SignedIn)
        return entry


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return another(tmp_path, TokenEndpoint())


def another(folder: Path, endpoint: TokenEndpoint, choice: StoreChoice = "file") -> Rig:
    """The same as in another process."""
    store = CredentialStore({}, choice, folder / "credentials.json")
    return Rig(store, endpoint, SavedCredentials(store, lambda _: CLIENT, endpoint))


def entry(left_s: float | None = 0.0, refresh: str | None = "r0", **details: str) -> SignedIn:
    expires_at = None if left_s is None else time.time() + left_s
    audience = {"audience": "https://api.acme.test/v1", **details}
    return SignedIn(Secret("a0"), Secret(refresh) if refresh else None, expires_at, audience)


async def failure(rig: Rig) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await rig.get()
    return caught.value


async def test_key_is_sent_as_it_is(rig: Rig) -> None:
    await rig.keep(SavedKey(Secret("k")))

    assert await rig.get() == "k"


@pytest.mark.parametrize("left_s", [None, 10 * MINUTE])
async def test_token_that_lasts_is_sent_as_it_is(rig: Rig, left_s: float | None) -> None:
    await rig.keep(entry(left_s))

    assert await rig.get() == "a0"
    assert rig.endpoint.asked == []


async def test_token_about_to_end_is_refreshed_and_saved(rig: Rig) -> None:
    await rig.keep(entry(MINUTE))

    assert await rig.get() == "a1"
    assert await rig.get() == "a1"
    assert rig.endpoint.asked == ["r0"]
    held = await rig.held()
    assert (held.access, held.refresh) == (Secret("a1"), Secret("r1"))
    assert held.details["audience"] == "https://api.acme.test/v1"


async def test_short_lived_token_is_used_for_most_of_its_life(rig: Rig) -> None:
    await rig.keep(entry(40, lastsS="60"))

    assert await rig.get() == "a0"


async def test_token_is_not_refreshed_before_its_vendor_lets_it(rig: Rig) -> None:
    await rig.keep(entry(MINUTE, earliestRefreshAt=f"{time.time() + 30:.0f}"))
    early = await rig.get()
    await rig.keep(entry(MINUTE, earliestRefreshAt=f"{time.time() - 1:.0f}"))

    assert (early, await rig.get()) == ("a0", "a1")


async def test_refresh_token_goes_to_the_server_and_as_the_client_that_it_was_given_to(tmp_path: Path) -> None:
    endpoint = TokenEndpoint()
    store = CredentialStore({}, "file", tmp_path / "credentials.json")
    now = OAuthClient("acme", "Acme", ("device",), "d", Secret("of d"), token_url="https://elsewhere.test/token")
    rig = Rig(store, endpoint, SavedCredentials(store, lambda _: now, endpoint))
    await rig.keep(entry(tokenUrl=CLIENT.token_url, clientId=CLIENT.client_id))

    assert await rig.get() == "a1"
    assert endpoint.fields == {"grant_type": "refresh_token", "client_id": "c", "refresh_token": "r0"}


async def test_refresh_token_that_does_not_rotate_is_kept(rig: Rig) -> None:
    rig.endpoint.answers = [(200, {"access_token": "a1", "expires_in": 3600})]
    await rig.keep(entry())
    await rig.get()

    assert (await rig.held()).refresh == Secret("r0")


async def test_all_tasks_share_one_refresh(rig: Rig) -> None:
    await rig.keep(entry())

    assert await asyncio.gather(*(rig.get() for _ in range(20))) == ["a1"] * 20
    assert rig.endpoint.asked == ["r0"]


async def test_other_process_takes_over_what_one_got(rig: Rig, tmp_path: Path) -> None:
    await rig.keep(entry())
    other = another(tmp_path, rig.endpoint)

    assert await asyncio.gather(rig.get(), other.get()) == ["a1", "a1"]
    assert rig.endpoint.asked == ["r0"]


async def test_refresh_token_is_not_spent_where_the_next_cannot_be_saved(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        rig = another(disk, TokenEndpoint())
        await rig.keep(entry())
        (disk / "locks").mkdir()
        fill(disk / "filler")
        full = await failure(rig)
        (disk / "filler").unlink()
        token, asked = await rig.get(), rig.endpoint.asked

    assert full.kind == "storage"
    assert (token, asked) == ("a1", ["r0"])


async def test_cancelled_refresh_is_still_saved(rig: Rig) -> None:
    await rig.keep(entry())
    rig.endpoint.open.clear()
    asking = asyncio.ensure_future(rig.get())
    await rig.endpoint.reached.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    rig.endpoint.open.set()
    await rig.credentials.aclose()

    assert (await rig.held()).refresh == Secret("r1")
    assert await rig.get() == "a1"
    assert rig.endpoint.asked == ["r0"]


@pytest.mark.parametrize(
    "answer", [(503, {}), (429, {}), (200, {"nonsense": True}), (400, {"error": "temporarily_unavailable"})]
)
async def test_token_that_still_lasts_is_sent_while_it_cannot_be_refreshed(
    rig: Rig, answer: tuple[int, Mapping[str, Any]]
) -> None:
    rig.endpoint.answers = [answer]
    await rig.keep(entry(MINUTE))

    assert [await rig.get(), await rig.get()] == ["a0", "a0"]
    assert rig.endpoint.asked == ["r0"]


async def test_token_that_ended_and_cannot_be_refreshed_now_is_a_passing_failure(rig: Rig) -> None:
    rig.endpoint.answers = [(503, {})]
    await rig.keep(entry(-1))

    assert (await failure(rig)).retryable
    assert await rig.get() == "a2"


async def test_refusal_ends_the_sign_in_and_is_not_asked_again(rig: Rig) -> None:
    rig.endpoint.answers = [(400, {"error": "invalid_grant", "error_description": "r0 is spent"})]
    await rig.keep(entry())
    first, second = await failure(rig), await failure(rig)

    assert (first.kind, second.kind) == ("sign_in_required", "sign_in_required")
    assert first.sentence == (
        "The sign-in to acme has ended: Acme says invalid_grant. Sign in again: run `llm-ls login acme`, or the "
        "command llm-ls.signIn in your editor."
    )
    assert rig.endpoint.asked == ["r0"]
    assert (await rig.held()).refresh is None


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (503, "down for repair", "unavailable"),
        (500, {"message": "The server had an error", "code": None}, "unavailable"),
        (429, "too_many_requests", "unavailable"),
        (502, "invalid_grant", "unavailable"),
        (401, "invalid_client", "authentication"),
        (403, "Blocked by the proxy of your company", "sign_in_required"),
        (400, "invalid_request", "sign_in_required"),
    ],
)
async def test_only_a_spent_refresh_token_costs_the_sign_in(rig: Rig, status: int, error: object, kind: str) -> None:
    rig.endpoint.answers = [(status, {"error": error})]
    await rig.keep(entry())

    assert (await failure(rig)).kind == kind
    assert (await rig.held()).refresh == Secret("r0")
    assert await rig.get() == "a2"


async def test_sign_out_while_its_token_is_refreshed_stays_one(rig: Rig) -> None:
    await rig.keep(entry())
    rig.endpoint.open.clear()
    asking = asyncio.ensure_future(rig.get())
    await rig.endpoint.reached.wait()
    await rig.store.delete("acme")
    rig.endpoint.open.set()

    with pytest.raises(errors.SignInRequired, match="no longer saved"):
        await asking
    assert rig.store.saved("acme") is None


async def test_new_sign_in_while_the_last_is_refreshed_counts(rig: Rig) -> None:
    await rig.keep(entry())
    rig.endpoint.open.clear()
    asking = asyncio.ensure_future(rig.get())
    await rig.endpoint.reached.wait()
    await rig.keep(attrs.evolve(entry(10 * MINUTE), access=Secret("new")))
    rig.endpoint.open.set()

    assert (await asking, await rig.get()) == ("new", "new")


async def test_token_without_a_refresh_token_ends(rig: Rig) -> None:
    await rig.keep(entry(-1, refresh=None))

    assert (await failure(rig)).kind == "sign_in_required"
    assert rig.endpoint.asked == []


async def test_refused_token_without_a_refresh_token_is_named_so(rig: Rig) -> None:
    await rig.keep(entry(None, refresh=None))
    rig.credentials.forget(ACME, Secret(await rig.get()))

    assert "its token was refused" in (await failure(rig)).message


async def test_refused_token_is_refreshed_though_it_should_last(rig: Rig) -> None:
    await rig.keep(entry(10 * MINUTE))
    refused = await rig.get()
    rig.credentials.forget(ACME, Secret(refused))

    assert await rig.get() == "a1"


async def test_refused_token_that_another_process_has_replaced_is_not_refreshed(rig: Rig, tmp_path: Path) -> None:
    await rig.keep(entry(10 * MINUTE))
    refused = await rig.get()
    await another(tmp_path, rig.endpoint).keep(attrs.evolve(entry(10 * MINUTE), access=Secret("theirs")))
    rig.credentials.forget(ACME, Secret(refused))

    assert await rig.get() == "theirs"
    assert rig.endpoint.asked == []


async def test_new_sign_in_counts_at_once(rig: Rig, tmp_path: Path) -> None:
    await rig.keep(entry(10 * MINUTE))
    await rig.get()
    await another(tmp_path, rig.endpoint).keep(attrs.evolve(entry(20 * MINUTE), access=Secret("b")), "grace")

    assert await rig.get() == "b"


@pytest.mark.parametrize("choice", ["file", "keyring"])
@pytest.mark.parametrize("made", [SavedKey, SignedIn])
async def test_secret_in_place_of_another_counts_at_once(
    tmp_path: Path, choice: StoreChoice, made: Callable[[Secret], Entry]
) -> None:
    with used(Memory()):
        one, other = (another(tmp_path, TokenEndpoint(), choice) for _ in range(2))
        sent: list[str] = []
        for rig in (one, other, one):
            await rig.keep(made(Secret(f"s{len(sent)}")))
            sent.append(await one.get())

    assert sent == ["s0", "s1", "s2"]


async def test_sign_out_meanwhile_is_named(rig: Rig) -> None:
    await rig.keep(entry())
    saved = rig.store.saved("acme")
    await rig.store.delete("acme")

    assert saved is not None
    with pytest.raises(errors.SignInRequired, match="no longer saved"):
        await rig.credentials.get(ACME, saved)


async def test_tokens_go_only_to_the_api_they_are_for(rig: Rig) -> None:
    await rig.keep(entry(10 * MINUTE))
    moved = attrs.evolve(ACME, base_url="https://elsewhere.test/v1")

    whereabouts = Whereabouts({})
    whereabouts.store = rig.store
    assert whereabouts.saved(moved) is None
    assert whereabouts.saved(attrs.evolve(moved, at_home=True)) is None
    assert whereabouts.saved(attrs.evolve(moved, at_home=True, hosts=("acme.test",))) is not None
    assert whereabouts.saved(attrs.evolve(ACME, base_url="https://api.acme.test/v2")) is not None


async def test_key_goes_where_the_provider_is(rig: Rig) -> None:
    await rig.keep(SavedKey(Secret("k")))

    moved = attrs.evolve(ACME, base_url="https://elsewhere.test/v1")
    whereabouts = Whereabouts({})
    whereabouts.store = rig.store
    assert whereabouts.saved(moved) is not None


async def test_clock_an_hour_off_costs_nothing(rig: Rig) -> None:
    await rig.keep(entry(-3600 + 10 * MINUTE))

    assert await rig.get() == "a1"
    assert (await rig.held()).refresh == Secret("r1")
