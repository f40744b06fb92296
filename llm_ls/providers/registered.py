"""A model as the registry hands it out: it connects when it is first asked, and its errors name what would work."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic

import attrs

from llm_ls import errors
from llm_ls.messages import StreamEvent
from llm_ls.models import Answering, RequestT
from llm_ls.providers.access import Access, Attempt, is_refusal
from llm_ls.providers.configured import Provider
from llm_ls.providers.directory import Directory


@attrs.frozen(eq=False)
class Registered(Generic[RequestT]):
    """A model of `provider`.

    Attributes:
        connect: Makes what asks the vendor, for one attempt.
    """

    access: Access
    directory: Directory
    provider: Provider
    model_id: str
    connect: Callable[[Attempt, str], Awaitable[Answering[RequestT]]]

    @property
    def name(self) -> str:
        return f"{self.provider.id}/{self.model_id}"

    async def stream(self, request: RequestT, /) -> AsyncGenerator[StreamEvent]:
        """The answer; asked for once more if the credential was refused and its source has another one by now."""
        for again in (True, False):
            attempt = self.access.attempt(self.provider)
            try:
                model = await self.connect(attempt, self.model_id)
                async with contextlib.aclosing(model.stream(request)) as events:
                    async for event in events:
                        yield event
                return
            except errors.ConnectionFailed:
                self.directory.forget_listing(self.provider)
                raise
            except errors.NotFound as error:
                if error.status != 404:
                    raise
                raise self.directory.no_such_model(self.provider, self.model_id, error) from error
            except errors.ProviderError as error:
                if error.partial or not again or not is_refusal(error) or not await self.access.renewed(attempt):
                    raise
