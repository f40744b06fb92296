"""Whatever comes back, it is an answer of this attempt, a named failure of it, or a stray."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from llm_ls import errors
from llm_ls.auth import callback
from llm_ls.auth.attempts import Ended
from llm_ls.auth.authorization import Authorization
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret

CLIENT = OAuthClient("acme", "Acme", ("browser", "paste"), client_id="1", issuer="https://acme.test")
ATTEMPT = Authorization("https://acme.test/a", "http://127.0.0.1:1/callback", Secret("v"), state="s" * 43)

MEMBERS = st.dictionaries(st.sampled_from(["code", "error", "error_description", "iss", "client_id", "x"]), st.text())


@given(st.text() | MEMBERS.map(urlencode) | st.binary().map(lambda data: data.decode("latin-1")))
def test_nothing_without_the_state_is_believed(text: str) -> None:
    for read in (callback.read, callback.pasted):
        try:
            read(CLIENT, ATTEMPT, text)
        except callback.Stray:
            continue
        raise AssertionError(text)


@given(MEMBERS)
def test_with_the_state_there_is_an_answer_or_a_named_failure(members: dict[str, str]) -> None:
    query = urlencode({**members, "state": ATTEMPT.state}, errors="replace")
    for read, text in ((callback.read, query), (callback.pasted, f"{ATTEMPT.redirect_uri}?{query}")):
        try:
            answer = read(CLIENT, ATTEMPT, text)
        except (callback.Stray, Ended, errors.Authentication):
            continue

        assert answer == callback.Answer(Secret(members["code"]))
        assert "error" not in members
