"""What is sealed opens with its own key, for what it belongs to, and not at all once it was changed."""

import json

import attrs
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from llm_ls import errors
from llm_ls.auth import sealing
from llm_ls.auth.keyrings import Keyring
from llm_ls.auth.sealing import FILE_KEY, PASSPHRASE, Sealed, Sealer
from tests.rigs.fake_keyrings import Locked, Memory, used

WHOSE = ("openai", "default")
WORDS = "correct horse battery staple"


def sealer(passphrase: str = "") -> Sealer:
    return Sealer({PASSPHRASE: passphrase} if passphrase else {}, Keyring())


async def sealed_by(passphrase: str) -> Sealed:
    found = await sealer(passphrase).seal("sk-planted", WHOSE)
    assert found is not None
    return found


async def failure(opener: Sealer, sealed: Sealed, whose: tuple[str, ...] = WHOSE) -> str:
    with pytest.raises(errors.StorageFailed) as caught:
        await opener.open(sealed, whose)
    return caught.value.sentence


async def test_opens_with_the_passphrase() -> None:
    sealed = await sealed_by(WORDS)

    assert await sealer(WORDS).open(sealed, WHOSE) == "sk-planted"
    assert sealing.from_json(json.loads(json.dumps(sealing.to_json(sealed)))) == sealed


async def test_is_what_it_says() -> None:
    """Opened with another implementation of scrypt, from what is written."""
    sealed = await sealed_by(WORDS)
    key = Scrypt(sealed.salt, length=32, n=sealed.n, r=sealed.r, p=sealed.p).derive(WORDS.encode())
    bound = json.dumps(["llm-ls", *WHOSE]).encode()

    assert AESGCM(key).decrypt(sealed.nonce, sealed.text, bound) == b"sk-planted"
    assert (sealed.n, sealed.r, sealed.p, len(sealed.salt)) == (32768, 8, 1, 16)


async def test_same_text_is_sealed_otherwise_each_time() -> None:
    first, second = await sealed_by(WORDS), await sealed_by(WORDS)

    assert first.salt != second.salt
    assert first.nonce != second.nonce


async def test_opens_with_the_keyrings_key_which_is_made_once() -> None:
    with used(Memory()) as memory:
        first = await sealer().seal("1", WHOSE)
        key = memory.held["llm-ls", FILE_KEY]
        second = await sealer().seal("2", WHOSE)

        assert first is not None
        assert second is not None
        assert await sealer().open(first, WHOSE) == "1"
        assert await sealer().open(second, WHOSE) == "2"
        assert memory.held == {("llm-ls", FILE_KEY): key}


async def test_without_any_key_nothing_is_sealed() -> None:
    with used(Locked()):
        locked = await sealer().seal("sk-planted", WHOSE)

    assert locked is None
    assert await sealer().seal("sk-planted", WHOSE) is None


async def test_does_not_open_without_its_key() -> None:
    sealed = await sealed_by(WORDS)
    with used(Memory()):
        by_keyring = await sealer().seal("1", WHOSE)
    assert by_keyring is not None

    assert await failure(sealer(), sealed) == (
        "What is saved for 'openai' is sealed with a passphrase. Set LLM_LS_PASSPHRASE to it."
    )
    assert "cannot be opened with the passphrase in LLM_LS_PASSPHRASE" in await failure(sealer("others"), sealed)
    assert "in the keyring, which cannot be used: there is none" in await failure(sealer(), by_keyring)
    with used(Memory()):
        assert "which cannot be used: it does not hold the key" in await failure(sealer(), by_keyring)


async def test_does_not_open_for_another() -> None:
    sealed = await sealed_by(WORDS)

    assert "cannot be opened" in await failure(sealer(WORDS), sealed, ("openai", "other"))
    assert "cannot be opened" in await failure(sealer(WORDS), sealed, ("open", "ai/default"))


async def test_does_not_open_once_it_was_changed() -> None:
    sealed = await sealed_by(WORDS)
    changed = attrs.evolve(sealed, text=bytes([sealed.text[0] ^ 1]) + sealed.text[1:])

    assert "cannot be opened" in await failure(sealer(WORDS), changed)
    assert "cannot be opened" in await failure(sealer(WORDS), attrs.evolve(sealed, text=b""))


@pytest.mark.parametrize(
    "change",
    [
        {"n": 2**40},
        {"n": 2**15 + 1},
        {"n": 1},
        {"r": 2**20},
        {"p": 0},
        {"n": True},
        {"salt": None},
        {"nonce": "AAAA"},
        {"text": "not base64"},
        {"by": "me"},
    ],
)
async def test_what_nobody_sealed_is_not_opened_at_any_cost(change: dict[str, object]) -> None:
    assert sealing.from_json({**sealing.to_json(await sealed_by(WORDS)), **change}) is None


async def test_shows_no_secret() -> None:
    one = sealer(WORDS)
    sealed = await one.seal("sk-planted", WHOSE)

    shown = f"{one!r} {sealed!r} {vars(one)['_derived']!r}"
    assert "sk-planted" not in shown
    assert WORDS not in shown
