"""What is taken out of text before it is shown: secrets that are held, and what looks like one; nothing else."""

import html
import json
from urllib.parse import quote, quote_plus

import pytest

from llm_ls.auth.redaction import for_log, redacted, without_held
from llm_ls.auth.secret import Secret

KEY = "pl4in+as/any=\"one\\of&them'"
HELD = Secret(KEY)

WAYS = {
    "plain": KEY,
    "in an address": quote(KEY, safe=""),
    "in a path": quote(KEY),
    "in a form": quote_plus(KEY),
    "in an address, in lower case": quote(KEY, safe="").replace("%2B", "%2b").replace("%3D", "%3d"),
    "in JSON": json.dumps(KEY)[1:-1],
    "in JSON within JSON": json.dumps(json.dumps(KEY))[3:-3],
    "in JSON as PHP writes it": json.dumps(KEY)[1:-1].replace("/", "\\/"),
    "in JSON as .NET writes it": json.dumps(KEY)[1:-1].replace("+", "\\u002B").replace("&", "\\u0026"),
    "in HTML": html.escape(KEY),
    "in HTML by decimals": KEY.replace("&", "&#38;").replace("'", "&#39;"),
    "in an address within an address": quote(quote(KEY, safe=""), safe=""),
    "in JSON in an address": quote(json.dumps(KEY)[1:-1], safe=""),
    "in HTML in an address": quote(html.escape(KEY), safe=""),
    "in HTML within HTML": html.escape(html.escape(KEY)),
    "in a repr": repr(KEY)[1:-1],
    "in the repr of bytes": repr(KEY.encode())[2:-1],
}


@pytest.mark.parametrize("way", WAYS)
def test_held_secret_is_taken_out_however_it_is_escaped(way: str) -> None:
    said = f"no such key as {WAYS[way]}, sorry"

    assert without_held(said) == redacted(said) == for_log(said) == "no such key as ****, sorry"


def test_longer_secret_goes_first() -> None:
    whole = Secret("abcdefgh-and-more")
    part = Secret("abcdefgh")

    assert without_held(f"{whole.reveal()} {part.reveal()}") == "**** ****"


def test_secret_that_is_held_no_more_is_not_looked_for() -> None:
    secret = Secret("of-a-moment")
    text = secret.reveal()
    del secret

    assert without_held(text) == "of-a-moment"


def test_stand_in_for_a_key_is_not_cut_out_of_words() -> None:
    stand_in = Secret("none")

    assert without_held(f"{stand_in.reveal()} of these") == "none of these"


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-0123456789abcdef",
        "sk-ant-oat01-0123-4567_89",
        "sk-or-v1-0123456789abcdef",
        "gsk_0123456789abcdef",
        "xai-0123456789abcdef",
        "hf_0123456789abcdef",
        "r8_0123456789abcdef",
        "tgp_v1_0123456789abcdef",
        "AIzaSy0123456789abcdef",
        "ya29.a0123456789-abcdef",
        "1//0123456789abcdef",
        "GOCSPX-0123456789abcdef",
        "gho_0123456789abcdef",
        "ghu_0123456789abcdef",
        "ghr_0123456789abcdef",
        "github_pat_0123456789abcdef",
        "tid=01234567;exp=1796000000;sku=x;8kp=1:0123456789abcdef",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.0123456789",
    ],
)
def test_what_looks_like_a_secret_is_taken_out_though_nobody_holds_it(secret: str) -> None:
    assert redacted(f"key {secret} is wrong") == "key **** is wrong"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer 0123456789abcdef", "Authorization: Bearer ****"),
        ("Proxy-Authorization: Basic dXNlcjpodW50ZXIyMg==", "Proxy-Authorization: Basic ****"),
        ("through http://user:hunter2@proxy:3128/", "through http://****@proxy:3128/"),
    ],
)
def test_credentials_are_taken_out_where_they_stand(text: str, shown: str) -> None:
    assert redacted(text) == for_log(text) == shown


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "id_token", "client_secret", "code_verifier"])
@pytest.mark.parametrize(
    "text",
    [
        '{{"{0}": "hunter22", "a": 1}}',
        "{{'{0}': 'hunter22'}}",
        '"{{\\"{0}\\": \\"hunter22\\"}}"',
        "{0}=hunter22&a=1",
        "a=1&{0}=hunter22",
    ],
)
def test_members_of_oauth_are_taken_out_of_the_log_by_their_names(name: str, text: str) -> None:
    logged = for_log(text.format(name))

    assert "hunter22" not in logged
    assert logged == text.format(name).replace("hunter22", "****")


def test_code_and_state_of_a_visit_are_taken_out_of_the_log() -> None:
    visit = "GET /callback?code=hunter22&state=hunter33&iss=https://acme.test HTTP/1.1"

    assert for_log(visit) == "GET /callback?code=****&state=****&iss=https://acme.test HTTP/1.1"


@pytest.mark.parametrize(
    "text",
    [
        "no model 'openai/gpt-5-mini'; the nearest are 'openai/gpt-5', 'openai/gpt-5-nano' and 'openai/o3'",
        "No credential for openai: no apiKeyCommand in settings, OPENAI_API_KEY is not set and no key is saved.",
        "the code is 42, and its state is good",
        "Basic authentication is a scheme of HTTP",
        "see https://example.org/docs?page=2#risk-and-task-of-disk",
        "chat, github-copilot/gpt-4.1: ok, 0.3 s, 12 + 5 tokens",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert for_log(text) == text
