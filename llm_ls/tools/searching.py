"""`search_text`: where in the workspace something is written."""

import attrs

from llm_ls import wire
from llm_ls.models import ToolDefinition
from llm_ls.prompts import budget
from llm_ls.tools.cutting import MOST_TOKENS, quoted
from llm_ls.tools.tool import Input, Tool
from llm_ls.workspace import exclusion, searching
from llm_ls.workspace.search_process import MOST_COUNTED
from llm_ls.workspace.searching import Found, Query
from llm_ls.workspace.workspace import Workspace


@attrs.frozen(eq=False, repr=False)
class _SearchText:
    pattern: str
    is_regex: bool = False
    ignore_case: bool = False
    glob: str = ""
    folder: str = ""


def search_text(workspace: Workspace, scope: str) -> Tool:
    """The tool, for the files of `workspace`."""

    async def run(given: Input) -> str:
        asked = wire.from_json(dict(given), _SearchText, "search_text")
        paths, _ = await workspace.paths(asked.folder)
        files = sorted(item for item in paths.items() if not asked.glob or exclusion.excluded(item[0], (asked.glob,)))
        query = Query(asked.pattern, asked.is_regex, asked.ignore_case)
        return _told(
            await searching.search(workspace, query, files, MOST_TOKENS * budget.CHARACTERS_A_TOKEN), len(files)
        )

    return Tool(_DEFINITION, "read", _title, run, lambda _: scope)


def _told(found: Found, searched: int) -> str:
    said = [f"{line.name}:{line.number}: {line.text}" for line in found.lines]
    if not said:
        said = [f"Nothing was found in {searched:,} files."]
    if found.count > len(found.lines):
        at_least = "at least " if found.count > MOST_COUNTED else ""
        many = f"{at_least}{found.count:,} lines in {found.files:,} files"
        many += f", of which the first {len(found.lines):,} are shown"
        said.append(f"[{many}: search for less, or in a folder, or with a glob]")
    if not found.whole:
        took = f"it took more than {searching.TIMEOUT_S:g} s"
        said.append(f"[not all files were searched, {took}: search with a simpler pattern, or in a folder]")
    if found.too_large:
        names = ", ".join(found.too_large[:3]) + (", ..." if len(found.too_large) > 3 else "")
        said.append(f"[too large to be searched: {names}]")
    return "\n".join(said)


def _title(given: Input) -> str:
    what = "the regular expression " if given.get("isRegex") else ""
    where = quoted(given.get("folder") or "the workspace")
    fits = f", in files that fit {quoted(given['glob'])}" if given.get("glob") else ""
    return f"Search {where} for {what}`{quoted(given.get('pattern', ''))}`{fits}"


_DEFINITION = ToolDefinition(
    "search_text",
    "Search the text files of the workspace line by line. Each line found comes as path:line: text. Files that git "
    "ignores are not searched.",
    {
        "type": "object",
        "properties": {
            "pattern": {"type": "string", "description": "What to search for, within one line."},
            "isRegex": {"type": "boolean", "description": "It is a Python regular expression, not a plain text."},
            "ignoreCase": {"type": "boolean", "description": "Upper and lower case are the same."},
            "glob": {"type": "string", "description": "Only in files that fit, as in a .gitignore: *.py, src/**."},
            "folder": {"type": "string", "description": "Path of a folder in the workspace; all of it if left out."},
        },
        "required": ["pattern"],
    },
)
