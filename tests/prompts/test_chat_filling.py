"""The question that has a model which only talks fill a gap."""

from inline_snapshot import snapshot

from llm_ls.models import InfillRequest
from llm_ls.prompts import chat_filling


def test_the_question() -> None:
    request = chat_filling.filling(
        InfillRequest(
            "import shop\n\n\ndef total(xs):\n    return sum(",
            ")\n",
            extra=(("src/shop.py", "PRICES = {}\n"), ("blank.py", "\n")),
            name="src/till.py",
        )
    )

    assert request.system == snapshot("""\
You complete code while the user types. The file holds a mark where the cursor is, and what you write takes its place,
letter for letter.

- Answer with <fill>, the text to insert, </fill>, and nothing else: no remark, no Markdown.
- Do not repeat what stands before or after the mark: it stays in the file. Go on within the line, with the next
  character; where a new line has to come first, begin with the line break and indent as the file does.
- Finish what has been begun: an expression, a statement, at most one block. If nothing is missing, insert nothing.\
""")
    assert [(turn.role, turn.text) for turn in request.messages[:2]] == snapshot(
        [
            (
                "user",
                """\
File: stats.py

<file>
def mean(values):
    return sum(values) / <|cursor|>


def median(values):
</file>

The line: `    return sum(values) / <|cursor|>`. What belongs at <|cursor|>?\
""",
            ),
            ("assistant", "<fill>len(values)</fill>"),
        ]
    )
    assert request.messages[-1].text == snapshot("""\
Another file, src/shop.py:
<other>
PRICES = {}
</other>

File: src/till.py

<file>
import shop


def total(xs):
    return sum(<|cursor|>)
</file>

The line: `    return sum(<|cursor|>)`. What belongs at <|cursor|>?\
""")


def test_the_mark_is_one_that_the_file_does_not_hold() -> None:
    assert chat_filling.mark_for(InfillRequest("a", "b")) == "<|cursor|>"
    assert chat_filling.mark_for(InfillRequest("<|cursor|>", "<|cursor2|>")) == "<|cursor3|>"
