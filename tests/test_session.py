"""What a session hands out to be asked."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.messages import TextDelta
from llm_ls.models import InfillModel, InfillRequest
from llm_ls.session import Session
from tests.rigs import openai
from tests.rigs.prepared_model import prepared_model
from tests.rigs.vendor import PAUSE, LoopbackVendor


@pytest.fixture
async def vendor() -> AsyncGenerator[LoopbackVendor]:
    async with LoopbackVendor() as loopback:
        yield loopback


@contextlib.asynccontextmanager
async def session(environment: dict[str, str]) -> AsyncGenerator[Session]:
    made = Session(environment)
    made.configured.set()
    try:
        yield made
    finally:
        await made.aclose()


async def filled(model: InfillModel) -> str:
    async with contextlib.aclosing(model.stream(InfillRequest("def add(a, b):\n    return ", "\n"))) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


async def test_a_model_that_only_talks_fills_gaps_too(vendor: LoopbackVendor) -> None:
    vendor.says(*openai.whole("a ", "+ b"))
    async with session(openai.environment(vendor)) as here:
        model = await here.infill_model_for()

        assert model.name == "openai/gpt-test"
        assert await filled(model) == "a + b"


async def test_a_model_that_is_named_fills(vendor: LoopbackVendor) -> None:
    vendor.says(*openai.whole("a + b"))
    async with session(openai.environment(vendor)) as here:
        await filled(await here.infill_model_for("openai/gpt-other"))

        assert vendor.requests[0].json["model"] == "gpt-other"


async def test_without_a_model_it_says_what_is_missing() -> None:
    async with session({}) as here:
        with pytest.raises(errors.MissingCredentials):
            await here.infill_model_for()


async def test_a_model_that_turns_out_not_to_fill_is_talked_with_from_then_on(vendor: LoopbackVendor) -> None:
    vendor.refuses(501, {"error": {"code": 501, "message": "This server does not support infill"}})
    vendor.says(*openai.whole("<fill>a + b</fill>"))
    async with session({"LLAMACPP_BASE_URL": f"{vendor.url}/v1", "LLM_LS_MODEL": "llamacpp/m"}) as here:
        assert await filled(await here.infill_model_for()) == "a + b"
        assert await filled(await here.infill_model_for()) == "a + b"

        chat = "/v1/chat/completions"
        assert [request.path for request in vendor.requests] == ["/infill", chat, chat]


async def test_what_is_complete_is_not_listened_to_any_longer(vendor: LoopbackVendor) -> None:
    vendor.says(*openai.words("<fill>a + b</fill>"), PAUSE)
    async with session(openai.environment(vendor)) as here:
        assert await filled(await here.infill_model_for()) == "a + b"

        assert await vendor.client_closed() == 1


async def test_leaving_hangs_up(vendor: LoopbackVendor) -> None:
    vendor.says(*openai.words("a + b + "), PAUSE)
    async with session(openai.environment(vendor)) as here:
        model = await here.infill_model_for()
        async with contextlib.aclosing(model.stream(InfillRequest("x = ", "\n"))) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break

        assert await vendor.client_closed() == 1


async def test_a_real_model_without_tokens_for_filling_is_talked_with(tmp_path: Path) -> None:
    with prepared_model(tmp_path, {"": "<fill>a + b</fill> and more"}) as environment:
        async with session(environment) as here:
            assert await filled(await here.infill_model_for()) == "a + b"
            assert await filled(await here.infill_model_for()) == "a + b"
