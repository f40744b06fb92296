"""What our side of a session with copilot.el 277ca357 in Emacs 30 was, it is still."""

import asyncio
from pathlib import Path

from tests.clients import copilot_el, recording, signing_in
from tests.rigs.github import GitHub
from tests.rigs.prepared_model import prepared_model


async def test_suggestions_are_shown_cycled_dismissed_and_taken(tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill=copilot_el.FILL) as environment:
        assert await recording.differences(copilot_el.TRANSCRIPT, environment) == []


async def test_somebody_signs_in_with_a_code_and_out(tmp_path: Path) -> None:
    async with GitHub() as github:
        approving = asyncio.create_task(signing_in.approve(github))
        environment = signing_in.environment(github, tmp_path)

        assert await recording.differences(copilot_el.SIGN_IN, environment) == []
        await approving
