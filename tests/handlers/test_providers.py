"""`llm-ls/listProviders` and its kin: what there is, what is used, and whether it works; never a credential."""

import email.utils
import json
import time

import pytest

from tests.providers import catalogs
from tests.rigs.editor import Refused, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import PAUSE, LoopbackVendor


async def test_lists_providers_with_the_source_of_each_credential(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        providers = {row["id"]: row for row in await one.request("llm-ls/listProviders", {})}

    assert list(providers)[:4] == ["anthropic", "openai", "gemini", "openrouter"]
    assert list(providers)[-5:] == ["ollama", "lmstudio", "vllm", "llamacpp", "local"]
    assert (providers["openai"]["credential"], providers["openai"]["configured"]) == ("environment", True)
    assert (providers["anthropic"]["credential"], providers["anthropic"]["configured"]) == ("none", False)
    assert providers["ollama"]["credential"] == "not_needed"
    assert "sk-test-not-a-key" not in str(providers)


async def test_lists_the_models_of_a_provider(vendor: LoopbackVendor) -> None:
    vendor.refuses(200, {"object": "list", "data": [{"id": "gpt-test", "object": "model"}]})
    async with editor(environ=environment(vendor)) as one:
        models = await one.request("llm-ls/listModels", {"provider": "openai"})
    listed = next(model for model in models if model["id"] == "openai/gpt-test")

    assert (listed["provider"], listed["deprecated"]) == ("openai", False)
    assert set(listed["capabilities"]) == {"tools", "vision", "reasoning", "json", "fim"}


async def test_list_of_models_dev_is_refreshed_on_request_and_delays_nobody(vendor: LoopbackVendor) -> None:
    vendor.refuses(200, {"object": "list", "data": [{"id": "gpt-99", "object": "model"}]})
    async with LoopbackVendor() as models_dev:
        models_dev.says(PAUSE, json.dumps(catalogs.api(openai=[catalogs.model("gpt-99")])).encode())
        async with editor(environ={**environment(vendor), "LLM_LS_MODELS_URL": models_dev.url}) as one:
            (before,) = await one.request("llm-ls/listModels", {"provider": "openai", "refresh": True})
            await models_dev.paused()
            refreshing = one.server.session.registry.refresh_catalog_soon()
            models_dev.go_on()
            await refreshing
            (after,) = await one.request("llm-ls/listModels", {"provider": "openai"})

    assert len(models_dev.requests) == 1
    assert "contextWindow" not in before
    assert (after["id"], after["contextWindow"]) == ("openai/gpt-99", 1000)
    assert after["cost"] == {"inputPerMTok": 1, "outputPerMTok": 2}


async def test_the_active_provider_is_used_where_nothing_else_is_said(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("ok"))
    async with editor(environ={**environment(vendor), "LLM_LS_MODEL": ""}) as one:
        active = await one.request("llm-ls/setActiveProvider", {"provider": "openai", "model": "gpt-mine"})
        answer = await one.request("llm-ls/chat", {"message": "?"})

    assert active == {"model": "openai/gpt-mine"}
    assert answer["model"] == "openai/gpt-mine"


async def test_unknown_provider_names_the_nearest() -> None:
    async with editor() as one:
        with pytest.raises(Refused) as failure:
            await one.request("llm-ls/setActiveProvider", {"provider": "opnai"})

    assert failure.value.data["kind"] == "not_found"
    assert "openai" in str(failure.value)


async def test_connection_is_tried_with_a_key_that_is_not_kept(vendor: LoopbackVendor) -> None:
    vendor.refuses(200, {"object": "list", "data": [{"id": "gpt-test", "object": "model"}]})
    vendor.says(*whole("hi"))
    async with editor(environ={"OPENAI_BASE_URL": f"{vendor.url}/v1"}) as one:
        before = await one.request("llm-ls/listProviders", {})
        report = await one.request(
            "llm-ls/testProviderConnection", {"provider": "openai", "model": "gpt-test", "apiKey": "sk-tried"}
        )
        after = await one.request("llm-ls/listProviders", {})

    assert (report["ok"], report["model"], report["models"]) == (True, "openai/gpt-test", ["openai/gpt-test"])
    assert vendor.requests[0].headers["authorization"] == "Bearer sk-tried"
    assert [row["credential"] for row in after] == [row["credential"] for row in before]


async def test_connection_to_a_vendor_whose_clock_differs_says_so(vendor: LoopbackVendor) -> None:
    headers = {"date": email.utils.formatdate(time.time() - 3_600, usegmt=True)}
    vendor.refuses(200, {"object": "list", "data": [{"id": "gpt-test", "object": "model"}]}, headers)
    vendor.says(*whole("hi"))
    async with editor(environ=environment(vendor)) as one:
        report = await one.request("llm-ls/testProviderConnection", {"provider": "openai", "model": "gpt-test"})

    assert report.keys() == {"ok", "latencyMs", "model", "models", "clockSkewS"}
    assert -3_610 <= report["clockSkewS"] <= -3_600


async def test_failed_connection_says_why_and_not_the_key(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided: sk-tried"}})
    async with editor(environ={"OPENAI_BASE_URL": f"{vendor.url}/v1"}) as one:
        report = await one.request(
            "llm-ls/testProviderConnection", {"provider": "openai", "model": "gpt-test", "apiKey": "sk-tried"}
        )

    assert report["ok"] is False
    assert report["error"]["data"]["kind"] == "authentication"
    assert "sk-tried" not in str(report)


async def test_key_that_is_tried_and_refused_is_not_replaced_by_the_users_own(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided"}})
    async with editor(environ=environment(vendor)) as one:
        report = await one.request(
            "llm-ls/testProviderConnection", {"provider": "openai", "model": "gpt-test", "apiKey": "sk-tried"}
        )

    assert report["ok"] is False
    assert {request.headers["authorization"] for request in vendor.requests} == {"Bearer sk-tried"}


async def test_the_user_chooses_a_model_in_a_dialog(vendor: LoopbackVendor) -> None:
    listed = [{"id": name, "object": "model"} for name in ("gpt-a", "gpt-b")]
    vendor.refuses(200, {"object": "list", "data": listed})
    async with editor(environ={**environment(vendor), "LLM_LS_MODEL": ""}) as one:
        one.answers["window/showMessageRequest"] = lambda params: {"title": "openai/gpt-b"}
        await one.command("llm-ls.selectModel")
        await one.idle()
        status = await one.command("llm-ls.status")

    assert status == {"status": "openai/gpt-b"}
    assert one.messages()[0] == "llm-ls now uses openai/gpt-b."
