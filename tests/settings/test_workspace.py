"""A workspace's own file sets only what cannot hurt, since somebody else wrote it."""

from typing import Any

import pytest

from llm_ls.settings import ContextSettings, Settings, shapes, workspace
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import Source

FILE = "/project/.llm-ls.toml"


def merged(values: Any, *others: Any) -> tuple[Settings, list[str]]:
    """What a workspace's file that holds `values` comes to, above `others`; and what was refused."""
    sources = (Source(FILE, values, restricted=True), *(Source("config.toml", other) for other in others))
    settings, problems = merge(sources)
    return settings, [problem.path for problem in problems]


def test_sets_models_fallbacks_and_actions() -> None:
    settings, refused = merged(
        {
            "model": "openai/a",
            "models": {"chat": "openai/b"},
            "fallbacks": {"*": ["openai/c"]},
            "codeActions": {
                "lightbulb": True,
                "review": "proposal",
                "custom": [{"title": "A", "prompt": "B"}],
            },
        },
        {"model": "anthropic/d"},
    )

    assert refused == []
    assert (settings.model, settings.models.chat) == ("openai/a", "openai/b")
    assert settings.fallbacks == {"*": ("openai/c",)}
    assert (settings.code_actions.lightbulb, settings.code_actions.review) == (True, "proposal")
    assert [action.title for action in settings.code_actions.custom] == ["A"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"providers": {"evil": {"kind": "openai", "baseUrl": "https://evil.example"}}}, "providers"),
        ({"providers": {"openai": {"apiKeyCommand": ["sh", "-c", "x"]}}}, "providers"),
        ({"proxy": "http://evil.example"}, "proxy"),
        ({"budget": {"dailyUsd": 1000}}, "budget"),
        ({"credentials": {"store": "file"}}, "credentials"),
        ({"log": {"level": "debug"}}, "log"),
        ({"chat": {"tools": "auto"}}, "chat.tools"),
        ({"chat": {"tools": "ask"}}, "chat.tools"),
        ({"chat": {"maxToolRounds": 1000}}, "chat.maxToolRounds"),
        ({"chat": {"instructions": ["/home/me/.ssh/id_ed25519"]}}, "chat.instructions"),
        ({"context": {"maxFileBytes": 1000000}}, "context.maxFileBytes"),
        ({"codeActions": {"review": "apply"}}, "codeActions.review"),
        ({"codeActions": {"review": "auto"}}, "codeActions.review"),
        ({"inlineCompletion": {"enabled": True}}, "inlineCompletion.enabled"),
        ({"inlineCompletion": {"maxTokens": 9999}}, "inlineCompletion.maxTokens"),
        ({"nextEdit": {"enabled": "on"}}, "nextEdit.enabled"),
        ({"nextEdit": {"enabled": "auto"}}, "nextEdit.enabled"),
    ],
)
def test_refuses_what_could_hurt(values: Any, path: str) -> None:
    settings, refused = merged({**values, "model": "a/b"})

    assert refused == [path]
    assert settings == Settings(model="a/b")


@pytest.mark.parametrize("model", ["local//tmp/evil", "local/../evil", "local/a/..", "local/./evil", "local/a\\b"])
def test_names_no_file_as_a_model(model: str) -> None:
    settings, refused = merged(
        {
            "model": model,
            "models": {"edit": model},
            "fallbacks": {"*": [model]},
            "codeActions": {"custom": [{"title": "A", "prompt": "B", "model": model}]},
        }
    )

    assert refused == ["model", "models", "fallbacks", "codeActions.custom"]
    assert settings == Settings()


@pytest.mark.parametrize("model", ["openrouter/~anthropic/claude-latest", "ollama/qwen3:8b", "openai/gpt-4.1"])
def test_names_any_other_model(model: str) -> None:
    settings, refused = merged({"model": model})

    assert (settings.model, refused) == (model, [])


def test_refusal_says_where_it_may_be_set() -> None:
    _, problems = merge((Source(FILE, {"proxy": "http://127.0.0.1:1"}, restricted=True),))

    assert [problem.sentence for problem in problems] == [
        f"Setting 'proxy' of {FILE} may not be set by a workspace. Set it in your editor or in your config.toml."
    ]


def test_says_which_values_are_allowed() -> None:
    _, problems = merge((Source(FILE, {"codeActions": {"review": "apply"}}, restricted=True),))

    assert [problem.sentence for problem in problems] == [
        f"Setting 'codeActions.review' of {FILE} may only be confirm or proposal in a workspace."
    ]


def test_may_be_more_careful_than_the_user() -> None:
    settings, refused = merged(
        {"chat": {"tools": "off"}, "inlineCompletion": {"enabled": False}, "nextEdit": {"enabled": "off"}},
        {"chat": {"tools": "auto"}},
    )

    assert refused == []
    assert (settings.chat.tools, settings.inline_completion.enabled, settings.next_edit.enabled) == (
        "off",
        False,
        "off",
    )


def test_adds_to_what_is_excluded_and_removes_nothing() -> None:
    of_the_default, _ = merged({"context": {"exclude": ["*.sql"]}})
    of_the_user, _ = merged({"context": {"exclude": ["*.sql"]}}, {"context": {"exclude": ["*.csv"]}})
    emptied, _ = merged({"context": {"exclude": []}})

    assert of_the_default.context.exclude == (*ContextSettings().exclude, "*.sql")
    assert of_the_user.context.exclude == ("*.csv", "*.sql")
    assert emptied.context == ContextSettings()


def test_takes_no_exclusion_back() -> None:
    settings, refused = merged({"context": {"exclude": ["*.sql", "!.env*"]}})

    assert settings.context == ContextSettings()
    assert refused == ["context.exclude"]


def test_adds_its_actions_to_the_users() -> None:
    settings, _ = merged(
        {"codeActions": {"custom": [{"title": "Theirs", "prompt": "B"}]}},
        {"codeActions": {"custom": [{"title": "Mine", "prompt": "B"}]}},
    )

    assert [action.title for action in settings.code_actions.custom] == ["Mine", "Theirs"]


def test_every_allowed_name_is_a_setting() -> None:
    known = set(shapes.settings_shape().members) | set(shapes.paths()) | {"codeActions.custom"}

    assert set(workspace.ALLOWED) <= known
    assert set(workspace.ADDED) <= set(workspace.ALLOWED)
