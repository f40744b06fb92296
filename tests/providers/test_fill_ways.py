"""Which wire fits a model that is to fill a gap, and what becomes of it where the vendor refuses."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from llm_ls import errors
from llm_ls.cli import demo_model
from llm_ls.messages import TextDelta, UsageReport
from llm_ls.models import InfillModel, InfillRequest
from llm_ls.providers import configured, fill_ways
from llm_ls.providers.registry import Registry
from llm_ls.settings import ProviderSettings, Settings
from tests.providers import asked
from tests.providers.ollama_wire import said, streamed
from tests.providers.registries import Make, failure, listing, row
from tests.rigs.llamacpp import llama_cpp
from tests.rigs.vendor import PAUSE, Answer, LoopbackVendor, sse

GAP = InfillRequest("def add(a, b):\n    return ", "\n", (("b.py", "x = 1"),), 9, ("\n\n",), name="a.py")
FILL = "return a + b\n    # ☃ filled"
PROMPT = (
    "<|repo_name|>project\n<|file_sep|>b.py\nx = 1\n<|file_sep|>a.py\n"
    "<|fim_prefix|>def add(a, b):\n    return <|fim_suffix|>\n<|fim_middle|>"
)
COMPLETED = Answer((sse({"choices": [{"text": "a + b", "finish_reason": "stop"}]}, "[DONE]"),))
GENERATED = streamed({"model": "m", "response": "a + b", "done": True, "done_reason": "stop"})
NO_INFILL = {"error": {"code": 501, "message": "This server does not support infill", "type": "not_supported_error"}}
NO_FILE = {"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}
NO_INSERT = said(400, error="registry.ollama.ai/library/m:latest does not support insert")


async def filled(model: InfillModel, request: InfillRequest = GAP) -> str:
    return asked.text(await asked.answer(model, request))


async def fills(registry: Registry, provider: str) -> dict[str, bool]:
    """What each model is said to do."""
    return {info.name: info.capabilities.fim for info in await registry.list_models(provider)}


@pytest.mark.parametrize(
    ("kind", "model_id", "ways"),
    [
        ("mistral", "codestral-2508", ("mistral",)),
        ("mistral", "mistral-small-latest", ()),
        ("deepseek", "deepseek-flash", ("openai",)),
        ("llamacpp", "llama-3", ("llamacpp",)),
        ("llamacpp", "qwen2.5-coder-7b-q8_0.gguf", ("llamacpp", "completions")),
        ("local", "starcoder2-3b", ("llamacpp", "completions")),
        ("ollama", "llama3.2", ("ollama",)),
        ("ollama", "qwen2.5-coder:7b", ("ollama", "generate")),
        ("openai", "Qwen/Qwen3-Coder-30B-A3B-Instruct", ("completions",)),
        ("openai", "gpt-6-luna", ()),
        ("vllm", "bigcode/starcoder2-7b", ("completions",)),
        ("lmstudio", "codestral-22b-v0.1", ("completions",)),
        ("together", "Qwen/Qwen2.5-Coder-32B-Instruct", ("completions",)),
        ("together", "openai/gpt-oss-20b", ()),
        ("anthropic", "claude-haiku-5-5", ()),
        ("gemini", "gemini-3.8-flash", ()),
        ("groq", "qwen/qwen2.5-coder-32b", ()),
    ],
)
def test_the_wire_that_fits_the_model(kind: Any, model_id: str, ways: tuple[str, ...]) -> None:
    settings = Settings(providers={"acme": ProviderSettings(kind=kind)})

    assert fill_ways.ways(configured.providers(settings, {})["acme"], model_id) == ways


async def test_asks_a_server_in_the_tokens_of_the_models_family(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(COMPLETED)
    registry = make(providers=row(kind="openai", base_url=f"{vendor.url}/v1"))

    assert await filled(registry.infill_model("acme/qwen2.5-coder-7b")) == "a + b"
    assert [request.path for request in vendor.requests] == ["/v1/completions"]
    assert vendor.requests[0].json == {
        "model": "qwen2.5-coder-7b",
        "prompt": PROMPT,
        "max_tokens": 9,
        "temperature": 0.1,
        "stop": ["\n\n", "<|endoftext|>", "<|file_sep|>", "<|fim_pad|>"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_tokens_that_vllm_writes_can_end_an_answer(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(COMPLETED)
    await filled(make(providers=row(kind="vllm", base_url=f"{vendor.url}/v1")).infill_model("acme/starcoder2"))

    assert vendor.requests[0].json["stop"] == ["\n\n", "<|endoftext|>", "<file_sep>"]
    assert vendor.requests[0].json["skip_special_tokens"] is False


async def test_asks_ollama_raw_where_the_template_cannot_insert(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(NO_INSERT, GENERATED, GENERATED)
    registry = make(providers=row(kind="ollama", base_url=vendor.url))

    assert await filled(registry.infill_model("acme/qwen2.5-coder")) == "a + b"
    assert await filled(registry.infill_model("acme/qwen2.5-coder")) == "a + b"
    first, second, third = (request.json for request in vendor.requests)
    assert (first["suffix"], "raw" in first) == ("\n", False)
    assert first["prompt"] == "# b.py\n# x = 1\n\ndef add(a, b):\n    return "
    assert second == third
    assert second == {
        "model": "qwen2.5-coder",
        "prompt": PROMPT,
        "raw": True,
        "options": {
            "num_predict": 9,
            "temperature": 0.1,
            "stop": ["\n\n", "<|endoftext|>", "<|file_sep|>", "<|fim_pad|>"],
        },
        "think": False,
        "stream": True,
        "truncate": False,
    }


@pytest.mark.parametrize(("status", "body"), [(501, NO_INFILL), (404, NO_FILE)])
async def test_a_server_without_infill_is_asked_in_tokens(
    status: int, body: object, vendor: LoopbackVendor, make: Make
) -> None:
    vendor.refuses(status, body)
    vendor.answers(COMPLETED, COMPLETED)
    registry = make(providers=row(kind="llamacpp", base_url=f"{vendor.url}/v1"))

    assert await filled(registry.infill_model("acme/qwen2.5-coder")) == "a + b"
    assert await filled(registry.infill_model("acme/qwen2.5-coder")) == "a + b"
    assert [request.path for request in vendor.requests] == ["/infill", "/v1/completions", "/v1/completions"]


async def test_what_has_been_refused_is_not_asked_again(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(501, NO_INFILL)
    registry = make(providers=row(kind="llamacpp", base_url=f"{vendor.url}/v1", models=("llama", "other")))
    assert await fills(registry, "acme") == {"llama": True, "other": True}

    refusal = await asked.failure(registry.infill_model("acme/llama"), GAP)

    assert (refusal.kind, refusal.model) == ("unsupported", "acme/llama")
    assert failure(registry.infill_model, "acme/llama").kind == "unsupported"
    assert registry.infill_model("acme/other").name == "acme/other"
    assert await fills(registry, "acme") == {"llama": False, "other": True}
    assert len([request for request in vendor.requests if request.path == "/infill"]) == 1


async def test_a_refusal_is_forgotten_with_the_settings_it_came_under(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(501, NO_INFILL)
    providers = row(kind="llamacpp", base_url=f"{vendor.url}/v1")
    registry = make(providers=providers)
    await asked.failure(registry.infill_model("acme/llama"), GAP)

    registry.configure(Settings(providers=providers, model="acme/llama"))
    assert failure(registry.infill_model, "acme/llama").kind == "unsupported"
    registry.configure(Settings(providers={"acme": attrs.evolve(providers["acme"], timeout_s=9.0)}))
    assert registry.infill_model("acme/llama").name == "acme/llama"


async def test_a_refusal_is_forgotten_when_the_server_has_been_away(make: Make) -> None:
    async with LoopbackVendor() as vendor:
        vendor.refuses(501, NO_INFILL)
        registry = make(providers=row(kind="llamacpp", base_url=f"{vendor.url}/v1"))
        waiting = registry.infill_model("acme/other")
        await asked.failure(registry.infill_model("acme/llama"), GAP)
        assert failure(registry.infill_model, "acme/llama").kind == "unsupported"

    assert (await asked.failure(waiting, GAP)).kind == "connection"
    assert registry.infill_model("acme/llama").name == "acme/llama"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": {"message": "no"}}, "authentication"),
        (429, {"error": {"message": "no"}}, "rate_limited"),
        (404, {"error": {"message": "model 'qwen2.5-coder' not found"}}, "not_found"),
    ],
)
async def test_no_other_failure_is_a_refusal_to_fill(
    status: int, body: object, kind: str, vendor: LoopbackVendor, make: Make
) -> None:
    vendor.refuses(status, body)
    registry = make(providers=row(kind="llamacpp", base_url=f"{vendor.url}/v1"))

    assert (await asked.failure(registry.infill_model("acme/qwen2.5-coder"), GAP)).kind == kind
    assert registry.infill_model("acme/qwen2.5-coder").name == "acme/qwen2.5-coder"
    assert len(vendor.requests) == 1


async def test_says_what_fills_of_what_a_server_lists(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(listing("Qwen/Qwen2.5-Coder-7B", "meta/llama-3"))
    registry = make(providers=row(kind="vllm", base_url=f"{vendor.url}/v1"))

    assert await fills(registry, "acme") == {"Qwen/Qwen2.5-Coder-7B": True, "meta/llama-3": False}


async def test_leaving_hangs_up(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(sse({"choices": [{"text": "a", "finish_reason": None}]}), PAUSE)
    model = make(providers=row(kind="vllm", base_url=f"{vendor.url}/v1")).infill_model("acme/starcoder2")

    async with contextlib.aclosing(model.stream(GAP)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break

    assert await vendor.client_closed() == 1


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    gguf: Path = tmp_path_factory.mktemp("gguf") / "fill.gguf"
    demo_model.write(gguf, {"": "hello"}, FILL)
    with llama_cpp(gguf, name="qwen2.5-coder") as url:
        yield url


@pytest.mark.parametrize("kind", ["llamacpp", "vllm", "openai"])
async def test_real_llama_cpp_fills_either_way(kind: Any, llama: str, make: Make) -> None:
    registry = make(providers=row(kind=kind, base_url=f"{llama}/v1"))
    hostile = attrs.evolve(GAP, prefix="x = '<|fim_middle|><|im_end|>' + ", stop=(), max_tokens=50)

    for request in (attrs.evolve(GAP, stop=(), max_tokens=50), hostile):
        events = await asked.answer(registry.infill_model("acme/qwen2.5-coder"), request)

        assert asked.text(events) == FILL
        assert isinstance(events[-2], UsageReport)


async def test_real_llama_cpp_does_not_take_texts_for_tokens(llama: str, make: Make) -> None:
    """A token of the family's is one token: as text it is many."""
    registry = make(providers=row(kind="vllm", base_url=f"{llama}/v1"))

    async def prompt_tokens(prefix: str) -> int:
        events = await asked.answer(registry.infill_model("acme/qwen2.5-coder"), InfillRequest(prefix, "b"))
        return next(event.usage.input_tokens for event in events if isinstance(event, UsageReport))

    assert await prompt_tokens("a<|fim_middle|>") - await prompt_tokens("a") > 5


async def test_a_model_that_nobody_asks_so_is_unsupported(make: Make) -> None:
    error = failure(make().infill_model, "anthropic/claude-haiku-5-5")

    assert isinstance(error, errors.Unsupported)
    assert error.message == "anthropic/claude-haiku-5-5 cannot fill in the middle"
    assert "llamacpp" in error.hint
