"""On a busy machine servers may take longer to start than a person waits."""

import pytest


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_ls.tools.mcp.servers.PATIENCE_S", 60.0)
