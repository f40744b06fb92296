"""`git_diff` and `git_log`: what has changed in the workspace, and when."""

import attrs

from llm_ls import wire
from llm_ls.models import ToolDefinition
from llm_ls.tools import cutting
from llm_ls.tools.cutting import quoted
from llm_ls.tools.tool import Input, Tool
from llm_ls.workspace import changes
from llm_ls.workspace.workspace import Workspace

SCOPE = "read"
_COMMITS = 20
_MOST_COMMITS = 200
_MOST_NAMED = 50


@attrs.frozen(eq=False, repr=False)
class _GitDiff:
    staged: bool = False
    path: str | None = None


@attrs.frozen(eq=False, repr=False)
class _GitLog:
    path: str | None = None
    limit: int = _COMMITS


def git_tools(workspace: Workspace) -> tuple[Tool, ...]:
    """The tools that ask git about the repositories of `workspace`."""

    async def git_diff(given: Input) -> str:
        asked = wire.from_json(dict(given), _GitDiff, "git_diff")
        found = await changes.changes(workspace, staged=asked.staged, name=asked.path or None)
        said = [cutting.lines(found.text, "{left} more lines are left out: give a path")] if found.text else []
        if found.omitted:
            said.append(f"[changed, and may not be shown: {_named(found.omitted)}]")
        if found.untracked:
            said.append(f"[new, and not yet known to git: {_named(found.untracked)}]")
        return "\n".join(said) or ("Nothing is staged." if asked.staged else "Nothing has changed that is not staged.")

    async def git_log(given: Input) -> str:
        asked = wire.from_json(dict(given), _GitLog, "git_log")
        limit = min(max(asked.limit, 1), _MOST_COMMITS)
        found = await changes.commits(workspace, limit, asked.path or None)
        lines = "\n".join(f"{one.id} {one.at} {one.author}: {one.subject}" for one in found)
        more = f"\n[there may be more: raise `limit`, up to {_MOST_COMMITS}]" if len(found) == limit else ""
        return cutting.lines(lines, "{left} more commits are left out: ask for fewer") + more if lines else "No commit."

    return (
        Tool(_GIT_DIFF, "read", _diff_title, git_diff, lambda _: SCOPE),
        Tool(_GIT_LOG, "read", _log_title, git_log, lambda _: SCOPE),
    )


def _named(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _diff_title(given: Input) -> str:
    what = "what is staged" if given.get("staged") is True else "what has changed and is not staged"
    return f"See {what} in {quoted(given.get('path') or 'the workspace')}"


def _log_title(given: Input) -> str:
    return f"List the latest commits of {quoted(given.get('path') or 'the workspace')}"


_PATH = {"type": "string", "description": "Path of a file or folder in the workspace; all of it if left out."}
_GIT_DIFF = ToolDefinition(
    "git_diff",
    "The diff of what has changed in the workspace's git repository and is not staged, or of what is staged. New files "
    "that git does not know yet are named.",
    {
        "type": "object",
        "properties": {
            "staged": {"type": "boolean", "description": "What is staged, against the last commit."},
            "path": _PATH,
        },
    },
)
_GIT_LOG = ToolDefinition(
    "git_log",
    "The latest commits of the workspace's git repository, the newest first: id, date, author and subject.",
    {
        "type": "object",
        "properties": {
            "path": _PATH,
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": _MOST_COMMITS,
                "description": f"How many; {_COMMITS} if left out.",
            },
        },
    },
)
