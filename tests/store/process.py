"""Another llm-ls process of the user, as far as the store goes: `python -m tests.store.process PART FILE ...`.

It says when it is ready, and begins when it is told to by a line.
"""

import asyncio
import ctypes
import resource
import struct
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from llm_ls import errors
from llm_ls.messages import Message, Text, Usage, user
from llm_ls.store.allowance import Allowance
from llm_ls.store.conversations import Conversations
from llm_ls.store.database import Database
from llm_ls.store.ledger import Entry, Ledger, Outcome

ENTRY = Entry("openai/gpt-test", "chat")
REQUESTS = 25
PER_MINUTE = 40
STREAMS = 10
STEPS = 3
WORDS = 300
"""In a step of the answers that come after the first, which is short."""


async def writes(path: Path) -> None:
    """A number of requests, from beginning to end."""
    ledger = Ledger(path)
    for _ in range(REQUESTS):
        await ledger.end(await ledger.begin(ENTRY), Outcome("ok", Usage(10, 5, cost_usd=0.25)))
    await ledger.aclose()


async def waits(path: Path) -> None:
    """A request that does not end."""
    await Ledger(path).begin(ENTRY)
    print("asked", flush=True)
    sys.stdin.read()


async def leaves(path: Path) -> None:
    """A request, and nothing is closed."""
    await Ledger(path).begin(ENTRY)


async def takes(path: Path) -> None:
    """As many requests as it is let have, in a minute that does not pass."""
    allowance, taken = Allowance(Database(path), clock=lambda: 1e9), 0
    while await allowance.take("openai", PER_MINUTE, None, 0) == 0:
        taken += 1
    print(taken)


async def answers(path: Path, conversation: str, question: str) -> None:
    """Answers to a question, all beside each other."""
    database = Database(path)
    kept = Conversations(database)
    for number in range(10):
        draft = await kept.begin_answer(conversation, question, ENTRY.model)
        draft.add("text", f"answer {number}")
        message = Message("assistant", (Text(f"answer {number} of {number}"),))
        await draft.end((message,), ENTRY.model, Usage(10, 5), "end_turn")
        print(draft.id)
    await database.aclose()


async def streams(path: Path) -> None:
    """Conversations without an end, all at once; it says what it has begun, added and completed, and when."""
    kept = Conversations(Database(path))
    await asyncio.gather(*(_stream(kept) for _ in range(STREAMS)))


async def _stream(kept: Conversations) -> None:
    id, parent, words = await kept.begin("", "Endless"), "", 5
    while True:
        parent = await kept.ask(id, parent, user("Count."))
        draft = await kept.begin_answer(id, parent, ENTRY.model)
        _say("begun", id, draft.id)
        messages: tuple[Message, ...] = ()
        for step in range(STEPS):
            numbers = range(step * words, (step + 1) * words)
            for number in numbers:
                draft.add("text", f"{number} ")
                _say("added", draft.id, number, time.monotonic())
                await asyncio.sleep(0.001)
            messages += (Message("assistant", (Text("".join(f"{number} " for number in numbers)),)),)
            if step < STEPS - 1:
                await draft.step(messages, ENTRY.model, Usage(step, step))
                _say("step", draft.id, numbers[-1])
        await draft.end(messages, ENTRY.model, Usage(STEPS, STEPS), "end_turn")
        _say("whole", draft.id, STEPS * words - 1)
        parent, words = draft.id, WORDS


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def cannot_write(path: Path) -> None:
    """A request of somebody who may not write where it is forbidden."""
    _give_up_capabilities()
    await _failing(Ledger(path).begin(ENTRY))


async def has_no_room(path: Path) -> None:
    """A request on a disk that is full."""
    _fill_the_disk()
    await _failing(Ledger(path).begin(ENTRY))


async def cannot_begin(path: Path) -> None:
    """A conversation of somebody who may not write the file."""
    await Ledger(path).begin(ENTRY)
    path.chmod(0o400)
    _give_up_capabilities()
    await _failing(Conversations(Database(path)).begin("", "One"))


async def has_no_room_for_a_conversation(path: Path) -> None:
    """One on a disk that is full."""
    _fill_the_disk()
    await _failing(Conversations(Database(path)).begin("", "One"))


def _give_up_capabilities() -> None:
    """With them root may write everything."""
    ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))  # version 3, this thread: none


def _fill_the_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


async def _failing(writing: Awaitable[object]) -> None:
    try:
        await writing
    except errors.StorageFailed as error:
        print(error.sentence)


PARTS: dict[str, Callable[..., Coroutine[object, object, None]]] = {
    part.__name__: part
    for part in (
        writes,
        waits,
        leaves,
        takes,
        answers,
        streams,
        cannot_write,
        has_no_room,
        cannot_begin,
        has_no_room_for_a_conversation,
    )
}

if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(PARTS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:]))
