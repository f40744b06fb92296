"""How a model is wrapped: from the outside in, and each link only where the settings give it something to do.

Cache, fallback over deployments and other models, budget, retry, concurrency, rate limit, metering. Retry and
metering are always there. Whoever waits for the rate limit has a place already, so that nobody takes from the
minute's allowance and then waits; the budget is each model's, since one that is free may always be asked.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator

from llm_ls import errors
from llm_ls.messages import Usage
from llm_ls.models import Answering, InfillModel, Model, RequestT
from llm_ls.providers import catalog
from llm_ls.providers.registry import Registry
from llm_ls.routing.aside import Aside
from llm_ls.routing.balance import Loads
from llm_ls.routing.budget import Budget
from llm_ls.routing.cache import Answers, Cache
from llm_ls.routing.circuit import Circuit
from llm_ls.routing.concurrency import Concurrency
from llm_ls.routing.fallback import Candidate, Fallback
from llm_ls.routing.filling import ByChat, ElseByChat
from llm_ls.routing.metering import Metering
from llm_ls.routing.rate_limit import RateLimit
from llm_ls.routing.retry import Retry
from llm_ls.routing.routes import Use
from llm_ls.routing.turns import Lane, Turns
from llm_ls.settings import ProviderSettings, Settings
from llm_ls.store import periods
from llm_ls.store.allowance import Allowance
from llm_ls.store.ledger import Entry, Ledger

_TIERS = ("fast", "mid", "best")


class Composition:
    """Owns what the models of one client share: limits, circuits, loads, the answers kept.

    Args:
        clock: Seconds, from anywhere on.
        sleep: Waits for some of them.
    """

    def __init__(
        self,
        registry: Registry,
        settings: Settings,
        ledger: Ledger,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._registry = registry
        self._settings = settings
        self._ledger = ledger
        self._clock = clock
        self._sleep = sleep
        self._aside = Aside()
        self._allowance = Allowance(ledger.database)
        self._loads = Loads()
        self._circuits: dict[str, Circuit] = {}
        self._places: dict[str, Turns] = {}
        self._queues: dict[str, Turns] = {}
        self._answers = Answers(0, 0, clock)
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Go by `settings` from now on; what is known of a provider that was changed is forgotten."""
        if settings.providers != self._settings.providers:
            self._circuits.clear()
            self._answers.clear()
        self._settings = settings
        self._answers.limit(settings.response_cache.max_entries, settings.response_cache.max_age_s)

    def model(self, name: str, use: Use) -> Model:
        """See `Routes.model`."""
        return self._routed(name, use, lambda each: self._metered(self._registry.model(each), use))

    def infill_model(self, name: str, use: Use, by_chat: ByChat) -> InfillModel:
        """See `Routes.infill_model`."""

        def find(each: str) -> InfillModel:
            def chat() -> InfillModel:
                return by_chat(self._metered(self._registry.model(each), use))

            try:
                fill = self._registry.infill_model(each)
            except errors.Unsupported:
                return chat()
            return ElseByChat(self._metered(fill, use), chat)

        return self._routed(name, use, find)

    async def settled(self) -> None:
        """See `Routes.settled`."""
        await self._aside.settled()

    async def aclose(self) -> None:
        """Hand the ledger what is still to be written."""
        await self._aside.aclose()

    def _routed(self, name: str, use: Use, find: Callable[[str], Answering[RequestT]]) -> Answering[RequestT]:
        groups = list(self._groups(name))
        if [len(group) for group in groups] == [1]:
            routed = self._chain(find(name), use, alone=True)
        else:
            routed = Fallback(
                tuple(tuple(self._candidate(each, use, find) for each in group) for group in groups), self._loads
            )
        return Cache(routed, self._answers, use.fresh) if self._answers.max_entries else routed

    def _groups(self, name: str) -> Iterator[list[str]]:
        """The models to ask for `name`, each with its deployments."""
        meant, seen = self._in_full(name), set[str]()
        for each in (meant, *self._fallbacks(name, meant)):
            full = self._in_full(each)
            group = [full, *map(self._in_full, self._settings.deployments.get(full, ()))]
            new = [one for one in dict.fromkeys(group) if one not in seen]
            seen.update(new)
            if new:
                yield new

    def _fallbacks(self, name: str, meant: str) -> tuple[str, ...]:
        """Those set for the model, else for a tier that it stands for, else for every model."""
        table = self._settings.fallbacks
        tiers = (tier for tier in _TIERS if tier in table and self._in_full(tier) == meant)
        return next((table[key] for key in (meant, name, *tiers, "*") if key in table), ())

    def _in_full(self, name: str) -> str:
        """`provider/model`; as it is, if it means none."""
        with contextlib.suppress(errors.LlmLsError):
            return self._registry.name_of(name)
        return name

    def _candidate(self, name: str, use: Use, find: Callable[[str], Answering[RequestT]]) -> Candidate[RequestT]:
        def window() -> int | None:
            known = self._registry.known(name)
            return known.context_window if known else None

        circuit = self._circuit(name.partition("/")[0])
        return Candidate(name, lambda: self._chain(find(name), use, alone=False), circuit, window)

    def _metered(self, model: Answering[RequestT], use: Use) -> Answering[RequestT]:
        name = model.name

        def cost_of(usage: Usage) -> float | None:
            known = self._registry.known(name)
            cost = catalog.cost_of(known, usage) if known else None
            return 0.0 if cost is None and self._registry.is_free(name) else cost

        entry = Entry(name, use.purpose, use.conversation)
        return Metering(model, self._ledger, entry, self._aside, cost_of, self._clock)

    def _chain(self, metered: Answering[RequestT], use: Use, *, alone: bool) -> Answering[RequestT]:
        """What is done whenever the model that is `metered` is asked."""
        routed, name, id = metered, metered.name, metered.name.partition("/")[0]
        provider = self._settings.providers.get(id, ProviderSettings())
        limits, daily_usd = provider.rate_limit, self._settings.budget.daily_usd
        lane: Lane = "typing" if use.purpose in ("inlineCompletion", "nextEdit") else "other"
        if limits.requests_per_minute is not None or limits.tokens_per_minute is not None:
            queue = self._queues.setdefault(id, Turns(1))
            routed = RateLimit(routed, limits, self._allowance, queue, lane, self._aside, self._clock, self._sleep)
        if limits.concurrent_requests is not None:
            places = self._places.setdefault(id, Turns(limits.concurrent_requests))
            places.places = limits.concurrent_requests
            routed = Concurrency(routed, places, lane)
        routed = Retry(routed, provider.retry, self._circuit(id), alone, self._sleep)
        if daily_usd is not None and not self._registry.is_free(name):
            routed = Budget(routed, daily_usd, self._ledger, self._aside, _start_of_today)
        return routed

    def _circuit(self, provider: str) -> Circuit:
        return self._circuits.setdefault(provider, Circuit(self._clock))


def _start_of_today() -> float:
    return periods.start_of_day(time.time())
