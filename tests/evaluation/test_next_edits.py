"""That the evaluation of next edits measures what it says; on the way, all of it through the server and llama.cpp."""

import attrs
import pytest

from tests.evaluation import next_edits
from tests.evaluation.histories import histories


def test_a_model_that_knows_the_answers_has_them_all_right(capsys: pytest.CaptureFixture[str]) -> None:
    next_edits.main(["--stand-in"])

    count = len(histories())
    assert f"of {count}: {count} shown, {count} in the right place, {count} exact" in capsys.readouterr().out


def test_what_is_elsewhere_or_otherwise_counts_less() -> None:
    history = histories()["01-added-parameter"]
    wrong = attrs.evolve(history, expected=attrs.evolve(history.expected, after="pass\n"))
    outcomes = [
        next_edits.scored(history, edits, 1.0)
        for edits in ([], [edit(0, "x\n")], [edit(history.expected.line - 1, history.expected.after)])
    ]

    assert [(one.shown, one.placed, one.exact) for one in outcomes] == [
        (False, False, False),
        (True, False, False),
        (True, True, True),
    ]
    assert not next_edits.scored(wrong, [edit(history.expected.line - 1, history.expected.after)], 1.0).exact


def edit(line: int, text: str) -> dict[str, object]:
    """One line that becomes another."""
    span = {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}
    return {"range": span, "text": text}
