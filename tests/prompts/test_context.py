"""What a model is shown, and what it never is."""

import pytest

from llm_ls.prompts import budget, context
from llm_ls.settings import ContextSettings
from tests.rigs.marked import marked

DEFAULTS = ContextSettings().exclude


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.local",
        "deep/down/.env",
        "certs/server.pem",
        "SERVER.PEM",
        "id_rsa",
        "home/.ssh/id_rsa.pub",
        ".git/config",
        "vendor/lib/.git/config",
        "C:\\work\\.env",
        "/etc/ssl/private.key",
        ".env/inside",
    ],
)
def test_secrets_are_excluded_by_default(path: str) -> None:
    assert context.excluded(path, DEFAULTS)


@pytest.mark.parametrize("path", ["app.py", "env.py", "src/pem.py", ".gitignore", "keys/monkey.txt", "git/x"])
def test_ordinary_files_are_not(path: str) -> None:
    assert not context.excluded(path, DEFAULTS)


@pytest.mark.parametrize(
    ("globs", "path", "kept_away"),
    [
        (("*.env", "!sample.env"), "a/sample.env", False),
        (("!sample.env", "*.env"), "a/sample.env", True),
        (("secrets/",), "a/secrets/x/y", True),
        (("secrets/",), "secrets", False),
        (("/build",), "build/x", True),
        (("/build",), "src/build/x", False),
        (("a/**/z",), "a/z", True),
        (("a/**/z",), "a/b/c/z", True),
        (("**/tmp",), "tmp", True),
        (("file?.[ch]",), "file1.c", True),
        (("file?.[!ch]",), "file1.c", False),
        (("*.txt",), "a/b.txt/c", True),
        (("a*b",), "a/b", False),
        (("[",), "[", True),
        ((), ".env", False),
    ],
)
def test_globs_are_those_of_a_gitignore(globs: tuple[str, ...], path: str, kept_away: bool) -> None:
    assert context.excluded(path, globs) is kept_away


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
