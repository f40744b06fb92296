"""What a model is never shown."""

import pytest

from llm_ls.settings import ContextSettings
from llm_ls.workspace import exclusion

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
    assert exclusion.excluded(path, DEFAULTS)


@pytest.mark.parametrize("path", ["app.py", "env.py", "src/pem.py", ".gitignore", "keys/monkey.txt", "git/x"])
def test_ordinary_files_are_not(path: str) -> None:
    assert not exclusion.excluded(path, DEFAULTS)


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
        ((r"\*.txt",), "a.txt", False),
        ((r"\*.txt",), "*.txt", True),
        ((), ".env", False),
    ],
)
def test_globs_are_those_of_a_gitignore(globs: tuple[str, ...], path: str, kept_away: bool) -> None:
    assert exclusion.excluded(path, globs) is kept_away


@pytest.mark.parametrize(
    ("glob", "path"), [("*a" * 30 + "*b", "a" * 250), ("**/a/" * 30 + "**/b", "a/" * 2000), ("[z-a]", "x")]
)
def test_no_glob_takes_long(glob: str, path: str) -> None:
    assert not exclusion.excluded(path, (glob,))
