"""`find_symbols`: what a file defines, or where something is defined; by the lines that begin definitions."""

import asyncio
import re

import attrs

from llm_ls import documents, errors, wire
from llm_ls.models import ToolDefinition
from llm_ls.prompts import budget, outline
from llm_ls.tools import cutting
from llm_ls.tools.cutting import MOST_TOKENS, quoted
from llm_ls.tools.tool import Input, Tool
from llm_ls.workspace import searching
from llm_ls.workspace.searching import Line, Query
from llm_ls.workspace.workspace import Workspace

_NARROWER = "{left} more are left out: give a name, or a path"


@attrs.frozen(eq=False, repr=False)
class _FindSymbols:
    name: str = ""
    path: str = ""


def find_symbols(workspace: Workspace, scope: str) -> Tool:
    """The tool, for the files of `workspace`."""

    async def run(given: Input) -> str:
        asked = wire.from_json(dict(given), _FindSymbols, "find_symbols")
        path = await workspace.path(asked.path) if asked.path else None
        if path is not None and not await asyncio.to_thread(path.is_dir):
            return await _of_file(workspace, asked.path, workspace.name_of(path), asked.name)
        if not asked.name:
            raise errors.InvalidRequest("neither a name nor a file is given", hint="give a name, or the path of a file")
        return await _of_name(workspace, asked.path, asked.name)

    return Tool(_DEFINITION, "read", _title, run, lambda _: scope)


async def _of_file(workspace: Workspace, path: str, called: str, name: str) -> str:
    text = await workspace.read(path)
    found = await asyncio.to_thread(lambda: list(outline.symbols(documents.split_lines(text), called)))
    shown = [symbol for symbol in found if not name or _is_called(symbol.name, name)]
    if not shown:
        return f"No definition{f' of {name}' if name else ''} was found in {called}."
    return cutting.lines(f"{called}:\n{outline.rendered(shown)}", _NARROWER)


async def _of_name(workspace: Workspace, folder: str, name: str) -> str:
    """Where `name` is defined: searched for, and of the lines found those that begin a definition of it."""
    paths, _ = await workspace.paths(folder)
    last = re.split(r"::|[.:#]", name)[-1]
    most = MOST_TOKENS * budget.CHARACTERS_A_TOKEN * 20  # most lines are no definitions
    found = await searching.search(workspace, Query(last), sorted(paths.items()), most)
    defined = await asyncio.to_thread(lambda: [line for line in found.lines if _defines(line, name)])
    told = "\n".join(f"{line.name}:{line.number}: {line.text.strip()}" for line in defined)
    more = "" if found.whole and len(found.lines) == found.count else "\n[not all files were looked at: name a folder]"
    return cutting.lines(told or f"No definition of {name} was found.", _NARROWER) + more


def _defines(line: Line, name: str) -> bool:
    # A definition whose body opens on the next line, as many write C, is one too.
    return any(
        _is_called(symbol.name, name)
        for after in ("", "{")
        for symbol in outline.symbols((line.text, after), line.name)
    )


def _is_called(symbol: str, name: str) -> bool:
    return symbol == name or re.split(r"::|[.:#]", symbol)[-1] == name


def _title(given: Input) -> str:
    name, path = given.get("name"), given.get("path")
    what = f"definitions of `{quoted(name)}`" if name else "definitions"
    return f"Find {what} in {quoted(path or 'the workspace')}"


_DEFINITION = ToolDefinition(
    "find_symbols",
    "Find definitions (functions, classes, types and the like): all of one file, or of a name in the workspace. Each "
    "comes with its line. They are found by the look of lines, so some may be missing: then search for the text.",
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The name that is defined; all if left out."},
            "path": {"type": "string", "description": "Path of a file, or of a folder if a name is given."},
        },
    },
)
