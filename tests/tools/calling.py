"""Calls a tool as a model would."""

from collections.abc import Iterable
from typing import Any

from llm_ls.tools.tool import Tool


async def call(tools: Iterable[Tool], tool: str, /, **given: Any) -> str:
    """What the tool of that name says."""
    return await the(tools, tool).run(given)


def the(tools: Iterable[Tool], name: str) -> Tool:
    """The tool called `name`."""
    return next(tool for tool in tools if tool.name == name)
