"""The search for secrets finds what it is for: without this, that nothing was found would prove nothing."""

import base64
import html
import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from llm_ls.protocol.log import StderrHandler
from tests.secrets.searching import files, leaks, planted

SECRET = planted("any")
WAYS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in an address": lambda secret: quote(secret, safe=""),
    "in JSON": json.dumps,
    "in JSON within JSON": lambda secret: json.dumps(json.dumps(secret)),
    "in HTML": html.escape,
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64 behind one byte": lambda secret: base64.b64encode(f"a{secret}b".encode()).decode(),
    "in base64 behind two bytes": lambda secret: base64.urlsafe_b64encode(f"aa{secret}".encode()).decode(),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "without its beginning": lambda secret: secret[10:],
    "without its end": lambda secret: secret[:-10],
}


@pytest.mark.parametrize("way", WAYS)
def test_finds_a_secret(way: str) -> None:
    left = f"GET /?x={WAYS[way](SECRET)} HTTP/1.1".encode()

    (found,) = leaks({"key": SECRET, "other": planted("other")}, {"clean": b"nothing", "stderr": left})

    assert found.startswith("key in stderr: ")


@pytest.mark.parametrize("secret", ["gho_0123456789abcdef0123456789abcdef0123", "Zm9v-YmFy_Zm9vYmFyZm9vYmFyZm9v"])
def test_finds_the_tokens_of_others(secret: str) -> None:
    assert leaks({"token": secret}, {"there": f'{{"token": "{secret}"}}'.encode()})


def test_finds_a_secret_in_a_file_and_in_a_database(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "note").write_text(f"the key is {SECRET}\n")
    (tmp_path / "own").write_text(SECRET)
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (?)", ("x" * 4000 + SECRET,))

    found = leaks({"key": SECRET}, files(tmp_path, tmp_path / "own"))

    assert [one.partition(": ")[0] for one in found] == ["key in a.db", "key in deep/note"]


def test_finds_a_secret_that_nobody_holds_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    record = logging.makeLogRecord({"name": "llm_ls.x", "levelno": logging.ERROR, "msg": f"sent {SECRET}"})
    StderrHandler().handle(record)

    assert leaks({"key": SECRET}, {"stderr": capfd.readouterr().err.encode()})
