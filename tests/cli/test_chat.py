"""`llm-ls chat` streams an answer to the terminal, or its events."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from llm_ls import messages
from llm_ls.cli import chat
from tests.cli.command import Done, configure, run, started
from tests.cli.terminal import Terminal
from tests.rigs.vendor import PAUSE, LoopbackVendor, Piece, sse


@pytest.fixture
async def vendor() -> AsyncGenerator[LoopbackVendor]:
    """A vendor that the user's settings know as `mine`."""
    async with LoopbackVendor() as vendor:
        configure(f'model = "mine/small"\n[providers.mine]\nkind = "openai"\nbaseUrl = "{vendor.url}/v1"\n')
        yield vendor


def delta(text: str) -> bytes:
    return chunk({"content": text})


def chunk(of: dict[str, str], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": of, "finish_reason": finish_reason}
    return sse({"id": "c", "object": "chat.completion.chunk", "model": "small", "choices": [choice]})


USAGE = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
END = (
    chunk({}, "stop")
    + sse({"id": "c", "object": "chat.completion.chunk", "model": "small", "choices": [], "usage": USAGE})
    + sse("[DONE]")
)


def answers(vendor: LoopbackVendor, *pieces: Piece) -> None:
    vendor.says(*pieces, END)


def events(done: Done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.out.splitlines()]


async def test_prints_the_answer(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("Hel"), delta("lo\nthere"))
    done = await run("chat", "say", "hello")

    assert (done.code, done.out, done.err) == (0, "Hello\nthere\n", "")
    assert vendor.requests[0].json["model"] == "small"
    assert vendor.requests[0].json["messages"][-1] == {"role": "user", "content": "say hello"}


async def test_adds_no_line_end_to_one(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("Hello\n"))

    assert (await run("chat", "hi")).out == "Hello\n"


async def test_reads_the_question_from_stdin(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("ok"))
    await run("chat", stdin="what is é?\n")
    await run("chat", "review", stdin="a diff\n")

    asked = [request.json["messages"][-1]["content"] for request in vendor.requests]
    assert asked == ["what is é?", "review\n\na diff"]


async def test_says_that_a_prompts_name_is_sent_as_it_is_written(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("ok"))
    done = await run("chat", "/review the loops")

    assert vendor.requests[0].json["messages"][-1]["content"] == "/review the loops"
    assert done.err == "/review is sent as it is written: prompts are for chats in an editor.\n"


async def test_uses_the_model_that_is_named(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("ok"))
    await run("chat", "-m", "mine/other", "hi")

    assert vendor.requests[0].json["model"] == "other"


async def test_workspace_chooses_the_model(vendor: LoopbackVendor, tmp_path: Path) -> None:
    answers(vendor, delta("ok"))
    (tmp_path / ".llm-ls.toml").write_text('model = "mine/ours"\n')
    await run("chat", "hi", folder=tmp_path)

    assert vendor.requests[0].json["model"] == "ours"


async def test_streams_as_it_arrives(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("first"), PAUSE, delta(" second"))
    async with started("chat", "hi") as process, asyncio.timeout(30):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        early = await process.stdout.readexactly(5)
        vendor.go_on()
        rest = await process.stdout.read()

    assert (early, rest) == (b"first", b" second\n")


async def test_prints_events_as_json(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("Hel"), delta("lo\u2028"))
    done = await run("chat", "--json", "hi")
    start, *rest = events(done)

    assert (start["type"], start["model"]) == ("message_start", "mine/small")
    assert "".join(str(event["text"]) for event in rest if event["type"] == "text_delta") == "Hello\u2028"
    assert rest[-1] == {"type": "message_end", "stopReason": "end_turn"}
    assert {"inputTokens": 7, "outputTokens": 2} in [event.get("usage") for event in rest]


async def test_failure_is_one_sentence_and_1(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "no such key", "type": "invalid_request_error"}})
    done = await run("chat", "hi")

    assert (done.code, done.out) == (1, "")
    assert "no such key" in done.err
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == 1


