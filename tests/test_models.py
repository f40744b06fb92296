"""What is known of a model."""

import pytest

from llm_ls.models import Capabilities


@pytest.mark.parametrize(
    ("known", "offered"),
    [
        (Capabilities(), True),
        (Capabilities(fim=True), True),
        (Capabilities(tools=True), True),
        (Capabilities(vision=True), False),
        (Capabilities(json=True), False),
    ],
)
def test_tools_are_offered_unless_it_is_known_that_a_model_calls_none(known: Capabilities, offered: bool) -> None:
    assert known.maybe_tools is offered
