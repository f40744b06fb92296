"""What a model is shown to say the next edit: the changes, the places where it may be, and little else."""

import pytest
from inline_snapshot import snapshot

from llm_ls.documents import Diagnostic, Document, Position, Span, split_lines
from llm_ls.features import next_edit
from llm_ls.features.recent_edits import RecentEdits
from llm_ls.messages import Text
from llm_ls.models import ModelRequest
from llm_ls.prompts import likely_places
from llm_ls.prompts.likely_places import Change
from tests.evaluation.histories import histories

HISTORIES = histories()


def question_of(request: ModelRequest) -> str:
    [message] = request.messages
    return "".join(part.text for part in message.parts if isinstance(part, Text))


def document(*lines: str) -> Document:
    return Document("file:///a.py", "python", 1, tuple(split_lines("".join(lines))))


def numbered(count: int) -> list[str]:
    return [f"line_{number} = {number}\n" for number in range(count)]


def shown(now: Document, cursor: int, *changes: Change, problems: tuple[int, ...] = ()) -> list[tuple[int, int]]:
    return [(place.start, place.end) for place in likely_places.places(now, cursor, changes, problems)]


def test_instructions() -> None:
    assert HISTORIES["02-parameter-handed-on"].question.request.system == snapshot("""\
You watch a programmer at work. From what they have just changed you say the one edit that they will make next
in the file that is open: the same rename in another place, a caller of a function that has a new parameter,
an import that is missing, a test, comment or message that no longer fits, the rest of what they have begun.

You are shown numbered places of the file. Answer with the number of the place to edit, then with the new text of
that whole place in one fenced code block, and nothing else:

PLACE 2
```
the new text of place 2, every line of it
```

- Edit one place only, and change as little as possible there. Copy every other line of it letter for letter.
- Never take back or write again what the programmer has just changed.
- Do not guess at new features. If no edit clearly follows from the changes or the problems, answer NOTHING.\
""")


def test_a_whole_question() -> None:
    assert question_of(HISTORIES["02-parameter-handed-on"].question.request) == snapshot('''\
Changes made lately, the newest last:
```diff
--- tests/rigs/prepared_model.py, line 12
 @contextlib.contextmanager
-def prepared_model(folder: Path, answers: Mapping[str, str]) -> Generator[dict[str, str]]:
+def prepared_model(folder: Path, answers: Mapping[str, str], *, fill: str = "") -> Generator[dict[str, str]]:
--- tests/rigs/prepared_model.py, line 18
         answers: As of `demo_model.write`.
+        fill: What it says belongs into every gap; empty makes a model that cannot fill.
```

File: tests/rigs/prepared_model.py (python)

<place number="1" lines="1-8">
"""Real inference that says what a test prepared, as the server's default model."""

import contextlib
from collections.abc import Generator, Mapping
from pathlib import Path

from llm_ls.cli import demo_model
from tests.rigs.llamacpp import llama_cpp
</place>

<place number="2" lines="10-23">

@contextlib.contextmanager
def prepared_model(folder: Path, answers: Mapping[str, str], *, fill: str = "") -> Generator[dict[str, str]]:
    """llama.cpp with a model of these `answers`; the environment that makes it the default, `llamacpp/tiny`.

    Args:
        folder: Where the model is written.
        answers: As of `demo_model.write`.
        fill: What it says belongs into every gap; empty makes a model that cannot fill.
    """
    gguf = folder / "tiny.gguf"
    demo_model.write(gguf, answers, fill="")
    with llama_cpp(gguf) as url:
        yield {"LLAMACPP_BASE_URL": f"{url}/v1", "LLM_LS_MODEL": "llamacpp/tiny"}
</place>

The cursor is on line 18, in place 2: `fill: What it says belongs into every gap; empty makes a model that cannot fill.`

Which edit comes next? Answer `PLACE number` and one ``` block, or NOTHING.\
''')


@pytest.mark.parametrize("name", HISTORIES)
def test_the_place_of_the_next_edit_is_shown(name: str) -> None:
    history = HISTORIES[name]
    first = history.expected.line - 1
    last = first + history.expected.before.count("\n")

    assert any(place.start <= first and last <= place.end for place in history.question.places)


@pytest.mark.parametrize("name", HISTORIES)
def test_a_question_is_short(name: str) -> None:
    assert len(question_of(HISTORIES[name].question.request)) < 5_000


def test_where_a_name_that_is_gone_still_stands_is_shown() -> None:
    lines = numbered(300)
    lines[250] = "print(old_name)\n"
    change = Change("a.py", 10, ("old_name = 1\n",), ("new_name = 1\n",))

    assert (247, 254) in shown(document(*lines), 10, change)


def test_what_was_changed_itself_is_no_place_elsewhere() -> None:
    change = Change("a.py", 250, ("total = 1\n",), ("line_250 = 250\n",))

    assert shown(document(*numbered(300)), 10, change) == [(2, 19), (19, 36), (36, 52)]


def test_problems_are_places() -> None:
    assert (197, 204) in shown(document(*numbered(300)), 10, problems=(200,))


def test_the_imports_are_a_place_where_a_name_is_new() -> None:
    lines = ["import os\n", "import sys\n", *numbered(300)]
    change = Change("a.py", 200, ("x = 1\n",), ("x = shutil.which(y)\n",))

    assert shown(document(*lines), 200, change)[0] == (0, 2)


def test_long_lines_are_not_shown() -> None:
    lines = numbered(30)
    lines[12] = "x" * 5_000 + "\n"

    assert shown(document(*lines), 10)[0] == (2, 12)
    assert shown(document("x" * 5_000), 0) == []


def test_changes_elsewhere_are_named_and_old_ones_left_out_where_they_are_too_many() -> None:
    now = document(*numbered(30))
    recent = RecentEdits()
    for start in range(0, 36, 3):
        recent.changed("file:///b.py", start, ["old\n"], [f"new_{start} = {'x' * 1_500}\n"])
    edits = [("b.py", edit) for edit in recent.recent()]
    asked = next_edit.question(now, Position(3, 0), "a.py", edits)

    assert asked is not None
    text = question_of(asked.request)
    assert [start for start in range(0, 36, 3) if f"--- b.py, line {start + 1}\n-old\n+new_{start} " in text] == [
        27,
        30,
        33,
    ]
    assert text.index("new_27") < text.index("new_33")


def test_problems_are_told_the_worst_first_and_lead_to_a_question_by_themselves() -> None:
    now = document(*numbered(30))
    problems = [
        Diagnostic(Span(Position(line, 0), Position(line, 4)), f"problem {line}", severity)
        for line, severity in ((3, 4), (20, 1), (5, 2))
    ]
    asked = next_edit.question(now, Position(4, 0), "a.py", [], problems)

    assert asked is not None
    text = question_of(asked.request)
    assert text.index("problem 20") < text.index("problem 5") < text.index("problem 3")
    assert next_edit.question(now, Position(4, 0), "a.py", [], problems[:1]) is None
