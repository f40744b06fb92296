"""`llm-ls demo`: the main job on the embedded model, or on one of the user's."""

import sys
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.cli import demo
from tests.cli.command import run
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

FIXED = "+    if not numbers:\n+        return 0\n"


async def test_shows_the_main_job_with_nothing_configured() -> None:
    done = await run("demo")

    assert done.code == 0, done.err
    assert 'AI: Fix "ZeroDivisionError: division by zero"' in done.out
    assert "progress begin  AI: Fix" in done.out
    assert FIXED in done.out
    assert demo.PREPARED[demo.QUESTION] in done.out
    assert "Its answers were prepared" in done.out
    assert "local/demo answered" in done.out


async def test_uses_a_model_of_the_user(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(demo.PREPARED[""]))
    vendor.says(*whole("It serves."))
    done = await run("demo", "--model", "openai/gpt-test", environment=environment(vendor))

    assert done.code == 0, done.err
    assert FIXED in done.out
    assert "It serves." in done.out
    assert "openai/gpt-test answered: 12 tokens in, 5 out." in done.out


async def test_says_in_a_sentence_why_it_failed(vendor: LoopbackVendor) -> None:
    done = await run("demo", "--model", "nowhere/model")

    assert done.code == 1
    assert "nowhere" in done.err
    assert "Traceback" not in done.err


async def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(errors.Unsupported) as failure:
        await demo.embedded_model(tmp_path)

    assert "llm-ls[demo]" in failure.value.sentence
