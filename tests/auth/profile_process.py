"""Another llm-ls process that wants the token of a profile of Anthropic's: `python -m tests.auth.profile_process`.

It says when it is ready, begins when it is told to by a line, and then says which token it got.
"""

import asyncio
import os
import sys

import httpx2

from llm_ls.auth.anthropic_tokens import ProfileTokens
from llm_ls.providers.fetcher import Fetcher


async def main() -> None:
    async with httpx2.AsyncClient() as http:
        profile = ProfileTokens("anthropic", os.environ, Fetcher(http))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print((await profile.get()).secret.reveal(), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
