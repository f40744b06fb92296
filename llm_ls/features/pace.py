"""When a suggestion is asked for while the user types: once the typing rests, and for a while not after a failure."""

from collections import deque

import attrs

from llm_ls import errors

PAUSE_S = 1.0
"""Keys further apart than this say nothing of how fast somebody types."""

REST_S = 10.0
"""How long nothing is asked after a failure, unless the vendor has named another time."""

_GAPS = 16
_FEWEST_GAPS = 4


@attrs.define
class Pace:
    """Of one user. Times are seconds of one clock, such as `time.monotonic`."""

    _gaps: deque[float] = attrs.field(factory=lambda: deque[float](maxlen=_GAPS))
    _last: float | None = None
    _rests_until: float = 0.0
    _told: set[tuple[str, str]] = attrs.field(factory=set[tuple[str, str]])

    def typed(self, now: float) -> None:
        """A request has come because the user typed."""
        if self._last is not None and now - self._last < PAUSE_S:
            self._gaps.append(now - self._last)
        self._last = now

    def wait_s(self, debounce_s: float) -> float:
        """How long the typing must rest now: a little more than usual between two keys, to know that it rests.

        Between half and twice of `debounce_s`; half where requests come that far apart that the client must have
        waited before it sent them, as Neovim 0.12 does for 200 ms.
        """
        if len(self._gaps) < _FEWEST_GAPS:
            return debounce_s
        if min(self._gaps) >= debounce_s:
            return debounce_s / 2
        usual = sorted(self._gaps)[len(self._gaps) * 3 // 4]
        return min(max(1.25 * usual, debounce_s / 2), 2 * debounce_s)

    def rests(self, now: float) -> bool:
        """Whether nothing should be asked unbidden, since it has just failed."""
        return now < self._rests_until

    def failed(self, error: errors.LlmLsError, now: float) -> bool:
        """Rest for a while; whether this is news to the user."""
        self._rests_until = now + max(REST_S, error.retry_after_s or 0.0)
        what = (error.kind, error.provider or "")
        is_news = what not in self._told
        self._told.add(what)
        return is_news

    def succeeded(self) -> None:
        """Failures from now on are news again."""
        self._rests_until = 0.0
        self._told.clear()
