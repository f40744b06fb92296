"""`diagnostics`: the problems that the user's editor has told of."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from llm_ls import errors, wire
from llm_ls.documents import Diagnostic
from llm_ls.models import ToolDefinition
from llm_ls.tools import cutting
from llm_ls.tools.cutting import quoted
from llm_ls.tools.tool import Input, Tool
from llm_ls.workspace.workspace import Workspace

SCOPE = "read"
_SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}

Known = Callable[[], Mapping[Path, Sequence[Diagnostic]]]
"""The problems that are known, by file."""


@attrs.frozen(eq=False, repr=False)
class _Diagnostics:
    path: str = ""


def diagnostics_tool(workspace: Workspace, known: Known) -> Tool:
    """The tool, for the files of `workspace` that may be read."""

    async def run(given: Input) -> str:
        asked = wire.from_json(dict(given), _Diagnostics, "diagnostics")
        within = await workspace.path(asked.path) if asked.path else None
        lines: list[str] = []
        for path, problems in await asyncio.to_thread(lambda: sorted(known().items())):
            if not problems or (within is not None and not path.is_relative_to(within)):
                continue
            try:
                name = workspace.name_of(await workspace.path(str(path)))
            except errors.LlmLsError:  # it may not be read
                continue
            lines += [_line(name, one) for one in problems]
        return cutting.lines("\n".join(lines), "{left} more are left out: give a path") if lines else _NONE

    return Tool(_DEFINITION, "read", _title, run, lambda _: SCOPE)


def _line(name: str, one: Diagnostic) -> str:
    by = " ".join(part for part in (one.source, one.code) if part)
    message = " ".join(one.message.split())
    severity = _SEVERITIES.get(one.severity, "problem")
    return f"{name}:{one.span.start.line + 1}: {severity}: {message}" + (f" ({by})" if by else "")


def _title(given: Input) -> str:
    return f"See the problems in {quoted(given.get('path') or 'the workspace')}"


_NONE = "The editor has told of no problem. It tells only of those where the user has looked for actions."
_DEFINITION = ToolDefinition(
    "diagnostics",
    "The problems (errors, warnings) that the user's editor has told of. They may be few: it tells only of those "
    "around places where the user has looked.",
    {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "Path of a file or folder in the workspace; all if left out."}
        },
    },
)
