"""What a status line shows, `:Llm status` says, and `:Llm usage` lists."""

from pathlib import Path

from tests.rigs import nvim
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent / "plugin"


async def test_model_activity_and_money_are_shown(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Me."))
    given = {**environment(vendor), "LLM_LS_MODEL": "openai/gpt-5.4"}
    seen = await nvim.play(HERE / "status.lua", environment=given, plugin=True)

    assert seen["before"] == ""
    assert seen["off"] == {
        "running": False,
        "busy": False,
        "kind": "inactive",
        "message": "llm-ls does not run",
    }
    assert seen["idle"] == "gpt-5.4"
    assert seen["busy"] == "gpt-5.4 …"
    assert seen["done"] == "gpt-5.4 · $0.0001"
    assert seen["state"]["model"] == "openai/gpt-5.4"
    assert seen["state"]["kind"] == "normal"
    assert seen["asked"] == 0
    assert "openai/gpt-5.4" in seen["said"]


async def test_usage_is_a_table_that_a_key_closes(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Me."))
    given = {**environment(vendor), "LLM_LS_MODEL": "openai/gpt-5.4"}
    seen = await nvim.play(HERE / "status.lua", environment=given, plugin=True)

    table = [line.split() for line in seen["usage"] if line.strip()]
    assert table == [
        ["requests", "tokens", "in", "tokens", "out", "cost"],
        ["Today", "1", "12", "5", "$0.0001"],
        ["Last", "7", "days", "1", "12", "5", "$0.0001"],
        ["Last", "7", "days", "by", "model", "requests", "tokens", "in", "tokens", "out", "cost"],
        ["openai/gpt-5.4", "1", "12", "5", "$0.0001"],
    ]
    assert seen["closed"]
