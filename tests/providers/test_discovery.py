"""Looking for model servers on this machine."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.cli import demo_model
from llm_ls.providers import configured
from llm_ls.providers.registry import Registry
from llm_ls.settings import ProviderSettings, Settings
from tests.providers import asked
from tests.rigs.llamacpp import llama_cpp
from tests.rigs.places import REPOSITORY
from tests.rigs.vendor import PAUSE, Answer, LoopbackVendor

NOBODY = {f"{provider}_BASE_URL": "http://127.0.0.1:1" for provider in ("OLLAMA", "LMSTUDIO", "VLLM", "LLAMACPP")}
JSON = {"content-type": "application/json"}


@pytest.fixture
async def other() -> AsyncGenerator[LoopbackVendor]:
    async with LoopbackVendor() as vendor:
        yield vendor


def lists(vendor: LoopbackVendor, *ids: str) -> None:
    body = json.dumps({"object": "list", "data": [{"id": id, "object": "model"} for id in ids]})
    vendor.answers(Answer((body.encode(),), headers=JSON))


async def test_finds_a_real_server_and_its_model(tmp_path: Path) -> None:
    demo_model.write(tmp_path / "tiny.gguf", {"": "found you"}, "")
    with llama_cpp(tmp_path / "tiny.gguf", name="qwen") as url:
        registry = Registry(Settings(), NOBODY | {"LLAMACPP_BASE_URL": url})
        before = registry.default_name("chat")

        await registry.discover()

        assert before is None
        assert registry.default_name("chat") == "llamacpp/qwen"
        assert asked.text(await asked.answer(registry.default_model("chat"))) == "found you"
        (info,) = await registry.list_models("llamacpp")
        assert (info.id, info.context_window, info.capabilities.fim) == ("llamacpp/qwen", 8192, True)
        await registry.aclose()


async def test_finds_several_and_prefers_them_in_order(vendor: LoopbackVendor, other: LoopbackVendor) -> None:
    lists(vendor, "nomic-embed-text", "llama3")
    lists(other, "qwen")
    registry = Registry(Settings(), NOBODY | {"VLLM_BASE_URL": vendor.url, "LMSTUDIO_BASE_URL": other.url})

    await registry.discover()
    await registry.aclose()

    assert registry.default_name("chat") == "lmstudio/qwen"
    assert [status.models for status in registry.providers() if status.id == "vllm"] == [
        ("vllm/nomic-embed-text", "vllm/llama3")
    ]
    assert registry.model("vllm").name == "vllm/llama3"


async def test_silent_server_holds_nobody_up(vendor: LoopbackVendor, other: LoopbackVendor) -> None:
    vendor.says(PAUSE)
    lists(other, "qwen")
    registry = Registry(Settings(), NOBODY | {"VLLM_BASE_URL": vendor.url, "LMSTUDIO_BASE_URL": other.url})
    await registry.warm("vllm/any")

    began = time.monotonic()
    await registry.discover()
    took_s = time.monotonic() - began
    await registry.aclose()

    assert took_s < 0.6
    assert registry.default_name("chat") == "lmstudio/qwen"


async def test_web_server_is_no_model_server(vendor: LoopbackVendor) -> None:
    vendor.says(b"<html><title>My site</title></html>", headers={"content-type": "text/html"})
    registry = Registry(Settings(), NOBODY | {"VLLM_BASE_URL": vendor.url})

    await registry.discover()
    await registry.aclose()

    assert {status.id: status.models for status in registry.providers()}["vllm"] == ()


async def test_only_this_machine_is_looked_at() -> None:
    addresses = dict.fromkeys(NOBODY, "http://192.0.2.1:1234")
    registry = Registry(Settings(), addresses)

    await registry.discover()
    await registry.aclose()

    assert registry.default_name("chat") is None


async def test_disabled_provider_is_left_alone(vendor: LoopbackVendor) -> None:
    registry = Registry(
        Settings(providers={"vllm": ProviderSettings(disabled=True)}), NOBODY | {"VLLM_BASE_URL": vendor.url}
    )

    await registry.discover()
    await registry.aclose()

    assert vendor.connections == 0


async def test_server_that_went_away_is_forgotten(vendor: LoopbackVendor) -> None:
    lists(vendor, "llama3")
    vendor.answers(None)
    registry = Registry(Settings(), NOBODY | {"VLLM_BASE_URL": vendor.url})
    await registry.discover()
    model = registry.default_model("chat")

    error = await asked.failure(model)
    await registry.aclose()

    assert error.kind == "connection"
    assert registry.default_name("chat") is None


async def test_nobody_there_is_said_with_the_places_looked_at() -> None:
    registry = Registry(Settings(), NOBODY)
    await registry.discover()

    with pytest.raises(errors.MissingCredentials) as caught:
        registry.default_model("edit")

    assert caught.value.sentence == (
        "No model is configured: the settings and LLM_LS_MODEL name none, no key is set (ANTHROPIC_API_KEY, "
        "OPENAI_API_KEY, GEMINI_API_KEY, OPENROUTER_API_KEY, ...) and no local server was found (Ollama, LM Studio, "
        "vLLM, llama.cpp). Give a key or sign in (see `llm-ls providers`), start a local server, or set `model`."
    )


async def test_looking_where_nobody_is_imports_no_http() -> None:
    program = f"""
import asyncio, sys
from llm_ls.providers.registry import Registry
from llm_ls.settings import Settings

async def main():
    registry = Registry(Settings(), {NOBODY!r})
    await registry.discover()
    registry.providers()
    await registry.aclose()

asyncio.run(main())
print(*(name for name in ("httpx2", "anthropic", "openai", "pydantic", "xllamacpp") if name in sys.modules))
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=subprocess.PIPE, cwd=REPOSITORY, env=dict(os.environ)
    )

    assert (await process.communicate())[0].strip() == b""


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("127.0.0.1:11500", "http://127.0.0.1:11500"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        (":11500", "http://127.0.0.1:11500"),
        ("nas", "http://nas:11434"),
        ("http://nas", "http://nas"),
        ("https://nas:8443/", "https://nas:8443"),
        ("http://nas:1/some/path/", "http://nas:1/some/path"),
        ("[::1]:11500", "http://[::1]:11500"),
        ("[::1]", "http://[::1]:11434"),
    ],
)
def test_ollama_host_may_be_short(given: str, address: str) -> None:
    assert configured.providers(Settings(), {"OLLAMA_HOST": given})["ollama"].base_url == address


async def test_server_that_stopped_is_forgotten_by_the_next_look() -> None:
    async with LoopbackVendor() as stopped:
        lists(stopped, "llama3")
        registry = Registry(Settings(), NOBODY | {"VLLM_BASE_URL": stopped.url})
        await registry.discover()
        before = registry.default_name("chat")

    await registry.discover()
    await registry.aclose()

    assert before == "vllm/llama3"
    assert {status.id: status.models for status in registry.providers()}["vllm"] == ()
