"""`read_file` and `list_files`: what is in the workspace. With `search_text` and `find_symbols` all that reads it."""

import collections

import attrs

from llm_ls import documents, errors, wire
from llm_ls.models import ToolDefinition
from llm_ls.prompts import budget
from llm_ls.tools import cutting, searching, symbols
from llm_ls.tools.cutting import MOST_TOKENS, quoted
from llm_ls.tools.tool import Input, Tool
from llm_ls.workspace import exclusion
from llm_ls.workspace.workspace import Workspace

SCOPE = "read"
"""Of a lasting permission: who may read a file may list and search them too."""


@attrs.frozen(eq=False, repr=False)
class _ReadFile:
    path: str
    first_line: int = 1
    last_line: int | None = None


@attrs.frozen(eq=False, repr=False)
class _ListFiles:
    folder: str = ""
    glob: str = ""


def reading_tools(workspace: Workspace) -> tuple[Tool, ...]:
    """The tools that read the files of `workspace`."""

    async def read_file(given: Input) -> str:
        asked = wire.from_json(dict(given), _ReadFile, "read_file")
        name = workspace.name_of(await workspace.path(asked.path))
        return _part(name, await workspace.read(asked.path), asked.first_line, asked.last_line)

    async def list_files(given: Input) -> str:
        asked = wire.from_json(dict(given), _ListFiles, "list_files")
        listing = await workspace.files(asked.folder)
        shown = [name for name in listing.names if not asked.glob or exclusion.excluded(name, (asked.glob,))]
        said = _listed(shown) if shown else "No file fits."
        return said + (f"\n[{listing.omitted:,} more may not be read]" if listing.omitted else "")

    return (
        Tool(_READ_FILE, "read", _reads, read_file, lambda _: SCOPE),
        Tool(_LIST_FILES, "read", _lists, list_files, lambda _: SCOPE),
        searching.search_text(workspace, SCOPE),
        symbols.find_symbols(workspace, SCOPE),
    )


def _part(name: str, text: str, first: int, last: int | None) -> str:
    """The lines from `first` to `last` that fit, as they are, below a line that says which they are."""
    whole = documents.split_lines(text)
    if not whole[-1]:
        whole.pop()
    if not whole:
        return f"{name} is empty"
    first, wanted_last = max(first, 1), len(whole) if last is None else min(last, len(whole))
    if first > wanted_last:
        which = f"line {first}" if first > len(whole) else f"lines {first} to {last}"
        raise errors.InvalidRequest(f"{name} has {len(whole):,} lines, and no {which}", hint="ask for lines it has")
    wanted = "".join(whole[first - 1 : wanted_last])
    shown = budget.cut(wanted, MOST_TOKENS)
    count = len(documents.split_lines(shown)) - shown.endswith(("\n", "\r"))
    end = first + count - 1
    which = f"line {first}" if end == first else f"lines {first} to {end}"
    said = [f"{name}, {which} of {len(whole)}:", shown]
    if len(shown) < len(wanted):
        said[1] = shown.rstrip("\r\n")
        if said[1] == shown:
            said.append(f"[line {end} is cut: it is too long]")
        if end < wanted_last:
            said.append(f"[what follows, up to line {wanted_last}, is left out: read on with firstLine {end + 1}]")
    return "\n".join(said)


def _listed(shown: list[str]) -> str:
    """All names, if they fit; else the folders that they are in, as deep as fits, with how many files are in each."""
    whole = "\n".join(shown)
    if budget.tokens_in(whole) <= MOST_TOKENS:
        return whole
    folded = ""
    for depth in range(1, max(name.count("/") for name in shown) + 2):
        deeper = "\n".join(_folded(shown, depth))
        if folded and budget.tokens_in(deeper) > MOST_TOKENS:
            break
        folded = deeper
    said = f"{folded}\n[too many files to name all {len(shown):,}: list a folder, or give a glob]"
    return cutting.lines(said, "{left} more lines are left out: list a folder, or give a glob")


def _folded(shown: list[str], depth: int) -> list[str]:
    """The names of at most `depth` parts, and the folders of the others."""
    counts: collections.Counter[str] = collections.Counter()
    for name in shown:
        parts = name.split("/")
        counts[name if len(parts) <= depth else "/".join(parts[:depth]) + "/"] += 1
    return [f"{name} ({count:,} files)" if name.endswith("/") else name for name, count in counts.items()]


def _reads(given: Input) -> str:
    lines = [given.get("firstLine"), given.get("lastLine")]
    if lines == [None, None]:
        return f"Read {quoted(given.get('path', ''))}"
    first, last = (quoted(line, 20) for line in (lines[0] or 1, lines[1] or "the end"))
    return f"Read {quoted(given.get('path', ''))}, lines {first} to {last}"


def _lists(given: Input) -> str:
    where = quoted(given.get("folder") or "the workspace")
    return f"List the files in {where}" + (f" that fit {quoted(given['glob'])}" if given.get("glob") else "")


_READ_FILE = ToolDefinition(
    "read_file",
    "Read a text file of the workspace, as the user's editor has it, unsaved changes included. The text comes as it "
    "is, below a line that says which lines are shown. A long file is cut: read on with `firstLine`.",
    {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "Path in the workspace, such as src/app.py."},
            "firstLine": {"type": "integer", "minimum": 1, "description": "The first line to read; 1 if left out."},
            "lastLine": {"type": "integer", "minimum": 1, "description": "The last line; the file's if left out."},
        },
        "required": ["path"],
    },
)
_LIST_FILES = ToolDefinition(
    "list_files",
    "List the files of the workspace, or of a folder in it, at any depth. Files that git ignores are not listed. Where "
    "there are too many, folders are named instead, with how many files are in each.",
    {
        "type": "object",
        "properties": {
            "folder": {"type": "string", "description": "Path of a folder in the workspace; all of it if left out."},
            "glob": {"type": "string", "description": "Only what fits, as in a .gitignore: *.py, src/**/test_*.py."},
        },
    },
)
