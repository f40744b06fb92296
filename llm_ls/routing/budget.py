"""Stops asking once the day has cost what the user allows (`budget.dailyUsd`)."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Generic

import attrs

from llm_ls import errors, messages
from llm_ls.messages import StreamEvent
from llm_ls.models import Answering, RequestT
from llm_ls.routing.aside import Aside
from llm_ls.store.ledger import Ledger


@attrs.frozen(eq=False)
class Budget(Generic[RequestT]):
    """Looks into the ledger before each question; what runs already is not stopped.

    Attributes:
        since: When the day began, in unix seconds.
    """

    inner: Answering[RequestT]
    daily_usd: float
    ledger: Ledger
    aside: Aside
    since: Callable[[], float]

    @property
    def name(self) -> str:
        return self.inner.name

    async def stream(self, request: RequestT, /) -> AsyncGenerator[StreamEvent]:
        await self.aside.settled()
        spent_usd = await self.ledger.spent_usd(self.since())
        if spent_usd >= self.daily_usd:
            spent, limit = messages.money(spent_usd), messages.money(self.daily_usd)
            raise errors.BudgetExceeded(
                f"{spent} of the {limit} allowed for today are spent",
                hint="wait until tomorrow, use a model that costs nothing, or raise `budget.dailyUsd`",
                provider=self.name.partition("/")[0],
                model=self.name,
            )
        async with contextlib.aclosing(self.inner.stream(request)) as events:
            async for event in events:
                yield event
