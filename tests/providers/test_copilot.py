"""GitHub Copilot: which wire each model is asked in, what its list says, and who began a question."""

from typing import Any

import pytest

from llm_ls import messages
from llm_ls.messages import Image, Message, Text, ToolCall, ToolResult
from llm_ls.models import Capabilities, Cost, ModelRequest
from llm_ls.providers import configured, copilot
from llm_ls.settings import ProviderSettings, Settings
from tests.providers import asked
from tests.providers.registries import HELLO, Make, listing
from tests.providers.test_rows import ANSWERS
from tests.rigs.vendor import PAUSE, LoopbackVendor

CALLS = Message("assistant", (ToolCall("t1", "f", {}),))
RESULT = ToolResult("t1", "sunny")


def environment(vendor: LoopbackVendor) -> dict[str, str]:
    return {"GITHUB_COPILOT_API_TOKEN": "tid=1;exp=2", "COPILOT_API_URL": vendor.url}


def model(id: str, *endpoints: str, **members: Any) -> dict[str, Any]:
    """One model as it is listed."""
    limits = {"max_context_window_tokens": 400_000, "max_prompt_tokens": 272_000, "max_output_tokens": 128_000}
    return {
        "id": id,
        "name": id.title(),
        "version": f"{id}-2026-10-01",
        "model_picker_enabled": True,
        "policy": {"state": "enabled"},
        "supported_endpoints": list(endpoints),
        "capabilities": {"type": "chat", "family": id, "limits": limits, "supports": {"tool_calls": True}},
        **members,
    }


@pytest.mark.parametrize(
    ("turns", "initiator"),
    [
        ((messages.user("hello"),), "user"),
        ((messages.user("a"), messages.Message("assistant", (Text("b"),)), messages.user("c")), "user"),
        ((messages.user("hello"), CALLS, Message("user", (RESULT,))), "agent"),
        ((messages.user("hello"), CALLS, Message("user", (RESULT, ToolResult("t2", "")))), "agent"),
        ((messages.user("hello"), CALLS, Message("user", (RESULT, Text("and now?")))), "user"),
        ((messages.user("hello"), CALLS, Message("user", (RESULT, Image("image/png", "QQ==")))), "user"),
    ],
)
def test_only_results_of_tools_are_the_agents_own_question(turns: tuple[Message, ...], initiator: str) -> None:
    assert copilot.request_headers(ModelRequest(turns))["X-Initiator"] == initiator


def test_image_anywhere_in_the_conversation_is_said() -> None:
    image = Message("user", (Image("image/png", "QQ=="), Text("what is it?")))
    turns = (image, Message("assistant", (Text("a cat"),)), messages.user("sure?"))

    assert copilot.request_headers(ModelRequest(turns))["Copilot-Vision-Request"] == "true"
    assert "Copilot-Vision-Request" not in copilot.request_headers(ModelRequest((messages.user("hi"),)))


def test_every_question_has_an_id_of_its_own() -> None:
    request = ModelRequest((messages.user("hi"),))

    assert copilot.request_headers(request)["X-Request-Id"] != copilot.request_headers(request)["X-Request-Id"]


@pytest.mark.parametrize(
    ("id", "endpoints", "path"),
    [
        ("claude-sonnet-5.5", ("/chat/completions", "/v1/messages"), "/v1/messages"),
        ("claude-sonnet-4", ("/chat/completions",), "/chat/completions"),
        ("gpt-6.1-sol", ("/responses", "/chat/completions"), "/responses"),
        ("gpt-5-mini", ("/chat/completions",), "/chat/completions"),
        ("gpt-5.3-codex", ("/responses",), "/responses"),
        ("mai-code-2", ("/responses",), "/responses"),
        ("gemini-4-argon", ("/chat/completions", "/responses"), "/chat/completions"),
        ("kimi-k3", (), "/chat/completions"),
    ],
)
async def test_model_is_asked_where_the_list_says(
    id: str, endpoints: tuple[str, ...], path: str, vendor: LoopbackVendor, make: Make
) -> None:
    wires = {"/v1/messages": "anthropic", "/responses": "openai-responses"}
    vendor.answers(listing(model(id, *endpoints)))
    vendor.answers(*ANSWERS[wires.get(path, "openai")](vendor.url))  # pyright: ignore[reportArgumentType] - a wire

    events = await asked.answer(make(environment(vendor)).model(f"github-copilot/{id}"))

    assert asked.text(events) == "hi"
    assert [request.path for request in vendor.requests] == ["/models", path]
    assert vendor.requests[0].headers["copilot-integration-id"] == "vscode-chat"
    assert vendor.requests[0].headers["authorization"] == "Bearer tid=1;exp=2"


