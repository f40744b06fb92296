"""No secret gets into settings, and none of what is refused is ever shown."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_ls.settings.merging import merge
from llm_ls.settings.secrecy import looks_secret
from llm_ls.settings.sources import Source, from_did_change, from_initialization_options

SECRET = "sk-ant-0123456789"
ADVICE = "Put the key into the environment variable that apiKeyEnv names, or let the command in apiKeyCommand print it."


@pytest.mark.parametrize(
    "name",
    [
        "apiKey",
        "api_key",
        "APIKEY",
        "OPENAI_API_KEY",
        "key",
        "token",
        "accessToken",
        "password",
        "passwd",
        "clientSecret",
        "Authorization",
        "x-api-key",
        "Proxy-Authorization",
        "Cookie",
        "credential",
        "bearer",
        "X-Auth",
        "privateKey",
    ],
)
def test_name_of_a_secret_is_known(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "apiKeyEnv",
        "apiKeyCommand",
        "maxTokens",
        "tokensPerMinute",
        "tokenUrl",
        "clientId",
        "keyboard",
        "author",
        "monkey",
    ],
)
def test_harmless_name_is_no_secret(name: str) -> None:
    assert not looks_secret(name)


def test_the_folder_that_a_shell_is_in_is_no_password() -> None:
    assert not looks_secret("PWD")
    assert not looks_secret("OLDPWD")
    assert looks_secret("pwd")
    assert looks_secret("DB_PWD")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"apiKey": SECRET}, "apiKey"),
        ({"providers": {"openai": {"apiKey": SECRET}}}, "providers.openai.apiKey"),
        ({"providers": {"openai": {"apiKey": {"value": SECRET}}}}, "providers.openai.apiKey"),
        (
            {"providers": {"openai": {"headers": {"Authorization": SECRET}}}},
            "providers.openai.headers.Authorization",
        ),
        (
            {"providers": {"openai": {"oauth": {"clientSecret": SECRET}}}},
            "providers.openai.oauth.clientSecret",
        ),
        ({"providers": {"apiKey": SECRET}}, "providers.apiKey"),
        ({"chat": {"password": SECRET}}, "chat.password"),
        (
            {"codeActions": {"custom": [{"title": "a", "prompt": "b", "token": SECRET}]}},
            "codeActions.custom[0].token",
        ),
    ],
)
def test_secret_is_refused_with_the_place_where_it_belongs(values: Any, path: str) -> None:
    settings, problems = merge((Source("here", values),))
    (problem,) = problems

    assert problem.sentence == f"Setting '{path}' of here would hold a secret, and settings never do. {ADVICE}"
    assert SECRET not in repr(problem) + repr(settings)


def test_misspelled_number_is_no_secret() -> None:
    _, problems = merge((Source("here", {"inlineCompletion": {"maxToken": 3}}),))

    assert [problem.hint for problem in problems] == ["use 'inlineCompletion.maxTokens'"]


@pytest.mark.parametrize(
    "values",
    [
        {"providers": {"openai": {"baseUrl": f"https://me:{SECRET}@host/v1"}}},
        {"providers": {"openai": {"baseUrl": f"https://host/v1?key={SECRET}"}}},
        {"providers": {"openai": {"baseUrl": f"https://host/v1?access_token={SECRET}"}}},
        {"providers": {"openai": {"siteUrl": f"https://{SECRET}@host"}}},
        {"providers": {"openai": {"domain": f"{SECRET}@host"}}},
        {"providers": {"openai": {"baseUrl": f"ftp://{SECRET}"}}},
        {"providers": {"openai": {"apiKeyEnv": SECRET}}},
        {"providers": {"openai": {"apiKeyCommand": SECRET}}},
        {"proxy": f"http://me:{SECRET}@proxy:3128"},
        {"model": SECRET},
        {"codeActions": {"review": SECRET}},
        {"inlineCompletion": {"debounceMs": SECRET}},
        {SECRET * 4: True},
    ],
)
def test_secret_in_the_wrong_place_is_refused_and_not_echoed(values: Any) -> None:
    settings, problems = merge((Source("here", values),))

    assert len(problems) == 1
    assert SECRET not in problems[0].sentence + repr(problems) + repr(settings)


def test_source_does_not_show_its_values() -> None:
    source = from_initialization_options({"token": SECRET, "apiKey": SECRET})

    assert SECRET not in repr(source)


def test_token_of_a_socket_is_let_pass_in_initialization_options_only() -> None:
    _, allowed = merge((from_initialization_options({"token": SECRET, "editorInfo": {"name": "ed"}}),))
    _, refused = merge((from_did_change({"token": SECRET}),))

    assert allowed == ()
    assert [problem.path for problem in refused] == ["token"]


PLACES = st.sampled_from(
    (
        "apiKey",
        "token",
        "password",
        "model",
        "proxy",
        "baseUrl",
        "apiKeyEnv",
        "providers",
        "openai",
        "headers",
        "x",
    )
)
VALUES = st.recursive(
    st.sampled_from((SECRET, f"http://a:{SECRET}@b", f"https://b/?key={SECRET}", f"Bearer {SECRET} é", [SECRET])),
    lambda inner: st.dictionaries(PLACES, inner, max_size=4),
    max_leaves=8,
)


@given(VALUES)
def test_no_value_gets_into_what_is_said(values: Any) -> None:
    _, problems = merge((from_initialization_options(values), from_did_change({"settings": values})))

    assert SECRET not in "".join(problem.sentence + repr(problem) for problem in problems)


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    merge((Source("here", {"apiKey": SECRET}),))

    assert caplog.text == ""
