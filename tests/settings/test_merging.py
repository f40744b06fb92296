"""Many sources become one `Settings`; what cannot be used is named, and the rest applies."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_ls.settings import ContextSettings, CustomAction, Settings
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import Source


def check(values: Any, *said: str) -> Settings:
    """The settings that `values` alone come to; `said` is everything that must be said of it."""
    settings, problems = merge((Source("here", values),))

    assert [problem.sentence for problem in problems] == list(said)
    return settings


def test_nothing_is_the_defaults() -> None:
    assert check(None) == check({}) == Settings()


def test_first_source_that_sets_a_name_wins() -> None:
    settings, problems = merge(
        (
            Source("first", {"chat": {"tools": "off"}}),
            Source("second", {"chat": {"tools": "auto", "maxToolRounds": 3}, "model": "a/b"}),
        )
    )

    assert (settings.chat.tools, settings.chat.max_tool_rounds, settings.model) == ("off", 3, "a/b")
    assert problems == ()


def test_null_is_not_set() -> None:
    settings, problems = merge((Source("first", {"model": None, "chat": None}), Source("second", {"model": "a/b"})))

    assert settings.model == "a/b"
    assert problems == ()


def test_lists_are_taken_whole() -> None:
    settings, _ = merge(
        (Source("first", {"context": {"exclude": ["a"]}}), Source("second", {"context": {"exclude": ["b"]}}))
    )

    assert settings.context.exclude == ("a",)


def test_providers_are_merged_member_by_member() -> None:
    settings, problems = merge(
        (
            Source(
                "first",
                {"providers": {"mine": {"baseUrl": "http://127.0.0.1:1/v1", "headers": {"X-A": "1"}}}},
            ),
            Source("second", {"providers": {"mine": {"kind": "openai", "headers": {"X-A": "2", "X-B": "3"}}}}),
        )
    )
    mine = settings.providers["mine"]

    assert (mine.kind, mine.base_url) == ("openai", "http://127.0.0.1:1/v1")
    assert mine.headers == {"X-A": "1", "X-B": "3"}
    assert problems == ()


def test_every_kind_of_value_arrives() -> None:
    settings = check(
        {
            "fallbacks": {"a/b": ["c/d", "fast"], "*": []},
            "providers": {"ollama": {"timeoutS": 30, "models": ["m"], "apiKeyCommand": ["pass", "show", "x"]}},
            "codeActions": {
                "lightbulb": True,
                "custom": [{"title": "Translate", "prompt": "To French.", "appliesTo": "document", "answer": "show"}],
            },
            "inlineCompletion": {"debounceMs": 0},
            "proxy": "socks5://127.0.0.1:3128",
        }
    )

    assert settings.fallbacks == {"a/b": ("c/d", "fast"), "*": ()}
    assert settings.providers["ollama"].timeout_s == 30
    assert settings.providers["ollama"].api_key_command == ("pass", "show", "x")
    assert settings.code_actions.custom == (
        CustomAction("Translate", "To French.", applies_to="document", answer="show"),
    )
    assert settings.inline_completion.debounce_ms == 0
    assert settings.proxy == "socks5://127.0.0.1:3128"


def test_unknown_name_is_said_with_the_nearest() -> None:
    settings = check(
        {"codeActions": {"reveiw": "apply", "lightbulb": True}},
        "Setting 'codeActions.reveiw' of here is unknown. Use 'codeActions.review'.",
    )

    assert settings.code_actions.lightbulb is True


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("debounce_ms", "inlineCompletion.debounceMs"),
        ("maxTokens", "inlineCompletion.maxTokens"),
        ("Model", "model"),
        ("code-actions", "codeActions"),
        ("review", "codeActions.review"),
    ],
)
def test_misplaced_or_misspelled_name_is_found(name: str, meant: str) -> None:
    check({name: 1}, f"Setting '{name}' of here is unknown. Use '{meant}'.")


def test_name_like_no_other_gets_no_guess() -> None:
    check({"xyzzy": 1}, "Setting 'xyzzy' of here is unknown. See the README for the settings there are.")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"chat": 1}, "'chat' of here must be an object, not a whole number"),
        ({"chat": {"tools": "often"}}, "'chat.tools' of here must be one of off, ask, auto"),
        (
            {"codeActions": {"lightbulb": 1}},
            "'codeActions.lightbulb' of here must be true or false, not a whole number",
        ),
        ({"inlineCompletion": {"debounceMs": -1}}, "milliseconds from 0 to 60000"),
        ({"inlineCompletion": {"debounceMs": 1.5}}, "must be a whole number of milliseconds"),
        ({"inlineCompletion": {"debounceMs": True}}, "not true or false"),
        (
            {"providers": {"openai": {"timeoutS": 0}}},
            "'providers.openai.timeoutS' of here must be a number of seconds",
        ),
        ({"providers": {"openai": {"timeoutS": float("inf")}}}, "must be a number of seconds"),
        ({"providers": {"openai": {"timeoutS": float("nan")}}}, "must be a number of seconds"),
        ({"inlineCompletion": {"debounceMs": 10**400}}, "milliseconds from 0 to 60000"),
        ({"model": "gpt-5"}, "'model' of here must be \"provider/model\", or one of the tiers"),
        ({"models": {"fast": "best"}}, "'models.fast' of here must be \"provider/model\""),
        ({"providers": {"a/b": {}}}, "must be named by a provider's name"),
        ({"context": {"exclude": "*.sql"}}, "'context.exclude' of here must be a list, not text"),
        ({"context": {"exclude": ["a", 3]}}, "'context.exclude[1]' of here must be one line of text"),
        ({"providers": {"openai": {"headers": {"X-A": "a\r\nX-B: b"}}}}, "one line of printable text"),
        ({"model": "a/\ud800"}, "must be text without lone surrogates"),
        ([1], "'here' must be an object, not a list"),
    ],
)
def test_ill_typed_value_is_said_and_dropped(values: Any, said: str) -> None:
    settings, problems = merge((Source("here", values), Source("below", {"log": {"level": "debug"}})))
    (problem,) = problems

    assert said in problem.sentence
    assert settings.log.level == "debug"


@pytest.mark.parametrize("address", ["http://user:pw@127.0.0.1:9/v1", "ftp://127.0.0.1", 7])
def test_a_refused_address_leads_to_no_other_server(address: Any) -> None:
    settings, problems = merge((Source("here", {"providers": {"openai": {"baseUrl": address}}}),))

    assert [problem.path for problem in problems] == ["providers.openai.baseUrl"]
    assert settings.providers["openai"].base_url == "://refused"


def test_one_bad_item_spoils_a_command_but_not_the_list_of_actions() -> None:
    settings, problems = merge(
        (
            Source(
                "here",
                {
                    "providers": {"openai": {"apiKeyCommand": ["rm", 1, "x"]}},
                    "codeActions": {"custom": [{"title": "No prompt"}, {"title": "A", "prompt": "B", "answer": 1}]},
                },
            ),
        )
    )

    assert settings.providers["openai"].api_key_command == ()
    assert settings.code_actions.custom == (CustomAction("A", "B"),)
    assert [problem.path for problem in problems] == [
        "providers.openai.apiKeyCommand[1]",
        "codeActions.custom[0].prompt",
        "codeActions.custom[1].answer",
    ]


def test_empty_table_of_lua_is_an_empty_list_or_object() -> None:
    settings = check({"codeActions": [], "providers": [], "context": {"exclude": {}}})

    assert settings.context == ContextSettings(exclude=())


def test_provider_that_is_not_built_in_needs_a_kind() -> None:
    settings = check(
        {"providers": {"gateway": {"baseUrl": "http://127.0.0.1:1"}, "off": {"disabled": True}}},
        "Setting 'providers.gateway' of here names a provider that is not built in, and not its kind. "
        "Set its kind to anthropic, openai, openai-responses, chatgpt, azure, gemini, vertex, openrouter, "
        "github-copilot, mistral, cohere, together, replicate, groq, deepseek, xai, ollama, lmstudio, vllm, llamacpp "
        "or local.",
    )

    assert "gateway" not in settings.providers


def test_the_same_problem_is_said_once() -> None:
    same = {"modle": "a/b"}
    _, problems = merge((Source("initializationOptions", same), Source("workspace/configuration", same)))

    assert [problem.source for problem in problems] == ["initializationOptions"]


def test_sources_are_not_changed() -> None:
    first, second = {"chat": {"tools": "off"}}, {"chat": {"maxToolRounds": 3}}
    merge((Source("first", first), Source("second", second)))

    assert (first, second) == ({"chat": {"tools": "off"}}, {"chat": {"maxToolRounds": 3}})


NAMES = st.sampled_from(
    (
        "model",
        "models",
        "providers",
        "codeActions",
        "custom",
        "context",
        "exclude",
        "chat",
        "apiKey",
        "openai",
        "title",
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, JSON, st.booleans())
def test_merge_never_raises(above: Any, below: Any, restricted: bool) -> None:
    settings, problems = merge((Source("above", above, restricted=restricted), Source("below", below)))

    assert isinstance(settings, Settings)
    assert all(problem.sentence.encode() for problem in problems)
