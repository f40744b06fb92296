"""What our side of a session with copilot.el 277ca357 in Emacs 30 was, it is still."""

from pathlib import Path

from tests.clients import copilot_el, filling, recording, signing_in


async def test_suggestions_are_shown_cycled_dismissed_and_taken(tmp_path: Path) -> None:
    with filling.model(tmp_path) as environment:
        assert await recording.differences(copilot_el.TRANSCRIPT, environment) == []


async def test_somebody_signs_in_with_a_code_and_out(tmp_path: Path) -> None:
    async with signing_in.approved(tmp_path) as environment:
        assert await recording.differences(copilot_el.SIGN_IN, environment) == []
