"""Ids that vendors give out to clients: kept once they are there, lost to nothing but the loss of the file."""

import os
from pathlib import Path

from llm_ls.auth import issued_clients


def file() -> Path:
    return Path(os.environ["XDG_DATA_HOME"]) / "llm-ls" / "oauth-clients.json"


def test_keeps_what_each_provider_gave_out() -> None:
    assert issued_clients.known("chatgpt") == ""
    issued_clients.keep("chatgpt", "oaiapp_1")
    issued_clients.keep("other", "x")
    issued_clients.keep("chatgpt", "oaiapp_2")

    assert (issued_clients.known("chatgpt"), issued_clients.known("other")) == ("oaiapp_2", "x")
    assert file().stat().st_mode & 0o777 == 0o600


def test_file_that_cannot_be_read_knows_nothing_and_is_made_anew() -> None:
    issued_clients.keep("chatgpt", "oaiapp_1")
    for content in (b"{", b"[]", b'{"chatgpt": 1}', b'{"chatgpt": "two words"}'):
        file().write_bytes(content)
        assert issued_clients.known("chatgpt") == ""
    issued_clients.keep("chatgpt", "oaiapp_1")

    assert issued_clients.known("chatgpt") == "oaiapp_1"


def test_folder_that_cannot_be_written_is_no_failure() -> None:
    file().parent.write_bytes(b"")
    issued_clients.keep("chatgpt", "oaiapp_1")

    assert issued_clients.known("chatgpt") == ""
