"""Another llm-ls process of the user, as far as saved credentials go: `python -m tests.auth.store_process PART PATH`.

It says when it is ready, and begins when it is told to by a line; what it says then is one line of JSON each.
"""

import asyncio
import ctypes
import json
import os
import struct
import sys
import time
from pathlib import Path

from llm_ls import errors
from llm_ls.auth import file_lock, keyrings
from llm_ls.auth.credential_store import CredentialStore
from llm_ls.auth.entries import SavedKey, SignedIn
from llm_ls.auth.secret import Secret

SAVES = 20
ROTATIONS = 5


async def holds(path: Path) -> None:
    """The lock, for good."""
    async with file_lock.held(path, 0):
        print("held", flush=True)
        sys.stdin.read()


async def saves(path: Path) -> None:
    """A number of keys of accounts that are its own."""
    store = CredentialStore({}, "file", path)
    for number in range(SAVES):
        await store.save("openai", f"{os.getpid()}-{number}", SavedKey(Secret(f"sk-{os.getpid()}-{number}")))


async def rotates(path: Path) -> None:
    """A refresh token that may be used once: each use gives the next, and nobody else may have used it before."""
    store = CredentialStore({}, "file", path)
    for _ in range(ROTATIONS):
        async with store.refreshing("anthropic", "a"):
            entry = await store.load("anthropic", "a")
            assert isinstance(entry, SignedIn)
            assert entry.refresh is not None
            used = path.with_name(f"used-{entry.refresh.reveal()}")
            used.touch(exist_ok=False)
            await asyncio.sleep(0)
            following = str(int(entry.refresh.reveal()) + 1)
            await store.save("anthropic", "a", SignedIn(Secret("at"), Secret(following)))


async def hangs(path: Path) -> None:
    """What comes of a keyring that never answers, and how long it takes; then the end of the process."""
    keyrings.LIMIT_S = 0.2
    store = CredentialStore({}, "auto", path)
    before = time.monotonic()
    saved = await store.save("openai", "default", SavedKey(Secret("sk-in-the-file")))
    _tell(saved.place, time.monotonic() - before < 5)


async def cannot_write(path: Path) -> None:
    """A save of somebody who may not write where it is forbidden; root may, with its capabilities."""
    ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))  # version 3, this thread: none
    store = CredentialStore({}, "file", path)
    try:
        await store.save("openai", "default", SavedKey(Secret("sk-1")))
    except errors.StorageFailed as error:
        _tell(error.sentence, await store.delete("anthropic"))


async def tries_keyring(path: Path) -> None:
    """A sign-in and a key, saved and loaded, with whatever keyring there is."""
    store = CredentialStore({}, "auto", path)
    signed_in = SignedIn(Secret("at-planted-1"), Secret("rt-planted-2" * 300), 4e9, {"client": "c"})
    places = [(await store.save("anthropic", "ann@example.com", signed_in)).place]
    places.append((await store.save("openai", "default", SavedKey(Secret("sk-planted-3")))).place)
    same = await store.load("anthropic") == signed_in
    _tell(places, same, await keyrings.USERS.problem())


async def loads_keyring(path: Path) -> None:
    """What `tries_keyring` has saved, as far as it is to be had."""
    store = CredentialStore({}, "auto", path)
    saved = store.saved("openai")
    before = time.monotonic()
    try:
        entry = await store.load("openai")
        said = entry.key.reveal() if isinstance(entry, SavedKey) else ""
    except errors.StorageFailed as error:
        said = error.sentence
    _tell(saved is not None and saved.place, said, time.monotonic() - before < 10)


async def deletes(path: Path) -> None:
    """All that `tries_keyring` has saved."""
    store = CredentialStore({}, "auto", path)
    _tell(await store.delete("openai"), await store.delete("anthropic"), len(store.all()))


async def seals(path: Path) -> None:
    """A key in the file, sealed with what the keyring holds."""
    store = CredentialStore({}, "file", path)
    saved = await store.save("openai", "default", SavedKey(Secret("sk-planted-3")))
    _tell(saved.place, saved.sealed, await store.load("openai") == SavedKey(Secret("sk-planted-3")))


async def insists(path: Path) -> None:
    """A save that takes the keyring or nothing."""
    keyrings.LIMIT_S = 1.0
    before = time.monotonic()
    try:
        await CredentialStore({}, "keyring", path).save("openai", "default", SavedKey(Secret("sk-planted-3")))
    except errors.StorageFailed as error:
        _tell(error.sentence, time.monotonic() - before < 10)


async def finds_it_later(path: Path) -> None:
    """Whether there is a keyring, now and after it is told that there is one."""
    keyrings.AGAIN_S = 0.0
    _tell(await keyrings.USERS.problem())
    sys.stdin.readline()
    _tell(await keyrings.USERS.problem())


def _tell(*values: object) -> None:
    print(json.dumps(values), flush=True)


PARTS = {
    part.__name__: part
    for part in (
        *(holds, saves, rotates, hangs, cannot_write),
        *(tries_keyring, loads_keyring, deletes, seals, insists, finds_it_later),
    )
}

if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(PARTS[sys.argv[1]](Path(sys.argv[2])))
