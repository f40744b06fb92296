"""What the user has allowed for good stays allowed there, and nowhere else, until they take it back."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from llm_ls.store.consents import Consents
from llm_ls.store.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite3"


@pytest.fixture
async def consents(path: Path) -> AsyncGenerator[Consents]:
    database = Database(path)
    yield Consents(database, clock=lambda: 7.0)
    await database.aclose()


async def test_what_is_allowed_holds_in_one_workspace_and_for_one_thing(consents: Consents) -> None:
    await consents.allow("file:///a", "git_diff")
    await consents.allow("file:///a", "git_diff")

    assert await consents.allowed("file:///a", "git_diff")
    assert not await consents.allowed("file:///a", "run_command")
    assert not await consents.allowed("file:///b", "git_diff")
    assert not await consents.allowed("", "git_diff")
    assert await consents.list() == (("file:///a", "git_diff", 7.0),)


async def test_other_processes_know_of_it(consents: Consents, path: Path) -> None:
    await consents.allow("file:///a", "git_diff")
    other = Database(path)

    assert await Consents(other).allowed("file:///a", "git_diff")

    await other.aclose()


@pytest.mark.parametrize(
    ("workspace", "scope", "left"),
    [
        (None, None, []),
        ("file:///a", None, [("file:///b", "x")]),
        (None, "x", [("file:///a", "y")]),
        ("file:///a", "x", [("file:///a", "y"), ("file:///b", "x")]),
        ("file:///c", None, [("file:///a", "x"), ("file:///a", "y"), ("file:///b", "x")]),
    ],
)
async def test_what_is_forgotten_is_asked_again(
    consents: Consents, workspace: str | None, scope: str | None, left: list[tuple[str, str]]
) -> None:
    for row in (("file:///b", "x"), ("file:///a", "y"), ("file:///a", "x")):
        await consents.allow(*row)
    forgotten = await consents.forget(workspace, scope)

    assert forgotten == 3 - len(left)
    assert [row[:2] for row in await consents.list()] == left
