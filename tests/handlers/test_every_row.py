"""The same question through every row of the table, to peers that no one here wrote, and what it came to."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from llm_ls.cli import demo_model
from llm_ls.providers.vendors import VENDORS
from tests.cli.command import run
from tests.rigs.aimock import aimock
from tests.rigs.editor import Editor, editor
from tests.rigs.llamacpp import llama_cpp

pytestmark = pytest.mark.peer

QUESTION = "What is a tuple?"
ANSWER = "A tuple is an immutable sequence."
MOCKED: Mapping[str, tuple[str, str]] = {
    "anthropic": ("claude-opus-5-5", ""),
    "openai": ("gpt-6-luna", "/v1"),
    "openai-responses": ("gpt-6-luna", "/v1"),
    "chatgpt": ("gpt-6-luna", "/v1"),
    "gemini": ("gemini-3.8-flash", "/v1beta/openai"),
    "openrouter": ("qwen/qwen3-coder:free", "/api/v1"),
    "github-copilot": ("gemini-3.8-flash", "/v1"),
    "azure": ("my-gpt", ""),
    "vertex": ("gemini-3.8-flash", "/v1"),
    "mistral": ("mistral-small-latest", "/v1"),
    "xai": ("grok-4.7", "/v1"),
    "deepseek": ("deepseek-flash", "/v1"),
    "groq": ("openai/gpt-oss-120b", "/v1"),
    "together": ("openai/gpt-oss-120b", "/v1"),
    "cohere": ("command-a-03-2025", "/v2"),
    "ollama": ("qwen3:8b", ""),
}
"""Rows whose wire aimock speaks: the model that is asked, and the path of the API there."""

SERVED = ("llamacpp", "lmstudio", "vllm")
"""Rows of model servers: llama.cpp's answers for each."""

WITHOUT_PEER = {"replicate"}
"""Nobody else speaks its wire; `tests/providers/test_replicate.py` has it."""

FIXTURE = {
    "match": {"userMessage": QUESTION},
    "response": {"content": ANSWER, "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}},
}


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    demo_model.write(file, {"": ANSWER}, fill="")
    return file


@pytest.fixture(scope="module")
def server(gguf: Path) -> Iterator[str]:
    with llama_cpp(gguf) as url:
        yield url


@pytest.fixture
async def mock() -> AsyncGenerator[str]:
    async with aimock(FIXTURE) as url:
        yield url


def team(row: str, base_url: str) -> dict[str, Any]:
    """The settings of a provider of the kind `row` at that address."""
    own = {"apiVersion": "2024-10-21"} if row == "azure" else {}
    return {"kind": row, "baseUrl": base_url, "apiKeyEnv": "TEAM_KEY", **own}


async def ask(one: Editor, model: str) -> dict[str, Any]:
    return await one.request("llm-ls/chat", {"message": QUESTION, "model": model})


async def test_every_row_answers_the_same_question_and_the_ledger_has_it(mock: str, server: str, gguf: Path) -> None:
    models = {
        **{row: f"my-{row}/{model}" for row, (model, _) in MOCKED.items()},
        **{row: f"my-{row}/tiny" for row in SERVED},
        "local": "local/tiny",
    }
    providers: dict[str, Any] = {f"my-{row}": team(row, mock + path) for row, (_, path) in MOCKED.items()}
    providers |= {f"my-{row}": {"kind": row, "baseUrl": f"{server}/v1"} for row in SERVED}
    providers["local"] = {"modelPath": str(gguf)}

    async with editor(settings={"providers": providers}, environ={"TEAM_KEY": "sk-team"}) as one:
        answers = {row: (await ask(one, model))["text"] for row, model in models.items()}
        usage = await one.request("llm-ls/usage", {"by": "provider"})

    assert models.keys() | WITHOUT_PEER == VENDORS.keys()
    assert answers == dict.fromkeys(models, ANSWER)
    assert {row["key"]: (row["requests"], row["failed"]) for row in usage["rows"]} == {
        model.partition("/")[0]: (1, 0) for model in models.values()
    }


async def test_a_conversation_goes_on_when_its_vendor_is_killed(server: str) -> None:
    settings: dict[str, Any] = {
        "model": "my-anthropic/claude-opus-5-5",
        "fallbacks": {"*": ["my-llamacpp/tiny"]},
        "providers": {"my-llamacpp": {"kind": "llamacpp", "baseUrl": f"{server}/v1"}},
    }
    async with AsyncExitStack() as vendor:
        mock = await vendor.enter_async_context(aimock(FIXTURE))
        settings["providers"] |= {"my-anthropic": team("anthropic", mock)}
        async with editor(settings=settings, environ={"TEAM_KEY": "sk-team"}) as one:
            first = await one.request("llm-ls/chat", {"message": QUESTION})
            await vendor.aclose()
            turns = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first["text"]}]
            second = await one.request(
                "llm-ls/chat", {"messages": turns, "message": "And a list?", "partialResultToken": "p"}
            )
            events = one.progress("p")
    shown = await run("usage")

    assert (first["model"], first["text"]) == ("my-anthropic/claude-opus-5-5", ANSWER)
    assert first["usage"]["costUsd"] == pytest.approx((11 * 4 + 7 * 20) / 1e6)
    assert second["model"] == "my-llamacpp/tiny"
    assert "".join(event["text"] for event in events if event["type"] == "text_delta") == ANSWER
    (notice,) = [event["message"] for event in events if event["type"] == "notice"]
    assert notice.startswith("my-anthropic/claude-opus-5-5: no connection to 127.0.0.1")
    assert notice.endswith("; asking my-llamacpp/tiny instead")
    anthropic, llamacpp, total = (line.split("\t") for line in shown.out.splitlines())
    assert anthropic == ["my-anthropic/claude-opus-5-5", "2", "1", "0", "0", "11", "7", "0", "$0.0002"]
    assert (llamacpp[:3], llamacpp[-1]) == (["my-llamacpp/tiny", "1", "0"], "$0.00")
    assert (total[:4], total[-1]) == (["total", "3", "1", "0"], "$0.0002")
