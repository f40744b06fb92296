"""A fill is asked at the temperature that the request says, else at a low one."""

from typing import Any

import httpx2
import pytest

from llm_ls.models import Answering, InfillRequest
from tests.providers import asked
from tests.providers.asked import completions, infill
from tests.providers.ollama_wire import filler, streamed
from tests.rigs.vendor import Answer, LoopbackVendor, sse

_ENDS = {
    "completions": Answer((sse({"choices": [{"text": "x", "finish_reason": "stop"}]}, "[DONE]"),)),
    "infill": Answer((sse({"content": "x", "stop": True, "stop_type": "eos"}),)),
    "ollama": streamed({"model": "m", "response": "x", "done": True, "done_reason": "stop"}),
}


@pytest.mark.parametrize("wire", _ENDS)
@pytest.mark.parametrize(("wanted", "asked_for"), [(None, 0.1), (0.0, 0.0), (0.8, 0.8)])
async def test_asks_at_a_temperature(
    wire: str, wanted: float | None, asked_for: float, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    models: dict[str, Answering[InfillRequest]] = {
        "completions": completions(vendor.url, http),
        "infill": infill(vendor.url, http),
        "ollama": filler(vendor.url, http),
    }
    vendor.answers(_ENDS[wire])

    await asked.answer(models[wire], InfillRequest("a", "b", temperature=wanted))
    body: dict[str, Any] = vendor.requests[0].json

    assert body.get("options", body)["temperature"] == asked_for