async def test_list_is_asked_for_once(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(listing(model("gpt-4.1", "/chat/completions")))
    vendor.says(HELLO)
    registry = make(environment(vendor))

    await asked.answer(registry.model("github-copilot/gpt-4.1"))
    await asked.answer(registry.model("github-copilot/gpt-4.1"))

    assert [request.path for request in vendor.requests] == ["/models", "/chat/completions", "/chat/completions"]


async def test_list_that_fails_leaves_it_to_the_table(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(500, {"error": {"message": "down"}})
    vendor.answers(*ANSWERS["anthropic"](vendor.url))

    events = await asked.answer(make(environment(vendor)).model("github-copilot/claude-opus-5.5"))

    assert asked.text(events) == "hi"
    assert vendor.requests[1].path == "/v1/messages"


async def test_list_that_does_not_come_is_not_waited_for(
    vendor: LoopbackVendor, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm_ls.providers.listed_wires._WAIT_S", 0.05)
    slow, quick = listing(), ANSWERS["anthropic"](vendor.url)
    vendor.says(PAUSE, headers=slow.headers)
    vendor.answers(*quick)

    events = await asked.answer(make(environment(vendor)).model("github-copilot/claude-opus-5.5"))

    assert asked.text(events) == "hi"


async def test_lists_what_may_be_picked_with_limits_and_prices(vendor: LoopbackVendor, make: Make) -> None:
    prices = {
        "batch_size": 1_000_000,
        "default": {"input_price": 200, "output_price": 1000, "cache_price": 20, "cache_write_price": 250},
    }
    supports = {"tool_calls": True, "vision": True, "structured_outputs": True, "reasoning_effort": ["low", "high"]}
    everything = model("claude-sonnet-9", "/v1/messages", billing={"multiplier": 1, "token_prices": prices})
    everything["capabilities"]["supports"] = supports
    vendor.answers(
        listing(
            everything,
            model("gpt-4.1", "/chat/completions"),
            model("off", policy={"state": "disabled"}),
            model("internal", model_picker_enabled=False),
            model("text-embedding-4", capabilities={"type": "embeddings", "limits": {}}),
        )
    )

    sonnet, gpt = await make(environment(vendor)).list_models("github-copilot", refresh=True)

    assert (sonnet.id, sonnet.wire) == ("github-copilot/claude-sonnet-9", "anthropic")
    assert (sonnet.context_window, sonnet.max_output_tokens) == (400_000, 128_000)
    assert sonnet.capabilities == Capabilities(tools=True, vision=True, reasoning=True, json=True)
    assert sonnet.cost == Cost(2, 10, 0.2, 2.5)
    assert (gpt.id, gpt.wire, gpt.capabilities.tools) == ("github-copilot/gpt-4.1", "openai", True)


def test_token_for_github_itself_is_never_used(make: Make) -> None:
    statuses = make({"GITHUB_TOKEN": "ghp_0123456789", "GH_TOKEN": "ghp_0123456789"}).providers()

    assert [status.credential for status in statuses if status.id == "github-copilot"] == ["none"]


@pytest.mark.parametrize(
    ("settings", "variables", "address"),
    [
        ({}, {}, "https://api.githubcopilot.com"),
        ({}, {"COPILOT_API_URL": "https://api.business.githubcopilot.com/"}, "https://api.business.githubcopilot.com"),
        ({}, {"GITHUB_COPILOT_BASE_URL": "http://127.0.0.1:9"}, "http://127.0.0.1:9"),
        ({"domain": "acme.ghe.com"}, {}, "https://copilot-api.acme.ghe.com"),
        ({"domain": "https://acme.ghe.com/"}, {}, "https://copilot-api.acme.ghe.com"),
        ({"domain": "http://127.0.0.1:9"}, {}, "http://127.0.0.1:9"),
        ({"domain": "acme.ghe.com", "base_url": "https://x.test"}, {}, "https://x.test"),
    ],
)
def test_address_is_the_enterprises_where_there_is_one(
    settings: dict[str, Any], variables: dict[str, str], address: str
) -> None:
    given = Settings(providers={"github-copilot": ProviderSettings(**settings)})

    assert configured.providers(given, variables)["github-copilot"].base_url == address


@pytest.mark.parametrize(("codespaces", "counts"), [({"CODESPACES": "true"}, True), ({}, False)])
def test_token_of_github_counts_in_a_codespace_alone(codespaces: dict[str, str], counts: bool) -> None:
    """Elsewhere it is somebody's general token, which is none of Copilot's business."""
    provider = configured.providers(Settings(), codespaces)["github-copilot"]

    assert ("GITHUB_TOKEN" in provider.lookup.names) is counts
