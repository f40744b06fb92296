"""What is offered in a chat document after `@` and `/`, and where."""

import pytest

from llm_ls.features import chat_completion
from llm_ls.features.chat_completion import Writing
from tests.rigs.marked import marked

NAMES = ("README.md", "src/app.py", "src/wrap.py", "tests/a very/long path.py", "src/deep/mapping.py")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("## You\n\nWhat is @‸", Writing(8, "@")),
        ("## You\n\nWhat is (@src/a‸pp", Writing(9, "@src/a")),
        ("## You\n\nWhat is @symbols:src/‸", Writing(8, "@symbols:src/")),
        ('## You\n\n@"a very/lo‸ng', Writing(0, '@"a very/lo')),
        ("## You\n\nme@example‸", None),
        ("## You\n\n@app.py and‸", None),
        ("## You\n\n```\n@‸\n```\n", None),
        ("## Assistant\n\n@‸\n", None),
        ("---\nllm-ls: chat\n---\n@‸\n", None),
        ("## You\n\n/‸", Writing(0, "/")),
        ("## You\n\n /rev‸iew", Writing(1, "/rev")),
        ("## You\n\nBy the way\n/‸", None),
        ("## You\n\nand/‸", None),
        ("## You @‸\n", None),
    ],
)
def test_where(text: str, written: Writing | None) -> None:
    document, span = marked(text, "markdown")

    assert chat_completion.writing(document.lines, span.start.line, span.start.column) == written


def offered(written: str) -> list[str]:
    found, _ = chat_completion.mentions(written, NAMES)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("written", "texts"),
    [
        ("@di", ["@diagnostics", "@diff", "@diff:staged", "@src/deep/mapping.py"]),
        ("@diff:", ["@diff:staged"]),
        ("@app", ["@src/app.py", "@src/deep/mapping.py", "@src/wrap.py", '@"tests/a very/long path.py"']),
        ("@src/w", ["@src/wrap.py"]),
        ("@SRCPY", ["@src/app.py", "@src/wrap.py", "@src/deep/mapping.py"]),
        ("@symbols:wrap", ["@symbols:src/wrap.py"]),
        ("@file:long", ['@file:"tests/a very/long path.py"']),
        ('@"long p', ['@"tests/a very/long path.py"']),
        ("@nothing", []),
    ],
)
def test_what(written: str, texts: list[str]) -> None:
    assert offered(written) == texts


def test_the_words_come_before_the_files_and_there_is_an_end() -> None:
    found, more = chat_completion.mentions("@", [f"file{number}.py" for number in range(1000)])

    assert [one.text for one in found[:7]] == [
        *("@selection", "@diagnostics", "@diff", "@diff:staged", "@open", "@symbols:", "@file0.py")
    ]
    assert len(found) == 6 + chat_completion.MOST
    assert more
