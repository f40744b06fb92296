"""`llm-ls` without the filter of its log, to see what would be in there; it does not wait between two questions."""

import sys

from llm_ls import __main__
from llm_ls.auth import device_codes, redaction


def _as_it_is(text: str) -> str:
    return text


redaction.for_log = _as_it_is
device_codes._SHORTEST_S = 0.01  # pyright: ignore[reportPrivateUsage] - GitHub's second would be the test's

if __name__ == "__main__":
    sys.exit(__main__.main())