async def test_failure_as_json_is_an_event_too(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "no such key", "type": "invalid_request_error"}})
    done = await run("chat", "--json", "hi")

    assert done.code == 1
    assert (events(done)[-1]["type"], events(done)[-1]["kind"]) == ("error", "authentication")


async def test_answer_cut_off_is_a_failure_after_what_came(vendor: LoopbackVendor) -> None:
    vendor.says(delta("half"))
    done = await run("chat", "hi")

    assert (done.code, done.out) == (1, "half\n")
    assert done.err != ""


async def test_interrupt_closes_the_connection_and_ends_with_130(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("first"), PAUSE)
    async with started("chat", "hi") as process, asyncio.timeout(30):
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.close()
        await process.stdout.readexactly(5)
        process.send_signal(signal.SIGINT)
        code = await process.wait()
        err = await process.stderr.read()
        await vendor.client_closed()

    assert (code, err.strip()) == (130, b"")


async def test_reader_that_leaves_closes_the_connection(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("first\n"), PAUSE, delta("second\n"), PAUSE)
    ours, theirs = os.pipe()
    async with started("chat", "hi", stdout=theirs) as process, asyncio.timeout(30):
        os.close(theirs)
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.close()
        early = await asyncio.to_thread(os.read, ours, 100)
        os.close(ours)
        vendor.go_on()
        await vendor.client_closed()
        code, err = await process.wait(), await process.stderr.read()

    assert (early, code, err) == (b"first\n", 1, b"")


async def test_no_question_is_wrong_usage() -> None:
    done = await run("chat")

    assert done.code == 2
    assert "there is no question: give PROMPT, or pipe it in" in done.err


async def test_nothing_configured_says_what_was_looked_at() -> None:
    done = await run("chat", "hi", environment={f"{name}_BASE_URL": "http://127.0.0.1:9" for name in NEARBY})

    assert done.code == 1
    assert "ANTHROPIC_API_KEY" in done.err


NEARBY = ("OLLAMA", "LMSTUDIO", "VLLM", "LLAMACPP")


async def test_unknown_provider_is_named() -> None:
    done = await run("chat", "-m", "opneai/gpt-5", "hi")

    assert done.code == 1
    assert "'openai'" in done.err


@pytest.mark.parametrize("name", ["mine", "mine/best"])
async def test_provider_of_which_no_model_is_known_is_asked(vendor: LoopbackVendor, name: str) -> None:
    vendor.refuses(200, {"object": "list", "data": [{"id": "big"}]})
    answers(vendor, delta("Hi"))
    done = await run("chat", "-m", name, "hi")

    assert (done.code, done.out) == (0, "Hi\n")
    assert vendor.requests[-1].json["model"] == "big"


async def test_problem_of_the_settings_is_a_warning(vendor: LoopbackVendor) -> None:
    answers(vendor, delta("ok"))
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "llm-ls" / "config.toml"
    config.write_text("modle = 1\n" + config.read_text())
    done = await run("chat", "hi")

    assert (done.code, done.out) == (0, "ok\n")
    assert done.err == f"warning: Setting 'modle' of {config} is unknown. Use 'model'.\n"


async def test_terminal_gets_no_control_characters_of_a_model(vendor: LoopbackVendor) -> None:
    answers(vendor, chunk({"reasoning_content": "hm"}), delta("a\x1b]0;evil\x07b\x9b"), delta("\n"))
    async with Terminal(sys.executable, "-m", "llm_ls", "chat", "hi") as terminal:
        shown = await terminal.everything()

    cost = r"\x1b\[2mmine/small: 7 tokens in, 2 out · conversation [0-9a-f]{12}\x1b\[0m\n"
    assert re.fullmatch(r"\x1b\[2mhm\x1b\[0m\na\]0;evilb\n" + cost, shown)
    assert terminal.process.returncode == 0


def test_terminal_gets_no_control_characters_of_a_notice(capsys: pytest.CaptureFixture[str]) -> None:
    output = chat._Text(on_terminal=True)  # pyright: ignore[reportPrivateUsage]: no vendor can be made to say it
    output.show(messages.Notice("dropped_parameter", "mine/\x1b]0;evil\x07\x9b does not take it"))

    assert capsys.readouterr().err == "mine/]0;evil does not take it\n"
