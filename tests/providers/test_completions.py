"""Fill in the middle by `/completions` and by Mistral's `/fim/completions`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import attrs
import httpx2
import pytest

from llm_ls import errors
from llm_ls.cli import demo_model
from llm_ls.messages import MessageEnd, MessageStart, StreamEvent, TextDelta, Usage, UsageReport
from llm_ls.models import InfillRequest
from llm_ls.providers.completions import Completions, Dialect
from llm_ls.providers.quirks import Quirks
from llm_ls.providers.vendor import Vendor
from llm_ls.providers.vendors import VENDORS
from tests.providers import asked
from tests.providers.asked import KEY, completions, endpoint, text
from tests.providers.registries import Make
from tests.rigs.llamacpp import llama_cpp
from tests.rigs.vendor import LoopbackVendor, in_pieces, sse

FILL = "return a + b\n    # ☃ filled"
GAP = InfillRequest("def add(a, b):\n    ", "\n")
COUNTS = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
both = pytest.mark.parametrize("dialect", ["openai", "mistral"])


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    gguf: Path = tmp_path_factory.mktemp("gguf") / "fill.gguf"
    demo_model.write(gguf, {"": "hello"}, FILL)
    with llama_cpp(gguf) as url:
        yield url


async def filled(model: Completions, request: InfillRequest = GAP) -> list[StreamEvent]:
    return await asked.answer(model, request)


async def failure(model: Completions) -> errors.ProviderError:
    return await asked.failure(model, GAP)


def piece(dialect: Dialect, said: object = "", finish: str | None = None, **members: Any) -> dict[str, Any]:
    """A chunk as the dialect writes it."""
    content = {"text": said} if dialect == "openai" else {"delta": {"content": said}}
    return {"model": "codestral-1", "choices": [{"index": 0, **content, "finish_reason": finish}], **members}


@both
@pytest.mark.parametrize("piece_bytes", [None, 1])
async def test_fills_a_gap(
    dialect: Dialect, piece_bytes: int | None, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    body = sse(piece(dialect, "return \u2028"), piece(dialect, "ü"), piece(dialect, "", "stop", usage=COUNTS), "[DONE]")
    vendor.says(*in_pieces(body, piece_bytes))

    assert await filled(completions(vendor.url, http, dialect)) == [
        MessageStart("codestral-1"),
        TextDelta("return \u2028"),
        TextDelta("ü"),
        UsageReport(Usage(9, 2)),
        MessageEnd("end_turn", "stop"),
    ]


async def test_asks_as_openai_wants(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(piece("openai", "x", "stop")))
    request = InfillRequest("before", "after", (("a.py", "x"),), 9, ("\n\n",))

    await filled(completions(vendor.url, http, headers={"X-Team": "ls"}, query={"tenant": "7"}), request)

    (received,) = vendor.requests
    assert (received.method, received.path) == ("POST", "/v1/completions?tenant=7")
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["x-team"] == "ls"
    assert received.headers["user-agent"].startswith("llm-ls/")
    assert received.json == {
        "model": "m",
        "prompt": "# a.py\n# x\n\nbefore",
        "suffix": "after",
        "max_tokens": 9,
        "temperature": 0.1,
        "stop": ["\n\n"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_asks_as_mistral_wants(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(piece("mistral", "x", "stop")))

    await filled(completions(vendor.url, http, "mistral", extra_body={"temperature": 0, "random_seed": 1}), GAP)

    (received,) = vendor.requests
    assert received.path == "/v1/fim/completions"
    assert received.json == {
        "model": "m",
        "prompt": "def add(a, b):\n    ",
        "suffix": "\n",
        "max_tokens": 128,
        "temperature": 0,
        "random_seed": 1,
        "stream": True,
    }


async def test_leaves_out_what_is_not_wanted(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(piece("openai", "x", "stop")))

    await filled(completions(vendor.url, http, key=None, quirks=Quirks(stream_usage=False)), InfillRequest("a", ""))

    assert "authorization" not in vendor.requests[0].headers
    assert vendor.requests[0].json.keys() == {"model", "prompt", "max_tokens", "temperature", "stream"}


@pytest.mark.parametrize(
    "odd",
    [
        {"choices": None},
        {"choices": []},
        {"choices": [None]},
        {"choices": [{"text": None}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"content": [7, {"type": "thinking"}]}}]},
        {"object": "something.new"},
    ],
)
async def test_passes_over_odd_chunks(odd: Any, vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(odd, piece("openai", "hi"), odd, piece("openai", "", "stop"), odd, "[DONE]"))

    assert await filled(completions(vendor.url, http)) == [
        MessageStart("m"),
        TextDelta("hi"),
        MessageEnd("end_turn", "stop"),
    ]


async def test_reads_text_in_parts(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(piece("mistral", [{"type": "text", "text": "h"}, {"type": "text", "text": "i"}]), "[DONE]"))

    assert text(await filled(completions(vendor.url, http, "mistral"))) == "hi"


@pytest.mark.parametrize(
    ("usage", "found"),
    [
        ({**COUNTS, "prompt_tokens_details": {"cached_tokens": 4}}, Usage(9, 2, 4)),
        ({**COUNTS, "prompt_cache_hit_tokens": 5, "prompt_cache_miss_tokens": 4}, Usage(9, 2, 5)),
    ],
)
async def test_counts_what_came_from_the_cache(
    usage: Any, found: Usage, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.says(sse(piece("openai", "x", "stop", usage=None), {"choices": [], "usage": usage}, "[DONE]"))

    assert UsageReport(found) in await filled(completions(vendor.url, http))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("stop", "end_turn"), ("length", "max_tokens"), ("model_length", "max_tokens"), ("content_filter", "refusal")],
)
async def test_knows_why_it_ended(raw: str, reason: str, vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(piece("openai", "x", raw)))

    last = (await filled(completions(vendor.url, http)))[-1]

    assert isinstance(last, MessageEnd)
    assert (last.stop_reason, last.raw_reason) == (reason, raw)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (sse({"error": {"message": "no", "type": "server_error"}}), "unavailable"),
        (sse({"object": "error", "message": "no", "type": "rate_limit_error"}), "rate_limited"),
        (b'event: error\ndata: {"message": "no"}\n\n', "unavailable"),
        (sse(piece("openai", "", "error")), "unavailable"),
        (sse(piece("openai", "", "insufficient_system_resource")), "overloaded"),
    ],
)
async def test_names_an_error_within_a_fill(
    event: bytes, kind: str, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.says(event)

    error = await failure(completions(vendor.url, http))

    assert (error.kind, error.partial) == (kind, False)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"message": "suffix is not currently supported", "code": 400}}, "unsupported"),
        (400, {"error": {"message": "Unrecognized request argument supplied: suffix"}}, "unsupported"),
        (500, {"error": {"code": 500, "message": "Unsupported param: suffix"}}, "unsupported"),
        (400, {"message": "FIM is not enabled for this model", "code": "3051"}, "unsupported"),
        (
            404,
            {"error": {"message": "This is a chat model and not supported in the v1/completions endpoint."}},
            "unsupported",
        ),
        (404, {"detail": "Not Found"}, "unsupported"),
        (405, {"detail": "Method Not Allowed"}, "unsupported"),
        (404, {"error": {"message": "The model `m` does not exist.", "code": 404}}, "not_found"),
        (400, {"message": "Invalid model: m", "code": "1500"}, "invalid_request"),
        (401, {"message": "Unauthorized"}, "authentication"),
        (429, {"message": "Requests rate limit exceeded"}, "rate_limited"),
        (503, {"error": {"message": "no"}}, "unavailable"),
    ],
)
async def test_names_a_refusal(
    status: int, body: Any, kind: str, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.refuses(status, {**body, "hint": KEY})

    error = await failure(completions(vendor.url, http))

    assert (error.kind, error.status, error.model) == (kind, status, "acme/m")
    assert KEY not in error.sentence


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"message": "prompt is too long"}}, "context_window_exceeded"),
        (404, {"detail": "Not Found"}, "unsupported"),
    ],
)
async def test_a_name_is_not_taken_for_what_the_server_says(
    status: int, body: Any, kind: str, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.refuses(status, body)

    error = await failure(Completions(endpoint(f"{vendor.url}/v1", http), "model-fim-suffix", "openai"))

    assert (error.kind, error.status) == (kind, status)


async def test_fills_at_the_address_for_that(
    vendor: LoopbackVendor, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    deepseek = VENDORS["deepseek"]
    near = attrs.evolve(deepseek, base_url=f"{vendor.url}/v1", fill_url=f"{vendor.url}/beta")
    monkeypatch.setitem(cast(dict[str, Vendor], VENDORS), "deepseek", near)
    environment = {"DEEPSEEK_API_KEY": "sk-4"}
    vendor.says(sse(piece("openai", "x", "stop")))

    await asked.answer(make(environment).infill_model("deepseek/deepseek-chat"), GAP)
    elsewhere = make({**environment, "DEEPSEEK_BASE_URL": f"{vendor.url}/here"})
    await asked.answer(elsewhere.infill_model("deepseek/deepseek-chat"), GAP)

    assert deepseek.fill_url == "https://api.deepseek.com/beta"
    assert [request.path for request in vendor.requests] == ["/beta/completions", "/here/completions"]


async def test_llama_cpp_goes_on_with_a_text(llama: str, http: httpx2.AsyncClient) -> None:
    events = await filled(completions(llama, http), InfillRequest("<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>", ""))

    assert isinstance(events[0], MessageStart)
    assert text(events) == FILL
    assert isinstance(events[-2], UsageReport)
    assert events[-1] == MessageEnd("end_turn", "stop")


async def test_llama_cpp_ends_at_the_limit(llama: str, http: httpx2.AsyncClient) -> None:
    request = InfillRequest("<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>", "", max_tokens=2)
    events = await filled(completions(llama, http), request)

    assert text(events) == FILL[:8]
    assert events[-1] == MessageEnd("max_tokens", "length")
