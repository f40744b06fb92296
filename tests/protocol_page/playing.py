"""Plays the client's part of an example against a real server, and takes down what both say."""

import contextlib
import copy
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from tests.protocol_page.page import Happens, Said, Step
from tests.protocol_page.stage import Stage
from tests.rigs import raw_client
from tests.rigs.raw_client import Message, RawClient


def _nothing(stage: Stage) -> None:
    """Nothing has to be prepared."""


@attrs.frozen
class Scene:
    """What an example needs beside the page.

    Attributes:
        prepares: Called before the server starts.
        declares: Changes what the client of the example `initialize` declares for llm-ls; `None` is nothing at all.
        begins: Whether the messages of the example `initialize` come first.
        happens: What the words in its comments do.
    """

    prepares: Callable[[Stage], None] = _nothing
    declares: Mapping[str, bool] | None = attrs.field(factory=dict[str, bool])
    begins: bool = True
    happens: Mapping[str, Callable[[Stage], None]] = attrs.field(factory=dict[str, Callable[[Stage], None]])


async def play(scene: Scene, start: list[Step], steps: list[Step], stage: Stage) -> list[Step]:
    """The example as it went.

    Args:
        scene: What it needs.
        start: The example that others go on from.
        steps: What the page says; of the server's messages only their number counts.
        stage: What is around the server.
    """
    scene.prepares(stage)
    async with raw_client.started() as client:
        if scene.begins:
            await _Play(client, stage, scene).act(_started(start, scene.declares))
            client.messages.clear()
        played = _Play(client, stage, scene)
        await played.act(steps)
        await played.end()
    return played.steps


def _started(start: list[Step], declares: Mapping[str, bool] | None) -> list[Step]:
    """The start of a client that declares this."""
    first = start[0]
    assert isinstance(first, Said)
    message: Message = copy.deepcopy(first.message)
    capabilities = message["params"]["capabilities"]
    if declares is None:
        del capabilities["experimental"]
    else:
        capabilities["experimental"]["llm-ls"].update(declares)
    return [Said("client", message), *start[1:]]


class _Play:
    """One conversation.

    Attributes:
        steps: What has been said and done so far, as the page has it.
    """

    def __init__(self, client: RawClient, stage: Stage, scene: Scene) -> None:
        self._client, self._stage, self._scene = client, stage, scene
        self._heard = 0
        self._expected = 0
        self.steps: list[Step] = []

    async def act(self, steps: list[Step]) -> None:
        for step in steps:
            match step:
                case Said("server"):
                    self._expected += 1
                case Said():
                    await self._hear()
                    self.steps.append(step)
                    self._client.send({"jsonrpc": "2.0", **self._stage.to_server(step.message)})
                case Happens():
                    await self._hear()
                    self.steps.append(step)
                    self._scene.happens[step.what](self._stage)
        await self._hear()

    async def end(self) -> None:
        """Take down what the server still says before it answers one more question."""
        await self._client.ask("end", "$/end", {})
        self._take(self._client.messages[:-1])

    async def _hear(self) -> None:
        """Take down what the server says, once that is as many messages as the page has."""
        said = self._client.messages
        if len(said) < self._expected:
            with contextlib.suppress(TimeoutError):
                await self._client.message(lambda _: len(said) >= self._expected)
        self._take(said)

    def _take(self, said: list[Message]) -> None:
        self.steps += [Said("server", self._stage.to_page(_bare(message))) for message in said[self._heard :]]
        self._heard = len(said)


def _bare(message: Message) -> dict[str, Any]:
    """A message as the page has it: `id` and `method` first, and no `jsonrpc`."""
    order = ("id", "method", "params", "result", "error")
    return {name: message[name] for name in order if name in message}
