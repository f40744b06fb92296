"""What `editors/PROTOCOL.md` says of the server's patience is what the code has."""

import pytest

from llm_ls import session
from llm_ls.handlers import configuration
from llm_ls.protocol import dialogs, edits, progress
from tests.protocol_page.page import PAGE


@pytest.mark.parametrize(
    ("request_name", "limits_s"),
    [
        ("`workspace/configuration`, `client/registerCapability`", (configuration.ANSWER_TIMEOUT_S,)),
        ("`window/workDoneProgress/create`", (progress.CREATE_TIMEOUT_S,)),
        ("`workspace/applyEdit`", (edits.APPLY_TIMEOUT_S, edits.CHANGE_TIMEOUT_S)),
        ("`window/showDocument`", (dialogs.ANSWER_TIMEOUT_S,)),
    ],
)
def test_a_request_is_waited_for_as_long_as_it_says(request_name: str, limits_s: tuple[float, ...]) -> None:
    row = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {request_name} |"))

    assert [limit_s for limit_s in limits_s if f"{limit_s:g} s" not in row] == []


def test_limits_in_words_are_these() -> None:
    assert (session.CONFIGURED_WITHIN_S, dialogs.PERSON_TIMEOUT_S) == (5, 600)
