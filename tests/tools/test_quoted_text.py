"""Text that a model quotes, to the letter and nearly so."""

import pytest

from llm_ls import errors
from llm_ls.tools import quoted_text

CODE = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"


@pytest.mark.parametrize(
    ("text", "old", "new", "after"),
    [
        (CODE, "return 1", "return 3", CODE.replace("1", "3")),
        (CODE, "return 1\n\n\ndef g", "return 3\n\n\ndef h", CODE.replace("1", "3").replace("g", "h")),
        ("a\r\nb\r\n", "a\nb\n", "a\nc\nb\n", "a\r\nc\r\nb\r\n"),
        ("a\r\nb\r\n", "b", "b\nc", "a\r\nb\r\nc\r\n"),
        ("a\nb\n", "a\r\nb", "c\r\nb", "c\nb\n"),
        ("a  \nb\n", "a\nb", "c\nb", "c\nb\n"),
        ("a\nb\n", "a \t\nb", "c\nb", "c\nb\n"),
        ("a\nb", "b\n", "c\n", "a\nc"),
        ("a\nb  ", "a\nb\n", "c\n", "c"),
        ("a.c\nabc\n", "a.c", "x", "x\nabc\n"),
        ("a\n", "a\n", "", ""),
    ],
)
def test_takes_the_place_of_what_is_meant(text: str, old: str, new: str, after: str) -> None:
    assert quoted_text.replaced("a.py", text, old, new) == after


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("return", "`oldText` occurs 2 times in a.py: 'return'"),
        ("return  \n", "`oldText` does not occur in a.py: 'return'"),
        ("\n  return 3\n", "`oldText` does not occur in a.py: 'return 3'"),
        ("", "`oldText` does not occur in a.py: ''"),
        (" \n", "`oldText` does not occur in a.py: ''"),
    ],
)
def test_refuses_what_is_not_there_once(old: str, message: str) -> None:
    with pytest.raises(errors.InvalidRequest) as refused:
        quoted_text.replaced("a.py", CODE, old, "x")

    assert refused.value.message == message


def test_a_long_quotation_with_many_blanks_is_quick() -> None:
    text = " \n" * 20_000

    with pytest.raises(errors.InvalidRequest):
        quoted_text.replaced("a.py", text, "a" + "  \n" * 5_000 + "b", "x")
