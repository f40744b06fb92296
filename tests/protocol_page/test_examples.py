"""Each example of `editors/PROTOCOL.md` is what a client and the server really say."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.protocol_page import page
from tests.protocol_page.playing import play
from tests.protocol_page.scenes import SCENES
from tests.protocol_page.stage import Stage
from tests.rigs.github import GitHub
from tests.rigs.vendor import LoopbackVendor

EXAMPLES = page.examples()


@pytest.fixture
async def stage(vendor: LoopbackVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Stage]:
    monkeypatch.setenv("TEAM_KEY", "sk-test-not-a-key")
    folder = tmp_path / "project"
    folder.mkdir()
    async with GitHub() as github:
        yield Stage(folder, vendor, github)


def test_every_scene_is_on_the_page_and_the_other_way_round() -> None:
    assert EXAMPLES.keys() == SCENES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
async def test_example_is_what_is_really_said(name: str, stage: Stage) -> None:
    text = EXAMPLES[name]
    start = page.parse(EXAMPLES["initialize"])
    said = page.write(await play(SCENES[name], start, page.parse(text), stage))

    assert said == text, f"what is really said is:\n\n{said}"
