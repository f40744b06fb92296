"""Makes text unreadable for whoever has the file and not the key: AES-256-GCM, bound to what the text belongs to.

The key comes of a passphrase (scrypt, RFC 7914) or is a random one that the keyring holds.
"""

import asyncio
import base64
import binascii
import json
import os
from collections.abc import Mapping
from typing import Any, Literal, cast

import attrs

from llm_ls import errors
from llm_ls.auth.keyrings import Keyring, Unusable
from llm_ls.auth.secret import Secret

PASSPHRASE = "LLM_LS_PASSPHRASE"  # noqa: S105 - the name of the variable
FILE_KEY = "file key"
"""What the random key is called in the keyring."""

_KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_N, _R, _P = 2**15, 8, 1
_DEAREST = 2**17 * 8
"""The most of n times r times p that a file may ask for: 128 bytes of memory each."""

_DERIVED_KEPT = 64


@attrs.frozen
class Sealed:
    """A text that was sealed.

    Attributes:
        by: Where the key is from.
        salt: Of the passphrase's key; empty with the keyring's.
    """

    by: Literal["passphrase", "keyring"]
    nonce: bytes
    text: bytes
    salt: bytes = b""
    n: int = _N
    r: int = _R
    p: int = _P


class Sealer:
    """Seals with the passphrase if there is one, else with the keyring's key, and opens what either sealed."""

    def __init__(self, environment: Mapping[str, str], keyring: Keyring) -> None:
        self._environment = environment
        self._keyring = keyring
        self._derived: dict[Secret, bytes] = {}

    @property
    def has_passphrase(self) -> bool:
        return bool(self._environment.get(PASSPHRASE, ""))

    async def seal(self, text: str, belongs_to: tuple[str, ...]) -> Sealed | None:
        """The sealed text; `None` where there is no key. For one process at a time: it may make the keyring's key."""
        nonce = os.urandom(_NONCE_BYTES)
        if passphrase := self._environment.get(PASSPHRASE, ""):
            blank = Sealed("passphrase", nonce, b"", os.urandom(_SALT_BYTES))
            key = await self._derive(passphrase, blank)
        else:
            blank = Sealed("keyring", nonce, b"")
            try:
                key = await self._keyrings_key()
            except Unusable:
                return None
        return attrs.evolve(blank, text=await asyncio.to_thread(_encrypt, key, blank, text, belongs_to))

    async def open(self, sealed: Sealed, belongs_to: tuple[str, ...]) -> str:
        """The text.

        Raises:
            StorageFailed: The key is not to be had, or is another one, or the text was changed.
        """
        if sealed.by == "passphrase":
            passphrase = self._environment.get(PASSPHRASE, "")
            if not passphrase:
                raise errors.StorageFailed(
                    f"what is saved for {belongs_to[0]!r} is sealed with a passphrase", hint=f"set {PASSPHRASE} to it"
                )
            key, which = await self._derive(passphrase, sealed), f"the passphrase in {PASSPHRASE}"
        else:
            key, which = await self._kept_key(belongs_to[0]), "the key in the keyring"
        text = await asyncio.to_thread(_decrypt, key, sealed, belongs_to)
        if text is None:
            raise errors.StorageFailed(
                f"what is saved for {belongs_to[0]!r} cannot be opened with {which}",
                hint="give the one that it was sealed with, or sign in or save the key again",
            )
        return text

    async def _derive(self, passphrase: str, sealed: Sealed) -> bytes:
        """The key of the passphrase, which takes a tenth of a second and is remembered."""
        known_as = Secret(f"{sealed.salt.hex()} {sealed.n} {sealed.r} {sealed.p} {passphrase}")
        if known_as not in self._derived:
            while len(self._derived) >= _DERIVED_KEPT:
                self._derived.pop(next(iter(self._derived)))
            self._derived[known_as] = await asyncio.to_thread(_scrypt, passphrase, sealed)
        return self._derived[known_as]

    async def _kept_key(self, provider: str) -> bytes:
        reason = "it does not hold the key"
        try:
            (held,) = await self._keyring.get(FILE_KEY)
            key = None if held is None else _key_of(held)
        except Unusable as error:
            key, reason = None, str(error)
        if key is None:
            raise errors.StorageFailed(
                f"what is saved for {provider!r} is sealed with a key in the keyring, which cannot be used: {reason}",
                hint="unlock the keyring, or sign in or save the key again",
            )
        return key

    async def _keyrings_key(self) -> bytes:
        (held,) = await self._keyring.get(FILE_KEY)
        if held is None:
            await self._keyring.put([(FILE_KEY, Secret(base64.b64encode(os.urandom(_KEY_BYTES)).decode()))])
            (held,) = await self._keyring.get(FILE_KEY)
        key = None if held is None else _key_of(held)
        if key is None:
            raise Unusable("it holds another key than llm-ls makes")
        return key


def to_json(sealed: Sealed) -> dict[str, Any]:
    found: dict[str, Any] = {"by": sealed.by, "nonce": _text(sealed.nonce), "text": _text(sealed.text)}
    if sealed.by == "passphrase":
        found |= {"salt": _text(sealed.salt), "n": sealed.n, "r": sealed.r, "p": sealed.p}
    return found


def from_json(found: object) -> Sealed | None:
    """What `to_json` made; `None` if it was something else, or if it would take a key that costs too much."""
    members = cast(dict[str, Any], found) if isinstance(found, dict) else {}
    by = members.get("by")
    nonce, text, salt = (_bytes(members.get(name)) for name in ("nonce", "text", "salt"))
    if nonce is None or text is None or len(nonce) != _NONCE_BYTES:
        return None
    if by == "keyring":
        return Sealed("keyring", nonce, text)
    n, r, p = (members.get(name) for name in ("n", "r", "p"))
    if by != "passphrase" or salt is None or not all(type(cost) is int and cost > 0 for cost in (n, r, p)):
        return None
    sealed = Sealed("passphrase", nonce, text, salt, cast(int, n), cast(int, r), cast(int, p))
    fits = sealed.n > 1 and sealed.n.bit_count() == 1 and sealed.n * sealed.r * sealed.p <= _DEAREST
    return sealed if fits else None


def _encrypt(key: bytes, blank: Sealed, text: str, belongs_to: tuple[str, ...]) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).encrypt(blank.nonce, text.encode(errors="surrogatepass"), _bound(belongs_to))


def _decrypt(key: bytes, sealed: Sealed, belongs_to: tuple[str, ...]) -> str | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed.nonce, sealed.text, _bound(belongs_to)).decode(errors="surrogatepass")
    except InvalidTag:
        return None


def _bound(belongs_to: tuple[str, ...]) -> bytes:
    return json.dumps(["llm-ls", *belongs_to]).encode()


def _scrypt(passphrase: str, sealed: Sealed) -> bytes:
    import hashlib  # with OpenSSL

    memory = 2 * 128 * sealed.n * sealed.r * sealed.p
    cost = {"n": sealed.n, "r": sealed.r, "p": sealed.p, "maxmem": memory, "dklen": _KEY_BYTES}
    return hashlib.scrypt(passphrase.encode(errors="surrogateescape"), salt=sealed.salt, **cost)


def _key_of(held: Secret) -> bytes | None:
    key = _bytes(held.reveal())
    return key if key is not None and len(key) == _KEY_BYTES else None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: object) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        return None
