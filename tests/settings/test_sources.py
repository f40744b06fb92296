"""Settings are found wherever a client or a person puts them."""

import os
from pathlib import Path
from typing import Any

import pytest

from llm_ls.settings import Settings, sources
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import Source

REVIEW = {"codeActions": {"review": "apply"}}


@pytest.mark.parametrize(
    "payload",
    [
        {"settings": {"llm-ls": REVIEW}},
        {"llm-ls": REVIEW},
        REVIEW,
        {"settings": REVIEW},
        {"settings": {"llm-ls.codeActions.review": "apply"}},
        {"llm-ls.codeActions.review": "apply"},
        {"llm-ls.codeActions": {"review": "apply"}},
        {"codeActions.review": "apply"},
        {"llm-ls": {"codeActions.review": "apply"}},
        {"llm-ls": {"codeActions": {}}, "llm-ls.codeActions.review": "apply"},
        {"llm-ls": [], "llm-ls.codeActions.review": "apply"},
        {"settings": {"python": {"analysis": {}}, "llm-ls": REVIEW, "python.x": 1}},
    ],
)
@pytest.mark.parametrize(
    "read", [sources.from_initialization_options, sources.from_configuration, sources.from_did_change]
)
def test_section_is_found_however_it_is_wrapped(read: Any, payload: Any) -> None:
    settings, problems = merge((read(payload),))

    assert settings.code_actions.review == "apply"
    assert problems == ()


@pytest.mark.parametrize(
    "payload",
    [None, {}, [], {"settings": None}, {"settings": {}}, {"llm-ls": None}, {"llm-ls": {}}, {"llm-ls": []}],
)
def test_nothing_is_nothing(payload: Any) -> None:
    for read in (sources.from_initialization_options, sources.from_configuration, sources.from_did_change):
        assert merge((read(payload),)) == (Settings(), ())


def test_dotted_fallbacks_keep_the_dots_of_a_model() -> None:
    settings, problems = merge((sources.from_did_change({"llm-ls.fallbacks.a/sonnet-4.5": ["b/c"]}),))

    assert settings.fallbacks == {"a/sonnet-4.5": ("b/c",)}
    assert problems == ()


def test_settings_of_other_servers_are_no_business_of_ours() -> None:
    assert merge((sources.from_did_change({"settings": {"pylsp": {"plugins": {}}, "gopls": {}}}),)) == (
        Settings(),
        (),
    )


@pytest.mark.parametrize(
    "theirs",
    [
        {
            "github": {"copilot": {"selectedCompletionModel": ""}},
            "enableAutoCompletions": True,
            "disabledLanguages": [{"languageId": "yaml"}],
        },
        {"auto_ask_completions": True, "debug": False, "proxy": "user:password@proxy.example:8080", "telemetry": {}},
        {"github": {"copilot": {"selectedCompletionModel": "gpt-41-copilot"}}, "mcp": "{}"},
        [],
        None,
    ],
)
def test_what_clients_of_copilot_set_is_no_business_of_ours(theirs: Any) -> None:
    read = merge((sources.from_did_change({"settings": theirs}, of_copilot=True),))

    assert read == (Settings(), ())


def test_the_model_chosen_in_a_client_of_copilot_is_used_for_completion_if_it_is_one_of_ours() -> None:
    chosen = {"settings": {"github": {"copilot": {"selectedCompletionModel": "llamacpp/qwen"}}, "debug": 1}}
    settings, problems = merge((sources.from_did_change(chosen, of_copilot=True),))

    assert settings.models.inline_completion == "llamacpp/qwen"
    assert problems == ()


def test_our_own_section_counts_in_a_client_of_copilot_too() -> None:
    settings, problems = merge((sources.from_did_change({"llm-ls": REVIEW, "debug": True}, of_copilot=True),))

    assert settings.code_actions.review == "apply"
    assert problems == ()


def test_options_of_a_client_of_copilot_are_passed_over_but_for_those_of_ours() -> None:
    options = {"editorPluginInfo": {"name": "LSP-copilot"}, "networkProxy": {"host": "proxy.example"}, "model": "a/b"}
    settings, problems = merge((sources.from_initialization_options(options),))

    assert settings.model == "a/b"
    assert problems == ()


