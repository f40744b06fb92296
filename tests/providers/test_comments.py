"""Other files as comments in the language of a file."""

import pytest

from llm_ls.providers.comments import commented


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.py", "# x"),
        ("src/a.TS", "// x"),
        ("a.lua", "-- x"),
        ("a.css", "/* x */"),
        ("a.html", "<!-- x -->"),
        ("Makefile", "# x"),
        ("a.unheard-of", "// x"),
        ("", "# x"),
    ],
)
def test_says_it_in_the_language_of_the_file(name: str, line: str) -> None:
    assert commented((("b", "x"),), name).splitlines()[1] == line


def test_names_each_file_and_keeps_blank_lines_blank() -> None:
    assert commented((("b.py", "x = 1\n\ny = 2\n"), ("c.py", "z")), "a.py") == (
        "# b.py\n# x = 1\n\n# y = 2\n\n# c.py\n# z\n\n"
    )


def test_no_line_end_that_a_file_may_have_leaves_the_comment() -> None:
    assert commented((("b.py", "a\r\nb\rc\u2028d\x0ce"),), "a.py") == "# b.py\n# a\n# b\n# c\n# d\n# e\n\n"
