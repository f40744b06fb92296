"""Suggestions end where a person would have ended them, and double nothing."""

import pytest

from llm_ls.documents import Document, Position, split_lines
from llm_ls.features import cutting, gaps
from llm_ls.features.cutting import Cutter


def suggested(before: str, answer: str, *, cut_off: bool = False) -> str:
    """The document once the suggestion is accepted; `│` marks the gap before and the cursor after."""
    head, _, tail = before.partition("│")
    lines = split_lines(head)
    document = Document("file:///a.py", "python", 1, tuple(split_lines(head + tail)))
    gap = gaps.at(document, Position(len(lines) - 1, len(lines[-1])))
    cutter = Cutter(gap)
    for character in answer:
        if cutter.feed(character):
            break
    text, replaced = cutting.fitted(cutter.finish(cut_off=cut_off), gap)
    return f"{head}{text}│{tail[replaced:]}"


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        pytest.param("x = │\n", "1\ny = 2\n", "x = 1│\n", id="the rest of a line is one line"),
        pytest.param("def f(a│):\n    pass\n", ", b)\nmore", "def f(a, b│):\n    pass\n", id="the rest that is there"),
        pytest.param("x = f(│)\n", "1, 2)\n", "x = f(1, 2│)\n", id="a bracket that the editor has closed"),
        pytest.param(
            "if (│)\n", "ready) {\n  go();\n}\nx", "if (ready) {\n  go();\n}│\n", id="a bracket closed within"
        ),
        pytest.param(
            "def area(│",
            "w, h):\n    return w * h\n\n\ndef x",
            "def area(w, h):\n    return w * h│",
            id="a block comes whole",
        ),
        pytest.param(
            "def f():│\n", "\n    a = 1\n    return a\n\ndef g", "def f():\n    a = 1\n    return a│\n", id="a body"
        ),
        pytest.param(
            "def f():\n    │\n\nx = 1\n",
            "a = 1\n    return a\n\n\nx = 1\n",
            "def f():\n    a = 1\n    return a│\n\nx = 1\n",
            id="a blank line up to a blank line",
        ),
        pytest.param(
            "    if a:\n        │\n    return 2\n",
            "b()\n    return 2\n",
            "    if a:\n        b()│\n    return 2\n",
            id="not beyond its block",
        ),
        pytest.param("a()\n│\nb()\n", "c()\nb()\nd()\n", "a()\nc()│\nb()\n", id="not what follows already"),
        pytest.param("a()\n│\nb()\n", "b()\nd()\n", "a()\n│\nb()\n", id="nothing but what follows already"),
        pytest.param("  f(│", "\n    a,\n    b,\n  );\n  g();", "  f(\n    a,\n    b,\n  );│", id="a call over lines"),
        pytest.param(
            "const f = () => {│\n",
            "\n  go();\n};\nf();",
            "const f = () => {\n  go();\n};│\n",
            id="a function to its brace",
        ),
        pytest.param(
            "const f = () => {│\n};\n",
            "\n  go();\n};\nf();",
            "const f = () => {\n  go();│\n};\n",
            id="whose brace is there",
        ),
        pytest.param(
            "for a in b:│\n",
            "\n    x()\nelse:\n    y()\nz()\n",
            "for a in b:\n    x()\nelse:\n    y()│\n",
            id="a block with another branch",
        ),
        pytest.param("x│\n", "\ny = 2\nz = 3\n", "x\ny = 2│\n", id="a whole line is followed by one"),
        pytest.param("│", "a()\n" * 9, "a()\na()│", id="a line over and over"),
        pytest.param("s = '│\n", "na na na " * 30, "s = 'na na│\n", id="words over and over"),
        pytest.param("    │\n", "    x = 1\n", "    x = 1│\n", id="indented once more"),
        pytest.param("return a│;\n", " + b;\n", "return a + b│;\n", id="a semicolon that is there"),
        pytest.param("f(│, c)\n", "a, b, c)\n", "f(a, b│, c)\n", id="within a call"),
        pytest.param("x = │\n", "   \n", "x = │\n", id="blanks are nothing"),
        pytest.param("x = │\r\n", "1\r\ny = 2\r\n", "x = 1│\r\n", id="other line ends"),
        pytest.param("-- a\nif x then│\n", "\n  y()\nend\nz()", "-- a\nif x then\n  y()\nend│\n", id="Lua's end"),
        pytest.param(
            "local function f(a)│\n",
            "\n  local b = a\n\n  return b\nend\n\nf(1)",
            "local function f(a)\n  local b = a\n\n  return b\nend│\n",
            id="Lua's end after a blank line",
        ),
    ],
)
def test_ends(before: str, answer: str, after: str) -> None:
    assert suggested(before, answer) == after


def test_leaves_out_a_line_that_the_limit_has_cut() -> None:
    assert suggested("def f():\n    │", "a = 1\n    retu", cut_off=True) == "def f():\n    a = 1│"
    assert suggested("x = │", "verylongna", cut_off=True) == "x = verylongna│"


def test_is_complete_before_the_answer_is() -> None:
    gap = gaps.at(Document("file:///a.py", "python", 1, ("x = ",)), Position(0, 4))
    cutter = Cutter(gap)

    assert [cutter.feed(piece) for piece in ("1", " + 2", "\n", "y")] == [False, False, True, True]
    assert cutter.finish() == "1 + 2"
