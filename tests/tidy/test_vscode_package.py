"""The manifest of the VS Code extension says what the server and the extension's own code say."""

import json
import re
from itertools import chain
from typing import Any

from llm_ls.protocol import ext, initialize
from tests.rigs import vscode_settings

SOURCES = {
    path.relative_to(vscode_settings.EXTENSION).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((vscode_settings.EXTENSION / "src").rglob("*.ts"))
}
TO_THE_CLIENT = {ext.STATUS, ext.PROPOSAL, ext.INPUT}


def manifest() -> dict[str, Any]:
    return json.loads(vscode_settings.MANIFEST.read_text(encoding="utf-8"))


def everywhere(pattern: str) -> set[str]:
    """What the group of `pattern` matches in all sources of the extension."""
    return set(chain.from_iterable(re.findall(pattern, text) for text in SOURCES.values()))


def listed_in_commands_ts(name: str) -> set[str]:
    """The server's commands that `src/commands.ts` registers under the constant `name`."""
    block = re.search(rf"const {name} = \[(.*?)\]", SOURCES["src/commands.ts"], re.DOTALL)
    assert block
    return {f"llm-ls.{command}" for command in re.findall(r'"(\w+)"', block[1])}


def forwarded() -> set[str]:
    return listed_in_commands_ts("ABOUT_TEXT") | listed_in_commands_ts("AS_THEY_ARE")


def registered() -> set[str]:
    of_the_review = {f"llm-ls.review.{name}" for name in re.findall(r'add\("(\w+)"', SOURCES["src/review/commands.ts"])}
    by_name = everywhere(r'\b(?:command|registerCommand)\(\s*"(llm-ls\.[\w.]+)"')
    by_constant = everywhere(r'const [A-Z]+: vscode\.Command = \{\s*command: "(llm-ls\.[\w.]+)"')
    return by_name | by_constant | of_the_review | forwarded()


def test_settings_and_version_are_those_of_the_server() -> None:
    told = "run `python -m tests.rigs.vscode_settings`"

    assert manifest() == vscode_settings.manifest(manifest()), told
    assert vscode_settings.GENERATED.read_text(encoding="utf-8") == vscode_settings.generated(), told


def test_every_command_of_the_manifest_is_registered() -> None:
    contributes = manifest()["contributes"]
    declared = {command["command"] for command in contributes["commands"]}
    in_menus = {item["command"] for menu in contributes["menus"].values() for item in menu if "command" in item} | {
        binding["command"] for binding in contributes["keybindings"]
    }

    assert declared <= registered()
    assert in_menus <= declared
    assert registered() - declared <= set(initialize.COMMANDS)


def test_every_command_that_is_sent_is_the_servers() -> None:
    sent = everywhere(r'\.execute\(\s*"(llm-ls\.[\w.]+)"') | forwarded()

    assert sent <= set(initialize.COMMANDS)


def test_every_method_is_the_servers() -> None:
    assert everywhere(r'"(llm-ls/\w+)"') <= {*initialize.METHODS, *TO_THE_CLIENT}


def test_no_address_is_known() -> None:
    assert everywhere(r"(https?://[^\s\"'`]+)") == set()


def test_what_names_a_program_or_a_server_is_never_set_by_a_workspace() -> None:
    properties = manifest()["contributes"]["configuration"]["properties"]

    for name in ("server.path", "providers", "proxy", "caFile"):
        assert properties[f"llm-ls.{name}"]["scope"] == "machine", name
