"""What providers list, and whether they answer."""

import pytest

from llm_ls import errors
from llm_ls.models import Capabilities, Cost
from llm_ls.settings import ProviderSettings
from tests.providers.registries import HELLO, KEYS, Make, listing, row
from tests.rigs.vendor import LoopbackVendor


async def test_lists_what_an_openai_shaped_provider_says(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(
        listing(
            "plain",
            {"id": "vllm", "max_model_len": 32768},
            {"id": "text-embedding-3"},
            {
                "id": "vendor/router",
                "name": "Vendor: Router",
                "context_length": 1000,
                "pricing": {"prompt": "0.000002", "completion": "0.00001"},
                "top_provider": {"max_completion_tokens": 100},
                "supported_parameters": ["tools", "response_format"],
                "architecture": {"input_modalities": ["text", "image"]},
            },
            {"name": "no id"},
        )
    )
    registry = make(providers=row(kind="vllm", base_url=vendor.url))

    plain, vllm, router = await registry.list_models("acme")
    again = await registry.list_models("acme")
    await registry.list_models("acme", refresh=True)

    assert [request.path for request in vendor.requests] == ["/v1/models", "/v1/models"]
    assert (plain.id, plain.name, plain.context_window) == ("acme/plain", "plain", None)
    assert vllm.context_window == 32768
    assert (router.name, router.context_window, router.max_output_tokens) == ("Vendor: Router", 1000, 100)
    assert router.capabilities == Capabilities(tools=True, vision=True, json=True)
    assert router.cost == Cost(2, 10)
    assert again == (plain, vllm, router)


async def test_lists_what_anthropic_says(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(
        listing(
            {
                "id": "claude-sonnet-5-5",
                "display_name": "Claude Sonnet 5.5",
                "max_input_tokens": 900_000,
                "max_tokens": 64_000,
                "lifecycle": "deprecated",
                "capabilities": {"image_input": {"supported": True}, "thinking": {"supported": False}},
            },
            {"id": "claude-z", "display_name": "Claude Z"},
        )
    )

    sonnet, other = await make({**KEYS, "ANTHROPIC_BASE_URL": vendor.url}).list_models("anthropic")
    request = vendor.requests[0]

    assert request.path == "/v1/models?limit=1000"
    assert (request.headers["x-api-key"], request.headers["anthropic-version"]) == ("sk-ant-1", "2023-06-01")
    assert (sonnet.id, sonnet.context_window, sonnet.deprecated) == ("anthropic/claude-sonnet-5-5", 900_000, True)
    assert sonnet.capabilities == Capabilities(tools=True, vision=True)
    assert sonnet.cost == Cost(2, 10)
    assert (other.name, other.cost) == ("Claude Z", None)


async def test_lists_what_is_known_where_the_provider_says_nothing(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(500, {"error": {"message": "down"}})
    registry = make({"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"{vendor.url}/v1"})

    models = await registry.list_models()

    assert [model.id for model in models] == ["openai/gpt-6-luna", "openai/gpt-6.1-terra", "openai/gpt-6.1-sol"]
    assert models[0].cost == Cost(0.1, 0.5)
    with pytest.raises(errors.Unavailable):
        await registry.list_models("openai", refresh=True)


async def test_provider_without_a_list_takes_any_model(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(404, {"detail": "Not Found"})
    registry = make(providers=row(kind="openai", base_url=vendor.url))

    assert await registry.list_models("acme", refresh=True) == ()
    assert registry.model("acme/whatever").name == "acme/whatever"


async def test_connection_that_works_is_reported(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(listing("m", "n"))
    vendor.says(HELLO)
    registry = make(providers=row(kind="vllm", base_url=vendor.url))

    report = await registry.test_connection("acme", None, None)

    assert (report.ok, report.model, report.models, report.error) == (True, "acme/m", ("acme/m", "acme/n"), None)
    assert 0 <= report.latency_ms < 10_000


async def test_given_key_is_tried_and_not_kept(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(listing("m"))
    vendor.says(HELLO)
    registry = make({"OPENAI_BASE_URL": f"{vendor.url}/v1"}, providers={"openai": ProviderSettings(models=("m",))})

    report = await registry.test_connection("openai", "m", " sk-given ")

    assert report.ok
    assert {request.headers["authorization"] for request in vendor.requests} == {"Bearer sk-given"}
    assert "sk-given" not in repr(report)


async def test_connection_that_fails_is_reported(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(401, {"error": {"message": "bad key", "type": "invalid_api_key"}})
    registry = make({**KEYS, "ANTHROPIC_BASE_URL": vendor.url})

    report = await registry.test_connection("anthropic", None, "sk-wrong")
    missing = await make({}).test_connection("anthropic", None, None)

    assert (report.ok, report.error and report.error.kind) == (False, "authentication")
    assert (missing.ok, missing.error and missing.error.kind) == (False, "missing_credentials")
