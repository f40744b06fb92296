"""The questions as they are sent."""

from inline_snapshot import snapshot

from llm_ls.prompts import asking, editing
from llm_ls.prompts.context import Excerpt
from llm_ls.prompts.editing import Problem

EXCERPT = Excerpt(
    name="src/shop.py",
    language_id="python",
    before="import math\n\n\n",
    selection="def total(xs):\n    return sum(x)",
    after="\n\nprint(total([1]))\n",
)


def test_the_question_for_an_edit() -> None:
    request = editing.editing(
        EXCERPT,
        "Fix the problems reported above.",
        problems=(Problem(5, "    return sum(x)\n", '"x" is not defined', "pyright"),),
        guidance="Use type hints.\n",
        temperature=0.0,
    )

    assert request.temperature == 0.0
    assert request.system == snapshot("""\
You edit code in the user's editor. What you write takes the place of the text between <selection>
and </selection>, letter for letter.

- Answer with exactly one fenced code block that holds the new text of the whole selection.
  Write nothing before or after it.
- Keep everything the task does not ask to change: names, comments, formatting, indentation.
- Write all of the code. Never shorten it or put a remark such as "rest unchanged" in its place.
- Do not repeat what stands before or after the selection: it stays in the file.\
""")
    assert request.messages[0].text == snapshot("""\
The project's own instructions:
<instructions>
Use type hints.
</instructions>

File: src/shop.py (python)

<before>
import math
</before>

<selection>
def total(xs):
    return sum(x)
</selection>

<after>
print(total([1]))
</after>

Problems reported:
- line 5: "x" is not defined [pyright]
  `return sum(x)`

Task: Fix the problems reported above.

Answer with the new text of the selection, all of it and nothing else, in one ```python block.\
""")


def test_the_question_for_an_explanation() -> None:
    request = asking.asking(EXCERPT, "Explain what it does.")

    assert request.system == snapshot(
        """\
You help a programmer who is reading code in an editor. Answer in Markdown.
Be brief and concrete, begin with the point, and speak of what is there by its name.\
"""
    )
    assert request.messages[0].text == snapshot("""\
File: src/shop.py (python)

<before>
import math
</before>

<selection>
def total(xs):
    return sum(x)
</selection>

<after>
print(total([1]))
</after>

Task, about the selection: Explain what it does.\
""")


def question(before: str, selection: str, after: str) -> str:
    return editing.editing(Excerpt("a.py", "python", before, selection, after), "Do it.").messages[0].text


def test_part_of_a_line_is_asked_for_as_that() -> None:
    assert question("a = ", "1 + 1", "\n").endswith(
        "The selection is only the part `1 + 1` of the line `a = 1 + 1`: "
        "answer with the new text of that part alone, in one ```python block."
    )


def test_nothing_selected_asks_for_new_text() -> None:
    asked = question("a = 1\n", "", "\nb = 2\n")

    assert "<selection></selection>" in asked
    assert asked.endswith("answer with the new text to insert there, in one ```python block.")


def test_the_fence_asked_for_is_longer_than_those_within() -> None:
    assert "in one ````python block" in question("", "```\nx\n```", "")


def test_carriage_returns_are_not_sent() -> None:
    assert "\r" not in question("a\r\n", "b\r\nc", "\r\nd\r\n")
