"""Names of models, and what they lead to."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from llm_ls.models import Cost
from llm_ls.providers import configured
from llm_ls.providers.vendors import VENDORS
from llm_ls.settings import ModelRoles, ProviderKind, ProviderSettings, Settings
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import Source
from tests.providers import asked
from tests.providers.registries import HELLO, KEYS, Make, failure, listing, row
from tests.rigs.vendor import LoopbackVendor


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("openai/gpt-9", "openai/gpt-9"),
        ("openrouter/anthropic/claude-x", "openrouter/anthropic/claude-x"),
        ("claude-opus-5-5", "anthropic/claude-opus-5-5"),
        ("anthropic/claude-opus-5.5", "anthropic/claude-opus-5.5"),
        ("openai", "openai/gpt-6.1-terra"),
        ("fast", "anthropic/claude-haiku-5-5"),
        ("mid", "anthropic/claude-sonnet-5-5"),
        ("best", "anthropic/claude-opus-5-5"),
    ],
)
def test_name_means_one_model(name: str, meant: str, make: Make) -> None:
    assert make().model(name).name == meant


def test_tier_is_what_the_user_set(make: Make) -> None:
    assert make(models=ModelRoles(fast="openai/tiny")).model("fast").name == "openai/tiny"


def test_tier_follows_the_provider_in_use(make: Make) -> None:
    assert make(model="openai/gpt-9").model("best").name == "openai/gpt-6.1-sol"
    assert make({"OPENROUTER_API_KEY": "k"}).model("fast").name == "openrouter/anthropic/claude-haiku-5.5"
    assert make({}, model="acme/m", providers=row(kind="vllm")).model("best").name == "acme/m"


def test_bare_id_of_several_providers_asks_which(make: Make) -> None:
    providers = {id: ProviderSettings(kind="vllm", models=("qwen",)) for id in ("one", "two")}

    error = failure(make(providers=providers).model, "qwen")

    assert (error.kind, error.hint) == ("not_found", "write 'one/qwen' or 'two/qwen'")


def test_unknown_model_names_the_nearest_three(make: Make) -> None:
    error = failure(make().model, "claude-sonet-5-5")

    assert error.kind == "not_found"
    assert error.message.startswith(
        "there is no model 'claude-sonet-5-5'; the nearest are 'anthropic/claude-sonnet-5-5', 'anthropic/claude-"
    )
    assert error.message.count("'anthropic/claude-") == 3


def test_unknown_provider_names_the_nearest(make: Make) -> None:
    error = failure(make().model, "antropic/claude-opus-5-5")

    assert error.kind == "not_found"
    assert error.message.startswith("there is no provider 'antropic'; the nearest are 'anthropic', ")


async def test_model_that_the_provider_does_not_list_is_refused(vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(listing("qwen-coder-7b", "qwen-coder-32b", "llama3:latest", "vendor/m", "text-embedding"))
    registry = make(providers=row(kind="vllm", base_url=vendor.url))
    await registry.list_models("acme")

    error = failure(registry.model, "acme/qwen-coder-70b")

    assert error.message == (
        "there is no model 'acme/qwen-coder-70b'; the nearest are 'acme/qwen-coder-7b', "
        "'acme/qwen-coder-32b' and 'acme/vendor/m'"
    )
    for alias in ("llama3", "vendor/m:free", "qwen-coder-7b", "qwen-coder-latest"):
        assert registry.model(f"acme/{alias}").name == f"acme/{alias}"


def test_model_that_the_settings_do_not_list_is_refused(make: Make) -> None:
    registry = make(providers=row(kind="vllm", models=("only",)))

    assert registry.model("acme/only").name == "acme/only"
    assert failure(registry.model, "acme/another").kind == "not_found"


async def test_model_that_the_vendor_does_not_know_names_the_nearest(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(404, {"error": {"message": "no such model", "code": "model_not_found"}})
    registry = make({**KEYS, "OPENAI_BASE_URL": f"{vendor.url}/v1"})

    error = await asked.failure(registry.model("openai/gpt-6-sol"))

    assert (error.kind, error.status) == ("not_found", 404)
    assert "no such model" in error.message
    assert "; its successor is 'openai/gpt-6.1-sol'; the nearest are 'openai/gpt-" in error.message
    assert error.hint == "use 'openai/gpt-6.1-sol'"


def test_missing_credential_names_every_place(make: Make) -> None:
    error = failure(make({}).model, "anthropic/claude-opus-5-5")

    assert error.kind == "missing_credentials"
    assert error.sentence == (
        "No credential for anthropic: no apiKeyCommand in settings, ANTHROPIC_API_KEY is not set, ANTHROPIC_AUTH_TOKEN "
        "is not set, no key is saved and no other tool has signed in. Run `llm-ls keys set anthropic`, or set "
        "ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN."
    )


def test_disabled_provider_is_refused(make: Make) -> None:
    registry = make(providers={"openai": ProviderSettings(disabled=True)})

    assert failure(registry.model, "openai/gpt-9").message == "the provider 'openai' is disabled"
    assert "openai" not in [status.id for status in registry.providers()]


def test_row_without_a_kind_is_refused(make: Make) -> None:
    error = failure(make(providers=row(base_url="http://127.0.0.1:1")).model, "acme/m")

    assert (error.kind, error.message) == ("settings", "the provider 'acme' has no kind")


async def test_openai_wire_carries_what_the_row_says(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(HELLO)
    settings = ProviderSettings(
        base_url=f"{vendor.url}/v1", site_url="https://example.test", app_name="app", headers={"x-team": "a"}
    )

    events = await asked.answer(make(providers={"openrouter": settings}).model("openrouter/anthropic/claude-x"))
    request = vendor.requests[0]

    assert asked.text(events) == "hi"
    assert request.path == "/v1/chat/completions"
    assert request.json["model"] == "anthropic/claude-x"
    assert {name: request.headers[name] for name in ("authorization", "http-referer", "x-title", "x-team")} == {
        "authorization": "Bearer sk-or-3",
        "http-referer": "https://example.test",
        "x-title": "app",
        "x-team": "a",
    }


async def test_anthropic_wire_goes_to_the_address_of_the_environment(vendor: LoopbackVendor, make: Make) -> None:
    vendor.plays("anthropic/text.sse")
    registry = make({**KEYS, "ANTHROPIC_BASE_URL": f"{vendor.url}/"})

    await asked.answer(registry.model("anthropic/claude-opus-5-5"))

    assert vendor.requests[0].path.partition("?")[0] == "/v1/messages"
    assert "sk-ant-1" in " ".join(vendor.requests[0].headers.values())


async def test_setting_outdoes_the_environment(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(HELLO)
    registry = make(
        {"OPENAI_API_KEY": "sk-2", "OPENAI_BASE_URL": "http://127.0.0.1:1", "WORK_KEY": "sk-work"},
        providers={"openai": ProviderSettings(base_url=f"{vendor.url}/v1", api_key_env="WORK_KEY")},
    )

    await asked.answer(registry.model("openai/gpt-9"))

    assert vendor.requests[0].headers["authorization"] == "Bearer sk-work"


@pytest.mark.parametrize("kind", ["openai", "anthropic", "openrouter"])
def test_key_of_a_vendor_goes_to_nobody_who_speaks_its_wire(kind: ProviderKind) -> None:
    environment = {**KEYS, "ACME_API_KEY": "sk-acme"}
    (gateway,) = [
        provider
        for provider in configured.providers(
            Settings(providers=row(kind=kind, base_url="https://gateway.test/v1")), environment
        ).values()
        if provider.id == "acme"
    ]

    assert gateway.lookup.names == ("ACME_API_KEY",)
    assert not gateway.lookup.needed
    assert gateway.tiers is None


def test_second_account_of_a_vendor_may_use_its_key(make: Make) -> None:
    assert make(providers=row(kind="openai")).model("acme").name == "acme/gpt-6.1-terra"
    assert failure(make({}, providers=row(kind="openai")).model, "acme/m").kind == "missing_credentials"


def test_gateway_gets_what_most_servers_understand() -> None:
    providers = configured.providers(Settings(providers=row(kind="openai", base_url="http://g.test/v1")), {})

    assert providers["acme"].quirks.max_tokens_field == "max_tokens"
    assert not providers["acme"].quirks.unpadded
    assert providers["openai"].quirks.max_tokens_field == "max_completion_tokens"


def test_default_goes_from_the_closest_wish_to_what_there_is(make: Make) -> None:
    environment = {**KEYS, "LLM_LS_MODEL": "openai/from-environment"}
    wishes: dict[str, Any] = {"model": "openai/set", "models": ModelRoles(edit="openai/for-edits")}

    assert make(environment, **wishes).default_name("edit") == "openai/for-edits"
    assert make(environment, **wishes).default_name("chat") == "openai/set"
    assert make(environment).default_name("chat") == "openai/from-environment"
    assert make().default_name("chat") == "anthropic/claude-sonnet-5-5"
    assert make({"OPENAI_API_KEY": "k"}).default_name("chat") == "openai/gpt-6.1-terra"
    assert make(providers=row(kind="vllm", models=("mine",))).default_name("chat") == "acme/mine"
    assert make(model="best").default_name("chat") == "anthropic/claude-opus-5-5"
    assert make(model="openai").default_name("chat") == "openai/gpt-6.1-terra"
    assert make({}).default_name("chat") is None


def test_default_for_next_edits_is_the_one_set_for_completion_or_else_a_fast_one(make: Make) -> None:
    typing = ModelRoles(inline_completion="openai/for-typing")
    edits = ModelRoles(inline_completion="openai/for-typing", next_edit="openai/for-next-edits")

    assert make(model="openai/set").default_name("nextEdit") == make(model="openai/fast").default_name("chat")
    assert make(model="vllm/mine").default_name("nextEdit") == "vllm/mine"
    gateway = {**KEYS, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    assert make(gateway, model="openai/set").default_name("nextEdit") == "openai/set"
    assert make(models=ModelRoles(fast="openai/quick")).default_name("nextEdit") == "openai/quick"
    assert make({}).default_name("nextEdit") is None
    assert make(model="openai/set", models=typing).default_name("nextEdit") == "openai/for-typing"
    assert make(model="openai/set", models=edits).default_name("nextEdit") == "openai/for-next-edits"


def test_picked_model_is_used_until_the_settings_name_another(make: Make) -> None:
    registry = make(model="openai/set", models=ModelRoles(edit="openai/for-edits"))

    assert registry.set_active("anthropic", "claude-x") == "anthropic/claude-x"
    assert registry.default_name("chat") == "anthropic/claude-x"
    assert registry.default_name("edit") == "openai/for-edits"
    assert registry.set_active("openai", None) == "openai/gpt-6.1-terra"

    registry.configure(Settings(model="openai/set", proxy="http://127.0.0.1:1"))
    assert registry.default_name("chat") == "openai/gpt-6.1-terra"
    registry.configure(Settings(model="openai/newly-set"))
    assert registry.default_name("chat") == "openai/newly-set"


def test_pick_that_cannot_work_is_refused(make: Make) -> None:
    registry = make({})

    assert failure(lambda name: registry.set_active(name, None), "anthropic").kind == "missing_credentials"
    assert failure(lambda name: registry.set_active(name, None), "nobody").kind == "not_found"
    assert registry.default_name("chat") is None


def test_settings_are_live(make: Make) -> None:
    registry = make({})
    registry.configure(Settings(providers=row(kind="vllm", models=("m",))))

    assert registry.default_name("chat") == "acme/m"


def test_says_where_credentials_come_from(make: Make) -> None:
    providers = row(kind="openai", base_url="http://127.0.0.1:1/v1", api_key_command=("pass", "show"))
    statuses = {status.id: status for status in make({"OPENAI_API_KEY": "k"}, providers=providers).providers()}

    assert list(statuses)[:4] == ["acme", "anthropic", "openai", "gemini"]
    assert {id: status.credential for id, status in statuses.items() if status.credential != "none"} == {
        "acme": "command",
        "openai": "environment",
        "ollama": "not_needed",
        "lmstudio": "not_needed",
        "vllm": "not_needed",
        "llamacpp": "not_needed",
        "local": "not_needed",
    }
    assert [id for id, status in statuses.items() if status.configured] == ["acme", "openai"]
    assert [id for id, status in statuses.items() if status.active] == ["openai"]
    assert statuses["openai"].models == ("openai/gpt-6-luna", "openai/gpt-6.1-terra", "openai/gpt-6.1-sol")
    assert (statuses["acme"].name, statuses["acme"].kind) == ("acme", "openai")


async def test_refused_credential_is_read_again_once(vendor: LoopbackVendor, make: Make, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("sk-old")
    command = (sys.executable, "-c", f"print(open({str(key)!r}).read())")
    vendor.says(HELLO)
    vendor.refuses(401, {"error": {"message": "expired", "type": "invalid_api_key"}})
    vendor.says(HELLO)
    vendor.refuses(401, {"error": {"message": "expired", "type": "invalid_api_key"}})
    model = make(providers=row(kind="openai", base_url=vendor.url, api_key_command=command)).model("acme/m")
    await asked.answer(model)
    key.write_text("sk-new")

    events = await asked.answer(model)
    error = await asked.failure(model)

    assert asked.text(events) == "hi"
    assert [request.headers["authorization"] for request in vendor.requests] == [
        *("Bearer sk-old", "Bearer sk-old", "Bearer sk-new", "Bearer sk-new")
    ]
    assert error.kind == "authentication"


def test_only_some_providers_fill(make: Make) -> None:
    assert make().infill_model("llamacpp/qwen").name == "llamacpp/qwen"
    assert failure(make().infill_model, "openai/gpt-9").kind == "unsupported"


def test_knows_what_the_catalog_says(make: Make) -> None:
    info = make({}).known("anthropic/claude-opus-5-5")

    assert info is not None
    assert (info.context_window, info.cost) == (1_000_000, Cost(4, 20, 0.2, 5))
    assert make().known("anthropic/unheard-of") is None
    assert make().known("nobody/nothing") is None


def test_every_kind_of_the_settings_is_a_row() -> None:
    assert set(VENDORS) == set(ProviderKind.__args__)


@pytest.mark.parametrize(
    ("variable", "value", "provider"),
    [
        ("OLLAMA_HOST", "http://[::1", "ollama"),
        ("OLLAMA_HOST", "127.0.0.1:port", "ollama"),
        ("OPENAI_BASE_URL", "http://[::1", "openai"),
        ("ANTHROPIC_BASE_URL", "https://", "anthropic"),
        ("VLLM_BASE_URL", "ftp://127.0.0.1", "vllm"),
    ],
)
async def test_malformed_address_fails_its_own_provider_only(
    variable: str, value: str, provider: str, make: Make
) -> None:
    registry = make({**KEYS, variable: value})
    error = failure(registry.model, f"{provider}/m")
    report = await registry.test_connection(provider, None, "k")

    assert (error.kind, error.message) == ("settings", f"{variable} is no address of an API")
    assert report.error is not None
    assert report.error.kind == "settings"
    assert registry.model("openrouter/m").name == "openrouter/m"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "foo://127.0.0.1:9"])
async def test_bad_proxy_of_the_environment_is_named_by_whom_it_concerns(
    proxy: str, vendor: LoopbackVendor, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setitem(sys.modules, "socksio", None)
    vendor.answers(listing("mine"))
    registry = make({"OPENAI_API_KEY": "k"}, providers=row(kind="vllm", base_url=vendor.url))

    error = await asked.failed(registry.model("openai/gpt-9"))
    listed = await registry.list_models()

    assert error.kind == "settings"
    assert error.message.startswith("HTTPS_PROXY is ")
    assert "acme/mine" in [info.id for info in listed]


async def test_credential_refused_to_two_at_a_time_is_read_again_for_both(
    vendor: LoopbackVendor, make: Make, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("sk-old")
    command = (sys.executable, "-c", f"print(open({str(key)!r}).read())")
    model = make(providers=row(kind="openai", base_url=vendor.url, api_key_command=command)).model("acme/m")
    vendor.says(HELLO)
    vendor.refuses(401, {"error": {"message": "expired", "type": "invalid_api_key"}})
    vendor.refuses(401, {"error": {"message": "expired", "type": "invalid_api_key"}})
    vendor.says(HELLO)
    await asked.answer(model)
    key.write_text("sk-new")

    both = await asyncio.gather(asked.answer(model), asked.answer(model))

    assert [asked.text(events) for events in both] == ["hi", "hi"]


def test_every_failure_has_a_kind() -> None:
    """The bare classes have none."""
    folder = Path(configured.__file__).parent
    bare = [path.name for path in folder.glob("*.py") if re.search(r"\b(ProviderError|LlmLsError)\(", path.read_text())]

    assert bare == []


@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama", "llamacpp", "azure", "github-copilot"])
async def test_nobody_is_asked_where_the_address_was_refused(kind: Any, make: Make) -> None:
    settings, _ = merge((Source("here", {"providers": {"acme": {"kind": kind, "baseUrl": "ftp://10.0.0.1"}}}),))
    registry = make({"ACME_API_KEY": "sk-1"}, providers=settings.providers)

    error = failure(registry.model, "acme/m")

    assert (error.kind, error.message) == ("settings", "providers.acme.baseUrl is no address of an API")
