"""`llm-ls` with a bug where it hurts most: wherever a credential is got, an error is raised that quotes it."""

import os
import sys
import threading

from llm_ls import __main__
from llm_ls.auth.credentials import Credentials
from llm_ls.auth.grant import Grant
from llm_ls.auth.lookup import Lookup

_get = Credentials.get


async def _quoting(self: Credentials, lookup: Lookup) -> Grant | None:
    grant = await _get(self, lookup)
    assert grant is not None
    if "LLM_LS_ABORTS" in os.environ:
        os.abort()
    quoted = f"cannot send {grant.secret.reveal()} and {grant.secret.reveal()!r} to {lookup.base_url}"

    def fail() -> None:
        raise RuntimeError(quoted)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    raise RuntimeError(quoted)


Credentials.get = _quoting

if __name__ == "__main__":
    sys.exit(__main__.main())
