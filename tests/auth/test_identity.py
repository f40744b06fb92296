"""An account is called what its vendor says, in words that can be shown; who says nothing has the only account."""

import base64
import json
from typing import Any

import pytest

from llm_ls.auth import identity
from llm_ls.auth.secret import Secret


def id_token(claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{payload}.c2lnbmVk"


@pytest.mark.parametrize(
    ("answer", "account"),
    [
        ({"id_token": id_token({"sub": "1", "email": "ada@example.org"})}, "ada@example.org"),
        ({"id_token": id_token({"sub": "1", "preferred_username": "ada"})}, "ada"),
        ({"id_token": id_token({"sub": "auth0|1"}), "login": "other"}, "auth0|1"),
        ({"login": "octocat", "id": 1, "name": "The Octocat"}, "octocat"),
        ({"user_id": "user_2abc"}, "user_2abc"),
        ({"id": 583231}, "583231"),
        ({"name": "Zoë Ångström"}, "Zoë Ångström"),
    ],
)
def test_calls_an_account_what_its_vendor_does(answer: dict[str, Any], account: str) -> None:
    assert identity.account_of(answer) == account


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"login": ""},
        {"login": None},
        {"login": ["octocat"]},
        {"login": "\u202e\x1b"},
        {"login": "x" * 100_000},
        {"id": True},
        {"id": 10**200},
        {"id_token": "opaque"},
        {"id_token": "a.b.c"},
        {"id_token": "a.!!!.c"},
        {"id_token": "a.Ö.c"},
        {"id_token": id_token(["a list"])},
        {"id_token": f"a.{base64.urlsafe_b64encode(b'[' * 30_000).decode()}.c"},
        {"id_token": "." * 2 + "x" * 1_000_000},
        {"access_token": "gho_secret"},
    ],
)
def test_has_the_only_account_where_nobody_says(answer: dict[str, Any]) -> None:
    assert identity.account_of(answer) == "default"


def test_shows_no_name_that_steers_a_terminal_or_turns_text_around() -> None:
    assert identity.account_of({"login": "octo\x1b[31mcat\u202e\u2066\u200b\r\n"}) == "octo[31mcat"
    assert len(identity.account_of({"login": "x" * 500})) == 128


def test_token_is_no_name() -> None:
    held = Secret("pl4in/token+")

    assert identity.account_of({"login": "gho_0123456789abcdef", "name": held.reveal()}) == "default"
