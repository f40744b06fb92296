"""Every row of the table of providers, asked the same question: where it goes, with which key and which headers."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest

from llm_ls.models import Wire
from llm_ls.providers import configured
from llm_ls.providers.vendors import VENDORS
from llm_ls.settings import ProviderKind, ProviderSettings, Settings
from tests.providers import asked, ollama_wire, replicate_wire, responses_wire
from tests.providers.registries import HELLO, Make, listing
from tests.rigs.vendor import Answer, LoopbackVendor, sse

KEY = "sk-of-this-row"
BEARER = {"authorization": f"Bearer {KEY}"}

ANTHROPIC = sse(
    {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 1, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "hi"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
    named=True,
)

COHERE = sse(
    {"type": "message-start", "delta": {"message": {"role": "assistant"}}},
    {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "hi"}}}},
    {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
    named=True,
)

ANSWERS: Mapping[Wire, Callable[[str], tuple[Answer, ...]]] = {
    "anthropic": lambda _: (Answer((ANTHROPIC,)),),
    "openai": lambda _: (Answer((HELLO,)),),
    "openai-responses": lambda _: (
        Answer((sse(responses_wire.STARTED, responses_wire.delta("hi"), responses_wire.COMPLETED, named=True),)),
    ),
    "ollama": lambda _: (ollama_wire.streamed(),),
    "cohere": lambda _: (Answer((COHERE,)),),
    "replicate": lambda url: (
        replicate_wire.created(url),
        Answer((replicate_wire.output("hi"), replicate_wire.DONE)),
        replicate_wire.said({"id": "p1", "status": "succeeded"}),
    ),
}


@attrs.frozen
class Case:
    """One row.

    Attributes:
        kind: The row.
        model: Asked by its id.
        path: Where the question arrives, with the query.
        sent: The model in its body; `None` is none there.
        headers: Those it comes with, the key's among them; `None` is one that it comes without.
        body: Other members of its body.
        environment: Beside the variables for the key and the address.
        settings: Of the provider.
        lists: What it says its models are, where it is asked before.
        wire: The one that answers, where it is not the row's.
    """

    kind: ProviderKind
    model: str
    path: str
    sent: str | None = ""
    headers: Mapping[str, str | None] = BEARER
    body: Mapping[str, Any] = {}
    environment: Mapping[str, str] = {}
    settings: Mapping[str, Any] = {}
    lists: tuple[Mapping[str, Any], ...] | None = None
    wire: Wire | None = None


COPILOT = {
    **BEARER,
    "copilot-integration-id": "vscode-chat",
    "openai-intent": "conversation-panel",
    "x-github-api-version": "2025-10-01",
    "x-initiator": "user",
    "copilot-vision-request": None,
    "x-api-key": None,
}

CASES = (
    Case("anthropic", "claude-opus-5-5", "/v1/messages"),
    Case("openai", "gpt-6-luna", "/v1/chat/completions"),
    Case("openai-responses", "gpt-6-luna", "/v1/responses"),
    Case(
        "chatgpt",
        "gpt-6-luna",
        "/v1/responses",
        body={"store": False},
        environment={"PLAN_TOKEN": KEY},
        settings={"api_key_env": "PLAN_TOKEN"},
    ),
    Case("gemini", "gemini-3.8-flash", "/v1beta/openai/chat/completions"),
    Case(
        "openrouter",
        "qwen/qwen3-coder:free",
        "/api/v1/chat/completions",
        headers={**BEARER, "http-referer": "https://acme.test", "x-title": "Acme"},
        body={"usage": {"include": True}, "provider": {"order": ["groq"]}},
        settings={
            "site_url": "https://acme.test",
            "app_name": "Acme",
            "extra_body": {"provider": {"order": ["groq"]}},
        },
    ),
    Case("github-copilot", "gemini-3.8-flash", "/chat/completions", headers=COPILOT, lists=()),
    Case("github-copilot", "claude-opus-5.5", "/v1/messages", headers=COPILOT, lists=(), wire="anthropic"),
    Case("github-copilot", "gpt-6-luna", "/responses", headers=COPILOT, lists=(), wire="openai-responses"),
    Case(
        "azure",
        "my-gpt",
        "/openai/v1/chat/completions",
        headers={"api-key": KEY, "authorization": None},
    ),
    Case(
        "azure",
        "my-gpt",
        "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
        headers={"api-key": KEY, "authorization": None},
        environment={"OPENAI_API_VERSION": "2024-10-21"},
    ),
    Case(
        "vertex",
        "gemini-3.8-flash",
        "/chat/completions",
        sent="google/gemini-3.8-flash",
        settings={"api_key_env": "ACCESS_TOKEN"},
        environment={"ACCESS_TOKEN": KEY},
    ),
    Case("mistral", "mistral-small-latest", "/v1/chat/completions"),
    Case("xai", "grok-4.7", "/v1/chat/completions"),
    Case("deepseek", "deepseek-flash", "/chat/completions"),
    Case("groq", "openai/gpt-oss-120b", "/openai/v1/chat/completions"),
    Case("together", "openai/gpt-oss-120b", "/v1/chat/completions"),
    Case("cohere", "command-a-03-2025", "/v2/chat"),
    Case("replicate", "meta/meta-llama-3-8b-instruct", replicate_wire.CREATE, sent=None),
    Case("ollama", "qwen3:8b", "/api/chat"),
    Case("lmstudio", "qwen3", "/v1/chat/completions"),
    Case("vllm", "qwen3", "/v1/chat/completions"),
    Case("llamacpp", "qwen3", "/v1/chat/completions"),
)


def test_every_row_is_asked() -> None:
    served_by_ourselves = {"local"}  # tests/providers/test_local.py

    assert {case.kind for case in CASES} == set(VENDORS) - served_by_ourselves


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}:{case.model}")
async def test_row_answers(case: Case, vendor: LoopbackVendor, make: Make) -> None:
    row = VENDORS[case.kind]
    name = case.kind if row.built_in else "acme"
    address = f"{vendor.url}{urlsplit(row.base_url).path}"
    variables = row.key_names if row.built_in else ("ACME_API_KEY",)
    environment = {**dict.fromkeys(variables[:1], KEY), configured_name(name): address, **case.environment}
    settings = ProviderSettings(kind=case.kind, **case.settings)
    if case.lists is not None:
        vendor.answers(listing(*(dict(listed) for listed in case.lists)))
    vendor.answers(*ANSWERS[case.wire or row.wire](vendor.url))

    events = await asked.answer(make(environment, providers={name: settings}).model(f"{name}/{case.model}"))
    (question, *_) = [request for request in vendor.requests if request.method == "POST"]

    assert asked.text(events) == "hi"
    assert question.path == case.path
    assert {header: question.headers.get(header) for header in case.headers} == case.headers
    assert question.headers["user-agent"].startswith("llm-ls/")
    assert question.json.get("model") == (case.model if case.sent == "" else case.sent)
    assert {member: question.json.get(member) for member in case.body} == case.body
    assert {request.headers.get("authorization") for request in vendor.requests} == {case.headers.get("authorization")}


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("anthropic", "/here/v1/messages"),
        ("openai", "/here/chat/completions"),
        ("openai-responses", "/here/responses"),
        ("azure", "/here/openai/v1/chat/completions"),
        ("cohere", "/here/v2/chat"),
        ("replicate", "/here/models/m/n/predictions"),
        ("ollama", "/here/api/chat"),
        ("mistral", "/here/chat/completions"),
    ],
)
async def test_every_wire_is_spoken_at_an_address_of_the_users(
    kind: ProviderKind, path: str, vendor: LoopbackVendor, make: Make
) -> None:
    vendor.answers(*ANSWERS[VENDORS[kind].wire](vendor.url))
    gateway = ProviderSettings(kind=kind, base_url=f"{vendor.url}/here", headers={"X-Team": "ls"})
    registry = make({"ACME_API_KEY": KEY}, providers={"acme": gateway})

    events = await asked.answer(registry.model("acme/m/n" if kind == "replicate" else "acme/m"))

    assert asked.text(events) == "hi"
    assert vendor.requests[0].path == path
    assert vendor.requests[0].headers["x-team"] == "ls"
    assert KEY in vendor.requests[0].headers["api-key" if kind == "azure" else "authorization"]


@pytest.mark.parametrize(
    ("provider", "model", "wire"),
    [
        ("openai", "gpt-6-luna", "openai"),
        ("openai", "gpt-5.5-pro", "openai-responses"),
        ("openai", "o3-pro-2026-06-10", "openai-responses"),
        ("openai", "gpt-5.3-codex", "openai-responses"),
        ("acme", "deepseek-v4-pro", "openai"),
        ("azure", "gpt-5.5-pro", "openai-responses"),
        ("github-copilot", "claude-sonnet-5.5", "anthropic"),
        ("github-copilot", "gpt-6.1-sol", "openai-responses"),
        ("github-copilot", "gpt-4.1", "openai"),
        ("github-copilot", "gemini-4-argon", "openai"),
    ],
)
def test_some_models_are_asked_in_another_wire(provider: str, model: str, wire: Wire) -> None:
    gateway = ProviderSettings(kind="openai", base_url="https://gateway.test/v1")
    environment = {"AZURE_OPENAI_ENDPOINT": "https://acme.openai.azure.com"}
    found = configured.providers(Settings(providers={"acme": gateway}), environment)

    assert found[provider].wire_of(model) == wire


def test_kind_alone_is_no_provider() -> None:
    assert "openai-responses" not in configured.providers(Settings(), {})


def configured_name(id: str) -> str:
    """The variable that holds the address."""
    return f"{id.upper().replace('-', '_')}_BASE_URL"
