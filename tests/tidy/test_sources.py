"""How a file of the project may look."""

import ast
import os
import pwd
import re
from collections.abc import Iterator
from pathlib import Path

from tests.rigs import sources
from tests.rigs.places import REPOSITORY

FILE_LINES = 400
FUNCTION_LINES = 60

TOP_LEVEL = {"LICENSE", "README.md", "editors", "llm_ls", "pyproject.toml", "tests"}
VAGUE_NAMES = {"base", "common", "core", "helpers", "manager", "misc", "service", "utils"}
CODE = {".py", ".lua", ".ts", ".js", ".sh", ".el", ""}

UNFINISHED = re.compile(r"^[^\"']*(#|--|//|<!--)\s*(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b")
UNTESTED = re.compile(r"mark\.(skip|xfail)|pytest\.(skip|xfail|importorskip)\(|unittest\.[m]ock|time\.[s]leep\(")
REGISTRIES = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)|crates[.]io|debian[.]org|proxy[.]golang|repo1?[.]maven",
    re.IGNORECASE,
)
MAY_HOLD_MORE = {"llm_ls/__init__.py", "llm_ls/settings/__init__.py"}


def test_top_level_holds_only_what_was_agreed() -> None:
    entries = {path.name for path in REPOSITORY.iterdir() if not path.name.startswith(".")}

    assert entries - TOP_LEVEL - {"uv.lock", "dist"} == set()


def test_files_are_short() -> None:
    long = [
        f"{sources.name(path)}: {lines}"
        for path in sources.files()
        if path.suffix in CODE and (lines := len(text_of(path).splitlines())) > FILE_LINES
    ]

    assert long == []


def test_functions_are_short() -> None:
    long = [
        f"{sources.name(path)}:{function.lineno} {function.name}: {lines}"
        for path, module in sources.modules("llm_ls", "tests")
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]

    assert long == []


def test_modules_open_with_one_sentence() -> None:
    silent = [
        sources.name(path)
        for path, module in sources.modules("llm_ls", "tests")
        if not (ast.get_docstring(module) or "").partition("\n")[0].endswith((".", ":", "?"))
    ]

    assert silent == []


def test_packages_hold_nothing_but_their_sentence() -> None:
    busy = [
        sources.name(path)
        for path, module in sources.modules("llm_ls")
        if path.name == "__init__.py" and len(module.body) > 1
    ]

    assert [name for name in busy if name not in MAY_HOLD_MORE] == []


def test_names_of_modules_say_something() -> None:
    vague = [sources.name(path) for path in sources.files() if path.stem in VAGUE_NAMES]

    assert vague == []


def test_no_import_is_for_the_type_checker_only() -> None:
    guarded = [
        sources.name(path)
        for path, module in sources.modules("llm_ls", "tests")
        for node in ast.walk(module)
        if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"
    ]

    assert guarded == []


def test_nothing_is_left_for_later() -> None:
    assert list(findings(UNFINISHED)) == []


def test_no_test_is_skipped_mocked_or_slept_through() -> None:
    assert [finding for finding in findings(UNTESTED) if "/test_" in finding.partition(":")[0]] == []


def test_no_registry_is_named() -> None:
    assert list(findings(REGISTRIES)) == []


def test_no_path_of_this_machine_is_named() -> None:
    """Neither the home of whoever works on it, nor where the project and its neighbours lie."""
    neighbours = [REPOSITORY, *REPOSITORY.parent.iterdir()]
    telling = {pwd.getpwuid(os.getuid()).pw_dir, *map(str, neighbours)}
    pattern = "|".join(re.escape(path) for path in telling)

    assert list(findings(re.compile(rf"(?<![\w.])({pattern})(?![\w.-])"))) == []


def findings(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in sources.files():
        for number, line in enumerate(text_of(path).splitlines(), start=1):
            if pattern.search(line):
                yield f"{sources.name(path)}:{number}: {line.strip()}"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")
