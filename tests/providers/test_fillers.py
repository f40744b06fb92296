"""Which model fills gaps where the user has chosen one for talking."""

from typing import Any

import pytest

from llm_ls.settings import ModelRoles, ProviderSettings
from tests.providers.ollama_wire import said
from tests.providers.registries import Make, listing, row
from tests.rigs.vendor import LoopbackVendor

KEYS = {
    "ANTHROPIC_API_KEY": "k",
    "OPENAI_API_KEY": "k",
    "MISTRAL_API_KEY": "k",
    "DEEPSEEK_API_KEY": "k",
    "TOGETHER_API_KEY": "k",
}


@pytest.mark.parametrize(
    ("chosen", "filler"),
    [
        ("anthropic/claude-opus-5-5", "anthropic/claude-haiku-5-5"),
        ("anthropic", "anthropic/claude-haiku-5-5"),
        ("best", "anthropic/claude-haiku-5-5"),
        ("openai/gpt-6.1-sol", "openai/gpt-6-luna"),
        ("mistral/mistral-large-latest", "mistral/codestral-latest"),
        ("mistral/codestral-2508", "mistral/codestral-2508"),
        ("deepseek/deepseek-v4-pro", "deepseek/deepseek-flash"),
        ("deepseek/deepseek-chat", "deepseek/deepseek-chat"),
        ("together/Qwen/Qwen2.5-Coder-32B-Instruct", "together/Qwen/Qwen2.5-Coder-32B-Instruct"),
        ("together/deepseek-ai/DeepSeek-V4-Pro-0813", "together/openai/gpt-oss-20b"),
        ("no-such-model", "no-such-model"),
    ],
)
def test_of_the_chosen_models_provider_the_one_that_suits(chosen: str, filler: str, make: Make) -> None:
    assert make(KEYS, model=chosen).default_name("inlineCompletion") == filler
    assert make({**KEYS, "LLM_LS_MODEL": chosen}).default_name("inlineCompletion") == filler


def test_what_was_picked_counts_and_what_was_set_for_it_more(make: Make) -> None:
    registry = make(KEYS, model="anthropic/claude-opus-5-5")
    registry.set_active("mistral", "mistral-large-latest")

    assert registry.default_name("inlineCompletion") == "mistral/codestral-latest"
    assert registry.default_name("chat") == "mistral/mistral-large-latest"

    roles = ModelRoles(inline_completion="anthropic/claude-opus-5-5")
    assert make(KEYS, models=roles).default_name("inlineCompletion") == "anthropic/claude-opus-5-5"


def test_where_nothing_is_chosen_it_is_of_the_first_provider(make: Make) -> None:
    assert make(KEYS).default_name("inlineCompletion") == "anthropic/claude-haiku-5-5"
    assert make({"MISTRAL_API_KEY": "k"}).default_name("inlineCompletion") == "mistral/codestral-latest"
    assert make({}).default_name("inlineCompletion") is None


def test_fast_is_what_the_user_calls_so_of_the_same_provider(make: Make) -> None:
    chosen = {"model": "anthropic/claude-opus-5-5"}
    own, others = ModelRoles(fast="anthropic/claude-haiku-4-5"), ModelRoles(fast="openai/gpt-6-luna")

    assert make(KEYS, models=own, **chosen).default_name("inlineCompletion") == "anthropic/claude-haiku-4-5"
    assert make(KEYS, models=others, **chosen).default_name("inlineCompletion") == "anthropic/claude-haiku-5-5"


@pytest.mark.parametrize("kind", ["openai", "anthropic", "mistral"])
def test_who_merely_speaks_a_wire_is_asked_for_what_was_chosen(kind: Any, make: Make) -> None:
    environment = {**KEYS, f"{kind.upper()}_BASE_URL": "http://127.0.0.1:9/v1"}

    assert make(environment, model=f"{kind}/mine").default_name("inlineCompletion") == f"{kind}/mine"
    gateway = ProviderSettings(kind=kind, base_url="http://127.0.0.1:9/v1")
    assert make(providers={"acme": gateway}, model="acme/mine").default_name("inlineCompletion") == "acme/mine"


async def test_a_model_that_a_server_lists_and_that_fills_comes_before_one_that_does_not(
    vendor: LoopbackVendor, make: Make
) -> None:
    vendor.answers(listing("meta/llama-3", "Qwen/Qwen2.5-Coder-7B"))
    registry = make(providers=row(kind="vllm", base_url=f"{vendor.url}/v1"), model="acme/meta/llama-3")
    assert registry.default_name("inlineCompletion") == "acme/meta/llama-3"

    await registry.list_models("acme")

    assert registry.default_name("inlineCompletion") == "acme/Qwen/Qwen2.5-Coder-7B"
    assert registry.default_name("chat") == "acme/meta/llama-3"


async def test_of_ollamas_models_one_that_can_insert(vendor: LoopbackVendor, make: Make) -> None:
    models = [
        {"name": "llama3.2", "capabilities": ["completion", "tools"]},
        {"name": "mine", "capabilities": ["completion", "insert"]},
    ]
    vendor.answers(said(models=models))
    registry = make(providers=row(kind="ollama", base_url=vendor.url), model="acme/llama3.2")
    await registry.list_models("acme")

    assert registry.default_name("inlineCompletion") == "acme/mine"
