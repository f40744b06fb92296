"""The model picker: a list with what each model can read and costs, names by completion, a model for one chat."""

from pathlib import Path

from tests.rigs import nvim
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent / "plugin"


async def test_a_model_is_chosen_named_and_completed(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Me."))
    seen = await nvim.play(HERE / "models.lua", environment=environment(vendor), plugin=True)

    assert seen["tiers"] == ["best", "mid", "fast"]
    assert seen["completed"] == ["openai/gpt-5.4-mini"]
    mini = next(text for text in seen["texts"] if text.startswith("openai/gpt-5.4-mini "))
    assert mini.split()[1:] == ["400k", "$0.75", "in,", "$4.50", "out"]
    assert seen["said"][:2] == ["llm-ls now uses openai/gpt-5.4-mini.", "llm-ls now uses openai/gpt-5.4."]
    assert "no-such-thing" in seen["said"][2]
    assert seen["events"][-2:] == ["openai/gpt-5.4-mini", "openai/gpt-5.4"]


async def test_a_chat_has_a_model_of_its_own(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Me."))
    seen = await nvim.play(HERE / "models.lua", environment=environment(vendor), plugin=True)

    assert seen["of_chat"] == "openai/gpt-5.4-mini"
    assert seen["of_all"] == "openai/gpt-5.4"
    assert "openai/gpt-5.4-mini" in seen["bar"]
    assert vendor.requests[-1].json["model"] == "gpt-5.4-mini"
