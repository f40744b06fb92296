"""Servers of the Model Context Protocol in the settings: nothing of them is half understood, and nothing secret."""

from typing import Any

import pytest

from llm_ls.settings import Settings
from llm_ls.settings.mcp import McpServerSettings
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import Source

SECRET = "ghp_" + "a1" * 18


def merged(*sources: Any) -> tuple[dict[str, McpServerSettings], list[str]]:
    """The servers that sources holding these `mcpServers` come to, and what the user is told."""
    settings, problems = merge(
        [Source(f"source {number}", {"mcpServers": each}) for number, each in enumerate(sources)]
    )
    return dict(settings.mcp_servers), [problem.sentence for problem in problems]


def test_reads_the_shape_that_other_programs_have() -> None:
    servers, told = merged(
        {
            "github": {"command": "npx", "args": ["-y", "x", ""], "env": {"REGION": "eu"}, "envVars": ["GITHUB_TOKEN"]},
            "docs": {"url": "http://127.0.0.1:3000/mcp", "headers": {"X-Team": "a"}, "bearerTokenEnv": "DOCS_TOKEN"},
        }
    )

    assert told == []
    assert servers == {
        "github": McpServerSettings("npx", ("-y", "x", ""), {"REGION": "eu"}, ("GITHUB_TOKEN",)),
        "docs": McpServerSettings(
            url="http://127.0.0.1:3000/mcp", headers={"X-Team": "a"}, bearer_token_env="DOCS_TOKEN"
        ),
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({}, "names neither a command nor a url"),
        ({"command": "a", "url": "https://b.example"}, "names both a command and a url"),
        ({"command": "a", "args": "-y b"}, "must be a list, not text"),
        ({"command": "a", "args": ["-y", 5]}, "must be text without zero bytes, not a whole number"),
        ({"command": "./a"}, "must be the name of a program, or the whole path to one"),
        ({"command": "bin/a"}, "must be the name of a program, or the whole path to one"),
        ({"command": "a", "disabled": "yes"}, "must be true or false, not text"),
        ({"url": "http://docs.example.com/mcp"}, "must be an https address, or http on this machine"),
        ({"url": "https://me:secret@docs.example.com/mcp"}, "without a user name, password or key in it"),
        ({"url": f"https://docs.example.com/mcp?token={SECRET}"}, "without a user name, password or key in it"),
        ({"url": "https://docs.example.com", "bearerTokenEnv": SECRET + "-"}, "must be the name of an environment"),
    ],
)
def test_does_without_a_server_that_it_does_not_wholly_understand(row: dict[str, Any], told: str) -> None:
    servers, problems = merged({"a": row, "b": {"command": "c"}})

    assert list(servers) == ["b"]
    assert len(problems) == 1
    assert told in problems[0]
    assert SECRET not in problems[0]


def test_a_disabled_server_need_not_be_whole() -> None:
    assert merged({"a": {"disabled": True}}) == ({}, [])


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ({"command": "a", "env": {"GITHUB_TOKEN": SECRET}}, "envVars"),
        ({"url": "https://docs.example.com", "headers": {"Authorization": f"Bearer {SECRET}"}}, "bearerTokenEnv"),
        ({"command": "a", "apiKey": SECRET}, "apiKeyEnv"),
    ],
)
def test_takes_no_secret_and_says_where_it_belongs(row: dict[str, Any], hint: str) -> None:
    servers, problems = merged({"a": row})

    assert SECRET not in str(servers)
    assert len(problems) == 1
    assert "would hold a secret, and settings never do" in problems[0]
    assert hint in problems[0]
    assert SECRET not in problems[0]


def test_a_typo_is_told_and_the_rest_applies() -> None:
    servers, problems = merged({"a": {"command": "b", "timeout": 5}})

    assert servers == {"a": McpServerSettings("b")}
    assert "Use 'mcpServers.a.timeoutS'" in problems[0]


def test_sources_are_merged_member_by_member() -> None:
    servers, problems = merged({"a": {"disabled": True}}, {"a": {"command": "b"}})

    assert problems == []
    assert servers == {"a": McpServerSettings("b", disabled=True)}


@pytest.mark.parametrize("name", ["a/b", "", " a", "a\nb"])
def test_names_of_servers_are_plain(name: str) -> None:
    servers, problems = merged({name: {"command": "b"}})

    assert servers == {}
    assert "must be named by a server's name" in problems[0]


@pytest.mark.parametrize(
    "row",
    [{"command": "sh", "args": ["-c", "x"]}, {"url": "https://evil.example"}, {"env": {"A": "b"}}, {"disabled": False}],
)
def test_a_workspace_sets_nothing_of_them(row: dict[str, Any]) -> None:
    mine = Source("config.toml", {"mcpServers": {"mine": {"command": "b", "disabled": True}}})
    theirs = Source("/project/.llm-ls.toml", {"mcpServers": {"mine": row, "evil": row}}, restricted=True)
    settings, problems = merge([theirs, mine])

    assert settings == Settings(mcp_servers={"mine": McpServerSettings("b", disabled=True)})
    assert {problem.path for problem in problems if problem.what == "may not be set by a workspace"} == {"mcpServers"}
