"""Ollama fills in the middle."""

import contextlib

import httpx2

from llm_ls.messages import MessageEnd, MessageStart, TextDelta, Usage, UsageReport
from llm_ls.models import InfillRequest
from tests.providers import asked
from tests.providers.ollama_wire import filler, said, streamed
from tests.providers.registries import Make, row
from tests.rigs.vendor import LoopbackVendor

END = {"model": "m", "response": "", "done": True, "done_reason": "stop"}


async def test_fills(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.plays("ollama/fill.ndjson", piece_bytes=9)

    assert await asked.answer(filler(vendor.url, http), InfillRequest("def add(a, b):\n    ", "\n")) == [
        MessageStart("codellama:code"),
        TextDelta("return "),
        TextDelta("a + b"),
        UsageReport(Usage(9, 4)),
        MessageEnd("end_turn", "stop"),
    ]


async def test_asks_as_the_server_wants(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(streamed(END))
    extra = {"options": {"top_k": 5, "temperature": 0}, "raw": False}
    model = filler(f"{vendor.url}/v1", http, extra_body=extra)
    await asked.answer(model, InfillRequest("before", "after", (("b.py", "x"),), max_tokens=9, stop=("\n\n",)))
    request = vendor.requests[0]

    assert (request.path, request.headers["authorization"]) == ("/api/generate", f"Bearer {asked.KEY}")
    assert request.json == {
        "model": "m",
        "prompt": "# b.py\n# x\n\nbefore",
        "suffix": "after",
        "options": {"num_predict": 9, "temperature": 0, "stop": ["\n\n"], "top_k": 5},
        "think": False,
        "stream": True,
        "truncate": False,
        "raw": False,
    }


async def test_edge_of_a_file_is_asked_about_as_a_gap_too(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    """An empty prompt would only load the model, and without a suffix it would chat about the prompt."""
    vendor.answers(streamed(END))
    await asked.answer(filler(vendor.url, http), InfillRequest("", "x"))
    await asked.answer(filler(vendor.url, http), InfillRequest("x", ""))

    assert [(body["prompt"], body["suffix"]) for body in (request.json for request in vendor.requests)] == [
        ("\n", "x"),
        ("x", "\n"),
    ]


async def test_fill_ends_at_its_limit(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(streamed({"response": "retu", "done": False}, {**END, "done_reason": "length"}))

    assert (await asked.answer(filler(vendor.url, http), InfillRequest("a", "b")))[1:] == [
        TextDelta("retu"),
        MessageEnd("max_tokens", "length"),
    ]


async def test_model_that_cannot_fill_is_named(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(said(400, error="registry.ollama.ai/library/llama3.2:latest does not support insert"))

    error = await asked.failure(filler(vendor.url, http), InfillRequest("a", "b"))

    assert (error.kind, error.status, error.model) == ("unsupported", 400, "acme/m")


async def test_provider_of_this_kind_fills(vendor: LoopbackVendor, make: Make) -> None:
    vendor.plays("ollama/fill.ndjson")
    model = make(providers=row(kind="ollama", base_url=f"{vendor.url}/v1")).infill_model("acme/codellama")
    async with contextlib.aclosing(model.stream(InfillRequest("a", "b"))) as stream:
        events = [event async for event in stream]

    assert asked.text(events) == "return a + b"
    assert vendor.requests[0].path == "/api/generate"
