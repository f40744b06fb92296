"""A real GNOME keyring on a D-Bus session of its own."""

import asyncio
import contextlib
import importlib
import os
import tempfile
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

from tests.rigs.found import rig

_STARTS_WITHIN_S = 20.0
_SECRETS = "org.freedesktop.secrets"
_PROMPTER = "org.gnome.keyring.SystemPrompter"
_NOT_HERE = {"DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND"}
_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Session:
    """A D-Bus session; `environment` is what its processes need. Nobody is there to answer a prompt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._daemon: asyncio.subprocess.Process | None = None
        self.environment: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if name not in _NOT_HERE},
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
            "XDG_RUNTIME_DIR": str(folder),
        }

    async def unlocked(self) -> None:
        """Have a keyring that is open; what the last one held is in it."""
        await self._start("--unlock", password="of the keyring")

    async def locked(self) -> None:
        """Have the keyring closed; where there was none, none is made."""
        await self._start("--start", password="")

    async def stopped(self) -> None:
        """Have no keyring."""
        if self._daemon is not None and self._daemon.returncode is None:
            self._daemon.terminate()
            await self._daemon.wait()

    def let_prompts_hang(self) -> None:
        """Have somebody who is asked to unlock, and takes their time; for a session that has no keyring yet."""
        service = f"[D-BUS Service]\nName={_PROMPTER}\nExec=/bin/sh -c 'exec sleep 20 >/dev/null'\n"
        (self._folder / "services" / f"{_PROMPTER}.service").write_text(service)

    async def _start(self, how: str, *, password: str) -> None:
        await self.stopped()
        self._daemon = await asyncio.create_subprocess_exec(
            rig("gnome-keyring"),
            *(how, "--foreground", "--components=secrets"),
            # Its own home is not that of the test, which so holds nothing of it.
            env={**self.environment, "HOME": str(self._folder), "XDG_DATA_HOME": f"{self._folder}/data"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(password.encode())
        self._daemon.stdin.close()
        async with asyncio.timeout(_STARTS_WITHIN_S):
            while not await asyncio.to_thread(self._is_there):  # noqa: ASYNC110 - nobody else says so
                await asyncio.sleep(0.02)

    def _is_there(self) -> bool:
        jeepney: Any = importlib.import_module("jeepney.io.blocking")
        messages: Any = importlib.import_module("jeepney.bus_messages")
        with jeepney.open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"]) as connection:
            return jeepney.Proxy(messages.message_bus, connection).NameHasOwner(_SECRETS)[0] == 1


@contextlib.asynccontextmanager
async def session() -> AsyncGenerator[Session]:
    """A D-Bus session that has no keyring yet."""
    program = rig("gnome-keyring").with_name("dbus-daemon")
    with tempfile.TemporaryDirectory(prefix="session-") as name:
        folder = Path(name)
        (folder / "services").mkdir()
        (folder / "bus.conf").write_text(_BUS.format(folder=folder), encoding="utf-8")
        made = Session(folder)
        bus = await asyncio.create_subprocess_exec(
            program,
            *(f"--config-file={folder}/bus.conf", "--nofork", "--print-address"),
            env=made.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert bus.stdout is not None
            async with asyncio.timeout(_STARTS_WITHIN_S):
                await bus.stdout.readline()
            yield made
        finally:
            await made.stopped()
            bus.terminate()
            await bus.wait()
