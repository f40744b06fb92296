"""What an answer took, as columns of a table: tokens in, out, read from and written to the cache, thought; money."""

import math

from llm_ls.messages import Usage
from llm_ls.store.connection import Value

_MOST = 10**12
"""No answer has more tokens; a vendor that says so must not spoil the sums, which are of 64 bits."""


def of(usage: Usage) -> tuple[Value, ...]:
    """The values, in the order above."""
    tokens = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    )
    cost = usage.cost_usd if usage.cost_usd is not None and math.isfinite(usage.cost_usd) else None
    return (*(None if count is None else max(0, min(count, _MOST)) for count in tokens), cost)
