"""What the user has allowed for good, by workspace."""

import time
from collections.abc import Callable

from llm_ls.store.connection import Connection, transaction
from llm_ls.store.database import Database


class Consents:
    """Those in `database`. Every method raises `errors.StorageFailed` if the file cannot be used.

    A workspace is the uri of its folder, a scope what is allowed there, such as the name of a tool.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def allowed(self, workspace: str, scope: str) -> bool:
        """Whether the user has allowed it."""
        sql = "SELECT 1 FROM consents WHERE workspace = ? AND scope = ?"
        found = await self._database.run(lambda connection: connection.execute(sql, (workspace, scope)).fetchone())
        return found is not None

    async def allow(self, workspace: str, scope: str) -> None:
        """The user allows it from now on."""
        row = (workspace, scope, self._clock())
        sql = "INSERT OR REPLACE INTO consents (workspace, scope, at) VALUES (?, ?, ?)"
        await self._database.run(lambda connection: connection.execute(sql, row))

    async def list(self) -> tuple[tuple[str, str, float], ...]:
        """All, as workspace, scope and when it was allowed (unix seconds)."""
        sql = "SELECT workspace, scope, at FROM consents ORDER BY workspace, scope"
        rows = await self._database.run(lambda connection: connection.execute(sql).fetchall())
        return tuple((workspace, scope, at) for workspace, scope, at in rows)

    async def forget(self, workspace: str | None, scope: str | None) -> int:
        """Ask again; how many were forgotten. `None` stands for all workspaces, or all scopes."""

        def delete(connection: Connection) -> int:
            with transaction(connection):
                connection.execute(_FORGET, (workspace, scope))
                return connection.execute("SELECT changes()").fetchone()[0]

        return await self._database.run(delete)


_FORGET = "DELETE FROM consents WHERE workspace = COALESCE(?, workspace) AND scope = COALESCE(?, scope)"
