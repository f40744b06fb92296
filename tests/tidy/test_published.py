"""README and `editors/PROTOCOL.md` say what the code does: settings, commands, messages, errors."""

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from llm_ls import errors
from llm_ls.protocol import initialize
from llm_ls.settings.schema import schema
from tests.rigs import sources
from tests.rigs.places import REPOSITORY

README = REPOSITORY / "README.md"
PROTOCOL = REPOSITORY / "editors" / "PROTOCOL.md"


def section(title: str) -> str:
    """The README's part under the heading `title`, up to the next heading of the same level."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no section {title!r}"
    return found[1]


def documented_settings() -> dict[str, Any]:
    """The README's example, which holds every setting."""
    block = re.search(r"```jsonc\n(.*?)```", section("Settings"), re.DOTALL)
    assert block, "README.md shows no settings"
    return json.loads(re.sub(r"(^|\s)//.*", "", block[1]))


def differences(schema: dict[str, Any], example: Any, path: str = "") -> Iterator[str]:
    """The settings that only one of them has; `*` stands for what the user names, `[]` for each of a list."""
    members: dict[str, Any] = schema.get("properties") or {}
    if members:
        yield from (f"{path}.{name}" for name in members.keys() ^ example.keys())
        for name in members.keys() & example.keys():
            yield from differences(members[name], example[name], f"{path}.{name}")
        return
    for keyword, suffix in (("additionalProperties", ".*"), ("items", "[]")):
        inner: dict[str, Any] = schema.get(keyword) or {}
        if "properties" in inner:
            rows: list[Any] = list(example.values() if suffix == ".*" else example)
            for row in rows or [{}]:
                yield from differences(inner, row, path + suffix)


def registered_methods() -> set[str]:
    """What is registered with `@server.feature`."""
    methods: set[str] = set()
    for path, tree in sources.modules("llm_ls"):
        room = path.parent.name
        if room not in {"handlers", "protocol"}:
            continue
        module = importlib.import_module(f"llm_ls.{room}.{path.stem}")
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "feature":
                methods.add(value_of(call.args[0], module))
    return methods


def value_of(expression: ast.expr, module: ModuleType) -> str:
    return eval(ast.unparse(expression), vars(module))


def error_kinds(parent: type[errors.LlmLsError] = errors.LlmLsError) -> Iterator[str]:
    for error in parent.__subclasses__():
        if "kind" in vars(error):
            yield error.kind
        yield from error_kinds(error)


def cli_commands() -> set[str]:
    done = subprocess.run([sys.executable, "-m", "llm_ls", "--help"], capture_output=True, text=True, check=True)
    _, _, listed = done.stdout.partition("Commands:\n")
    return {line.split()[0] for line in listed.splitlines() if re.match(r"  \w", line)}


def test_readme_shows_every_setting_and_no_other() -> None:
    assert sorted(differences(schema(), documented_settings())) == []


def test_readme_explains_every_command_of_the_command_line() -> None:
    readme = README.read_text(encoding="utf-8")
    commands = cli_commands()

    assert commands
    assert {command for command in commands if f"llm-ls {command}" not in readme} == set()


def test_protocol_lists_every_method() -> None:
    protocol = PROTOCOL.read_text(encoding="utf-8")
    methods = registered_methods()

    assert methods
    assert {method for method in methods if f"`{method}`" not in protocol} == set()


def test_protocol_lists_every_command() -> None:
    protocol = PROTOCOL.read_text(encoding="utf-8")

    assert {command for command in initialize.COMMANDS if f"`{command}`" not in protocol} == set()


def test_protocol_lists_every_kind_of_error() -> None:
    protocol = PROTOCOL.read_text(encoding="utf-8")
    kinds = set(error_kinds())

    assert kinds
    assert {kind for kind in kinds if f"`{kind}`" not in protocol} == set()
