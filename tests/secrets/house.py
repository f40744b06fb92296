"""A home full of secrets, and the real program in it: everything that it says and leaves is kept, to be searched."""

import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from llm_ls.providers.vendors import VENDORS
from tests.cli import command
from tests.rigs.raw_client import SERVER, Message, RawClient, started
from tests.secrets.searching import files, leaks, planted

Json = dict[str, Any]

VERBOSE = {
    "PYTHONFAULTHANDLER": "1",
    "OPENAI_LOG": "debug",
    "ANTHROPIC_LOG": "debug",
    "HTTPX_LOG_LEVEL": "debug",
}
"""With these a user has Python and the vendors' libraries say all that they can."""

UNFILTERED = ("-m", "tests.secrets.unfiltered")
"""The program without the second line: what its log then says, it said without a secret to begin with."""


class House:
    """A home.

    Attributes:
        secrets: All that must be found nowhere, by name.
        said: What programs said, by where they did.
        own: Files in which a secret may be.
    """

    def __init__(self) -> None:
        self.home = Path(os.environ["HOME"])
        self.secrets: dict[str, str] = {}
        self.said: dict[str, bytes] = {}
        self.own: list[Path] = [self.home / ".local/share/llm-ls/credentials.json"]
        os.environ.update(VERBOSE)

    def plant(self, name: str, form: str | None = None) -> str:
        """A new secret."""
        made = self.secrets[name] = planted(name) if form is None else planted(name, form)
        return made

    def plant_keys(self) -> None:
        """Set every variable that takes a key of a vendor's."""
        for name in {name for vendor in VENDORS.values() for name in vendor.key_names}:
            os.environ[name] = self.plant(name)

    def write(self, path: str, content: object) -> Path:
        """Leave a file, in which a secret may be, that only the user can read."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        file.chmod(0o600)
        self.own.append(file)
        return file

    def hears(self, where: str, data: bytes) -> None:
        """Keep what was said."""
        self.said[where] = self.said.get(where, b"") + data

    async def runs(self, *arguments: str, stdin: str = "", program: tuple[str, ...] = SERVER) -> command.Done:
        """Run `llm-ls` with these arguments to its end."""
        done = await command.run(*arguments, stdin=stdin, program=program)
        self.hears(f"stdout of {' '.join(arguments)}", done.out.encode())
        self.hears(f"stderr of {' '.join(arguments)}", done.err.encode())
        return done

    @asynccontextmanager
    async def server(
        self, settings: Mapping[str, Any], program: tuple[str, ...] = SERVER, *, leaves: bool = True
    ) -> AsyncGenerator["Conversation"]:
        """An editor's server, which logs all it can; `leaves` says whether the editor ends it as editors do."""
        async with started("--stdio", program=program) as client:
            options = {"log": {"level": "debug"}, **settings}
            await client.initialize({"capabilities": _ABLE, "initializationOptions": options})
            try:
                self.hears("argv", Path(f"/proc/{client.process.pid}/cmdline").read_bytes())
                await client.ask("settings", "llm-ls/chat", {"model": "nobody/m"})  # answered once they are in effect
                yield Conversation(client)
                if leaves:
                    client.request("bye", "shutdown", None)
                    await client.response("bye")
                    client.notify("exit", None)
                    await client.exit_code()
            finally:
                self.hears("traffic", json.dumps(client.messages).encode())
        self.hears("stderr", client.errors)

    def leaks(self) -> list[str]:
        """Where secrets are that must not be there."""
        return leaks(self.secrets, {**self.said, **files(self.home, *self.own)})


class Conversation:
    """What an editor does; it answers no question of the server."""

    def __init__(self, client: RawClient) -> None:
        self.client = client
        self._numbers = iter(range(1, 1_000_000))

    def begin(self, method: str, params: object) -> int:
        """Send a request; its id."""
        number = next(self._numbers)
        self.client.request(number, method, params)
        return number

    async def ask(self, method: str, params: object) -> Message:
        """The answer to a request, an error included."""
        return await self.client.response(self.begin(method, params))


_ABLE: Json = {"window": {"workDoneProgress": True, "showDocument": {"support": True}}}
