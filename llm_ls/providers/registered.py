"""A model as the registry hands it out: it connects when it is first asked, and its errors name what would work."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

import attrs

from llm_ls import errors
from llm_ls.messages import StreamEvent
from llm_ls.models import InfillRequest, ModelRequest
from llm_ls.providers.access import Access, Attempt
from llm_ls.providers.configured import Provider
from llm_ls.providers.directory import Directory

Ask = Callable[[Attempt], Awaitable[AsyncGenerator[StreamEvent]]]


@attrs.frozen(eq=False)
class Registered:
    """A `models.Model` and a `models.InfillModel`; the registry hands it out as the one that was asked for."""

    access: Access
    directory: Directory
    provider: Provider
    model_id: str

    @property
    def name(self) -> str:
        return f"{self.provider.id}/{self.model_id}"

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamEvent]:
        async def ask(attempt: Attempt) -> AsyncGenerator[StreamEvent]:
            return (await self.access.model(attempt, self.model_id)).stream(request)

        async with contextlib.aclosing(_answer(self, ask)) as events:
            async for event in events:
                yield event

    async def infill(self, request: InfillRequest) -> AsyncGenerator[StreamEvent]:
        async def ask(attempt: Attempt) -> AsyncGenerator[StreamEvent]:
            return (await self.access.infill_model(attempt, self.model_id)).infill(request)

        async with contextlib.aclosing(_answer(self, ask)) as events:
            async for event in events:
                yield event


async def _answer(model: Registered, ask: Ask) -> AsyncGenerator[StreamEvent]:
    """The answer; asked for once more if the credential was refused and its source has another one by now."""
    provider, directory = model.provider, model.directory
    for again in (True, False):
        attempt = model.access.attempt(provider)
        try:
            async with contextlib.aclosing(await ask(attempt)) as events:
                async for event in events:
                    yield event
            return
        except errors.Authentication as error:
            if error.partial or not again or not await model.access.renewed(attempt):
                raise
        except errors.ConnectionFailed:
            directory.forget_listing(provider)
            raise
        except errors.NotFound as error:
            if error.status != 404:
                raise
            raise directory.no_such_model(provider, model.model_id, error) from error