def test_misspelled_section_is_still_said() -> None:
    _, problems = merge((sources.from_did_change({"settings": {"codeAction": {"review": "apply"}}}),))

    assert [problem.hint for problem in problems] == ["use 'codeActions'"]


def test_payload_of_a_client_is_not_changed() -> None:
    payload = {"llm-ls": {"codeActions": {"lightbulb": True}}, "llm-ls.codeActions.review": "apply"}
    settings, _ = merge((sources.from_did_change(payload),))

    assert (settings.code_actions.lightbulb, settings.code_actions.review) == (True, "apply")
    assert payload["llm-ls"] == {"codeActions": {"lightbulb": True}}


def test_problem_names_where_it_came_from() -> None:
    named = [
        merge((source,))[1][0].source
        for source in (
            sources.from_initialization_options({"modle": 1}),
            sources.from_configuration({"modle": 1}),
            sources.from_did_change({"modle": 1}),
        )
    ]

    assert named == ["initializationOptions", "workspace/configuration", "workspace/didChangeConfiguration"]


def test_the_environment_ranks_before_the_workspaces_file_and_that_before_the_users(tmp_path: Path) -> None:
    project, config = tmp_path / "project", tmp_path / "my.toml"
    project.mkdir()
    (project / ".llm-ls.toml").write_text('[models]\nchat = "a/workspace"\n')
    config.write_text('model = "a/user"\n[models]\nchat = "a/user"\nedit = "a/user"\n')
    environment = {"LLM_LS_CONFIG": str(config), "LLM_LS_MODEL": "a/environment", "LLM_LS_LOG": "debug"}
    settings, problems = merge(sources.from_disk(environment, [project]))

    assert (settings.model, settings.models.chat, settings.models.edit) == ("a/environment", "a/workspace", "a/user")
    assert settings.log.level == "debug"
    assert problems == ()


def test_an_empty_variable_sets_nothing(tmp_path: Path) -> None:
    settings, problems = merge(sources.from_disk({"LLM_LS_MODEL": "a/b", "LLM_LS_LOG": ""}, [tmp_path]))

    assert (settings.model, settings.log.level) == ("a/b", "info")
    assert problems == ()


def test_bad_environment_is_said_by_its_name() -> None:
    _, problems = merge(sources.from_disk({"LLM_LS_MODEL": "gpt", "LLM_LS_LOG": "loud"}, []))

    assert [problem.source for problem in problems] == ["LLM_LS_MODEL", "LLM_LS_LOG"]


def test_user_file_is_in_the_platforms_config_folder() -> None:
    found = sources.user_file({})

    assert (found.parent.name, found.name) == ("llm-ls", "config.toml")
    assert found.is_relative_to(os.environ["HOME"])


def test_missing_file_sets_nothing(tmp_path: Path) -> None:
    assert sources.read(tmp_path / "config.toml") == Source(str(tmp_path / "config.toml"))


def test_missing_file_that_was_named_is_said(tmp_path: Path) -> None:
    named = tmp_path / "my.toml"
    _, problems = merge(sources.from_disk({"LLM_LS_CONFIG": str(named)}, []))

    assert [problem.sentence for problem in problems] == [f"'{named}' does not exist. Correct LLM_LS_CONFIG."]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('model = "a/b"\n\n[chat\n', 3),
        ("a = 1\na = 2\n", 2),
        ('model = "a/b"\ntools = off', 2),
        ('x = "a', 1),
    ],
)
def test_broken_toml_is_said_with_its_line_and_the_rest_applies(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    settings, problems = merge((sources.read(file), Source("below", {"model": "c/d"})))
    (problem,) = problems

    assert problem.sentence.startswith(f"'{file}' is not TOML: ")
    assert f"in line {line}." in problem.sentence
    assert settings.model == "c/d"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 2_000_000, b"a = " + b"[" * 100_000])
def test_file_that_is_no_settings_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    settings, problems = merge((sources.read(file),))

    assert len(problems) == 1
    assert settings == Settings()


def test_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    _, problems = merge((sources.read(tmp_path),))

    assert [problem.sentence for problem in problems] == [f"'{tmp_path}' is no file of settings."]


def test_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbfmodel = "a/b"\r\n')

    assert merge((sources.read(file),))[0].model == "a/b"
