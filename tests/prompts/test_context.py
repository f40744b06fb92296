"""What a model is shown."""

from llm_ls.prompts import budget, context
from tests.rigs.marked import marked


def test_the_nearest_lines_are_shown_and_cut_at_line_ends() -> None:
    document, span = marked("".join(f"line {n:02}\n" for n in range(50)) + "«x»\n" + "after 01\n" * 50)
    shown = context.excerpt(document, span, 12, "a.py")

    assert (shown.before, shown.after) == ("line 46\nline 47\nline 48\nline 49\n", "\nafter 01\n")
    assert (shown.first_line, shown.whole) == (51, False)


def test_a_small_document_is_shown_whole() -> None:
    shown = context.excerpt(*marked("a\nb = «1» + 2\nc\n"), 100, "a.py")

    assert (shown.before, shown.selection, shown.after, shown.whole) == ("a\nb = ", "1", " + 2\nc\n", True)


def test_tokens_are_estimated_upwards() -> None:
    assert [budget.tokens_in(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]


def test_a_text_is_cut_at_a_line_end() -> None:
    assert budget.cut("one\ntwo\nthree\n", 3) == "one\ntwo\n"
    assert budget.cut("a line that is too long", 2) == "a line t"
    assert budget.cut("short", 9) == "short"
