"""Filling gaps by chat over the wires of the vendors, as an independent imitation speaks them."""

import contextlib
from collections.abc import AsyncGenerator

import pytest

from llm_ls.features.chat_filling import ChatFilling
from llm_ls.messages import MessageEnd, TextDelta
from llm_ls.models import InfillRequest
from llm_ls.session import Session
from llm_ls.settings import ProviderKind, ProviderSettings, Settings
from tests.rigs.aimock import aimock

pytestmark = pytest.mark.peer

SAID = {
    "tagged": "<fill>a + b</fill>",
    "fenced": "Here is the code:\n\n```python\n    return a + b\n```\nThis adds the two.",
    "bare": "return a + b\n",
    "thoughtful": "<fill>a + b</fill>",
}
FIXTURES = tuple(
    {
        "match": {"userMessage": f"{way}.py"},
        "response": {"content": said, **({"reasoning": "Hm, a sum."} if way == "thoughtful" else {})},
    }
    for way, said in SAID.items()
)
PATHS = {
    "anthropic/claude-haiku-5-5": "",
    "openai/gpt-6-luna": "/v1",
    "responses/gpt-6-luna": "/v1",
    "gemini/gemini-flash-lite-latest": "/v1beta/openai",
    "ollama/llama3.2": "",
}
KINDS: dict[str, ProviderKind] = {"responses": "openai-responses"}


@pytest.fixture
async def session() -> AsyncGenerator[Session]:
    async with aimock(*FIXTURES) as url:
        providers = {name.partition("/")[0]: f"{url}{path}" for name, path in PATHS.items()}
        made = Session({f"{provider.upper()}_API_KEY": "k" for provider in providers})
        rows = {id: ProviderSettings(kind=KINDS.get(id), base_url=url) for id, url in providers.items()}
        made.configure(Settings(providers=rows))
        made.configured.set()
        yield made
        await made.aclose()


@pytest.mark.parametrize("name", PATHS)
async def test_fills_by_chat(name: str, session: Session) -> None:
    model = ChatFilling(await session.model_for("inlineCompletion", name))
    for way in SAID:
        request = InfillRequest("def add(a, b):\n    return ", "\n", name=f"{way}.py")
        async with contextlib.aclosing(model.stream(request)) as stream:
            events = [event async for event in stream]

        assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "a + b"
        assert isinstance(events[-1], MessageEnd)
        assert {type(event).__name__ for event in events} <= {"MessageStart", "TextDelta", "UsageReport", "MessageEnd"}
