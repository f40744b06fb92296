"""Since when to count: days are those of the user's calendar."""

import re

EXPECTED = 'a number of days or hours such as "7d" or "24h", or a date such as 2026-11-01'

_LAST = re.compile(r"([1-9][0-9]{0,4})([hd])")


def since(text: str, now: float) -> float:
    """The start of a period, in unix seconds.

    Args:
        text: `7d` is today and the six days before it, `24h` exactly that long, and a date is the start of that day.

    Raises:
        ValueError: It is none of `EXPECTED`.
    """
    from datetime import datetime  # not in the memory of a server that nothing was asked of

    last = _LAST.fullmatch(text.strip())
    try:
        if last is None:
            return datetime.fromisoformat(text.strip()).timestamp()
        return start_of_day(now, int(last[1]) - 1) if last[2] == "d" else now - int(last[1]) * 3600
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"expected {EXPECTED}") from error


def start_of_day(now: float, days_ago: int = 0) -> float:
    """When the day of `now` began, or one before it."""
    from datetime import datetime, time, timedelta  # as above

    day = datetime.fromtimestamp(now).date() - timedelta(days=days_ago)
    return datetime.combine(day, time.min).timestamp()
