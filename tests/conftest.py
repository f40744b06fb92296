"""What every test lives in: an empty home, no vendor's environment, no network but this machine."""

import os
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.rigs import found, isolation, places
from tests.rigs.loopback_only import sitecustomize as loopback_only
from tests.rigs.vendor import LoopbackVendor


@pytest.fixture(scope="session", autouse=True)
def isolated_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty home also for what lives longer than one test."""
    before = dict(os.environ)
    home = tmp_path_factory.mktemp("session-home")
    isolation.isolate(os.environ, home)
    isolation.guard(os.environ, home / ".refused")
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, isolated_session: None) -> Iterator[None]:
    """An empty home for each test, which fails if it tried to leave this machine."""
    before = dict(os.environ)
    home = tmp_path_factory.mktemp("home")
    isolation.isolate(os.environ, home)
    isolation.guard(os.environ, home / ".refused")
    yield
    refused = Path(os.environ.get(loopback_only.REFUSED, os.devnull))
    left = refused.read_text(encoding="utf-8").split() if refused.is_file() else []
    os.environ.clear()
    os.environ.update(before)
    if left:
        pytest.fail(f"tried to leave this machine for {', '.join(sorted(set(left)))}", pytrace=False)


@pytest.fixture
async def vendor() -> AsyncGenerator[LoopbackVendor]:
    """A vendor of our own, which says what the test tells it to."""
    async with LoopbackVendor() as loopback:
        yield loopback


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder what needs an editor or a peer, so that `tests/run --quick` leaves it out.

    The type checker, which takes the longest of all, comes first: at the end the other workers would wait for it.
    """
    items.sort(key=lambda item: item.path.parts[-2:] != ("tidy", "test_tools.py"))
    for item in items:
        for folder, marker in (("editors", "editor"), ("peers", "peer"), ("clients", "peer"), ("tools/mcp", "peer")):
            if item.path.is_relative_to(places.REPOSITORY / "tests" / folder):
                item.add_marker(marker)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested because a peer could not be had."""
    counts: dict[str, int] = {}
    for report in terminalreporter.getreports("skipped"):
        _, _, reason = cast(tuple[str, int, str], report.longrepr)[2].partition(found.LEFT_OUT)
        if reason:
            counts[reason] = counts.get(reason, 0) + 1
    for reason, count in counts.items():
        terminalreporter.write_line(f"{found.LEFT_OUT}{reason}: {count} tests", red=True, bold=True)
