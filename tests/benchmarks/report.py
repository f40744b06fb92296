"""How a benchmark says what it measured: a line for each server, and how ours compares with the peer."""

import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def line(server: str, values: Sequence[float], unit: str, *, tail: float | None = None) -> float:
    """Print the median, the range, and the percentile `tail`; the median."""
    median = statistics.median(values)
    extra = f", p{tail * 100:.0f} {_short(percentile(values, tail))}" if tail else ""
    spread = f"  ({_short(min(values))} to {_short(max(values))}{extra}; n={len(values)})"
    print(f"  {server:<36} {_short(median):>8} {unit}{spread if len(values) > 1 else ''}", flush=True)
    return median


def ratio(ours: float, peer: str, theirs: float) -> None:
    """Print how many times the peer's figure ours is."""
    print(f"  llm-ls / {peer}: {ours / theirs:.2f}", flush=True)


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
