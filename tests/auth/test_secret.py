"""A secret shows itself to nobody who does not ask for it by name."""

import json
import pickle

import pytest

from llm_ls.auth.secret import Secret

SECRET = Secret("sk-live-1234")


def test_is_revealed_on_request_only() -> None:
    assert SECRET.reveal() == "sk-live-1234"
    assert "1234" not in f"{SECRET} {SECRET!r} {SECRET!s:>20} {[SECRET]}"


def test_is_not_written_down() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)
    with pytest.raises(TypeError):
        json.dumps(SECRET)


def test_equals_the_same_secret() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert SECRET != "sk-live-1234"
