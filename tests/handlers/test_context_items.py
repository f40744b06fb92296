"""What `context` of a question can hold: as much of it as may be shown, and the rest by name."""

from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import Editor, Refused, editor, lsp_range
from tests.rigs.marked import marked
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor
from tests.workspace.repositories import git, repository


async def sent(one: Editor, vendor: LoopbackVendor, *context: dict[str, Any], message: str = "?") -> str:
    """The question as the vendor gets it."""
    vendor.says(*whole("ok"))
    await one.request("llm-ls/chat", {"message": message, "context": list(context), "partialResultToken": "t"})
    return vendor.requests[-1].json["messages"][-1]["content"]


async def refused(one: Editor, item: dict[str, Any]) -> str:
    with pytest.raises(Refused) as failure:
        await one.request("llm-ls/chat", {"message": "?", "context": [item]})
    return str(failure.value)


async def test_the_changes_of_a_repository(vendor: LoopbackVendor, tmp_path: Path) -> None:
    project = repository(tmp_path / "project", a_py="a = 1\n", b_py="b = 1\n")
    (project / "a.py").write_text("a = 2\n")
    git(project, "add", "a.py")
    (project / "b.py").write_text("b = 2\n")
    (project / ".env").write_text("PASSWORD=hunter2\n")
    git(project, "add", "--force", ".env")
    (project / "new.py").write_text("")
    async with editor(environ=environment(vendor), folder=project) as one:
        everything = await sent(one, vendor, {"type": "diff"})
        staged = await sent(one, vendor, {"type": "diff", "staged": True})
        mentioned = await sent(one, vendor, message="@diff:staged")
        notices = [event["message"] for event in one.progress("t") if event.get("kind") == "truncated_context"]

    assert all(part in everything for part in ("Staged changes:\n```diff\n", "+a = 2", "+b = 2", "new.py"))
    assert "+a = 2" in staged
    assert "b = 2" not in staged
    assert mentioned == staged.removesuffix("?") + "@diff:staged"
    assert "- the changes of .env, which may not be shown" in staged
    assert notices == ["the changes of .env, which may not be shown"] * 3
    assert "hunter2" not in everything + staged


async def test_without_a_repository_there_is_no_diff(vendor: LoopbackVendor, tmp_path: Path) -> None:
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        assert "no git repository" in await refused(one, {"type": "diff"})
        assert "- @diff: there is no git repository here" in await sent(one, vendor, message="@diff")


async def test_an_unchanged_repository_says_so(vendor: LoopbackVendor, tmp_path: Path) -> None:
    project = repository(tmp_path / "project", a_py="a = 1\n")
    async with editor(environ=environment(vendor), folder=project) as one:
        assert "- nothing has changed" in await sent(one, vendor, {"type": "diff"})
        assert "- nothing is staged" in await sent(one, vendor, {"type": "diff", "staged": True})


async def test_definitions_and_open_documents(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def old():\n")
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        uri = (tmp_path / "app.py").as_uri()
        one.open("class New:\n    x = 1\n", uri)
        one.open("KEY=hunter2", (tmp_path / ".env").as_uri())
        symbols = await sent(one, vendor, {"type": "symbols", "uri": uri})
        opened = await sent(one, vendor, {"type": "openDocuments"})

    assert "Definitions in app.py:\n```\n1: class New:\n```" in symbols
    assert "app.py:\n```python\nclass New:\n    x = 1\n```" in opened
    assert "- .env is excluded by `context.exclude`" in opened
    assert "hunter2" not in opened


async def test_diagnostics_are_those_given_or_those_told(vendor: LoopbackVendor, tmp_path: Path) -> None:
    document, span = marked("«a = 1»\n")
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        uri = (tmp_path / "app.py").as_uri()
        one.open(document.text, uri)
        problem = {"range": lsp_range(span), "message": "unused", "severity": 2, "source": "ruff"}
        await one.actions(span, uri, diagnostics=[problem])
        told = await sent(one, vendor, {"type": "diagnostics", "uri": uri})
        given = await sent(
            one, vendor, {"type": "diagnostics", "uri": uri, "diagnostics": [{**problem, "message": "m"}]}
        )
        none = await sent(one, vendor, {"type": "diagnostics", "uri": uri, "diagnostics": []})
        mentioned = await sent(one, vendor, message="@diagnostics")

    assert "Diagnostics of app.py:\n```\nline 1: warning: unused (ruff)\n```" in told
    assert "line 1: warning: m (ruff)" in given
    assert none == "?"
    assert mentioned == told.removesuffix("?") + "@diagnostics"


@pytest.mark.parametrize("kind", ["file", "symbols", "range"])
async def test_what_is_ignored_or_a_link_out_is_refused(vendor: LoopbackVendor, tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret").write_text("hunter2")
    project = tmp_path / "project"
    project.mkdir()
    (project / ".gitignore").write_text("built.txt\n")
    (project / ".llmignore").write_text("private.txt\n")
    for name in ("built.txt", "private.txt"):
        (project / name).write_text("hunter2")
    (project / "link.txt").symlink_to(tmp_path / "secret")
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    async with editor(environ=environment(vendor), folder=project) as one:
        said = [
            await refused(one, {"type": kind, "uri": (project / name).as_uri(), "range": where})
            for name in ("built.txt", "private.txt", "link.txt")
        ]

    assert [what in one for what, one in zip((".gitignore", ".llmignore", "outside"), said, strict=True)] == [True] * 3
    assert vendor.requests == []


async def test_a_folder_called_by_a_link_keeps_what_it_ignores(vendor: LoopbackVendor, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / ".llmignore").write_text("private.txt\n")
    (project / "private.txt").write_text("hunter2")
    (tmp_path / "link").symlink_to(project)
    async with editor(environ=environment(vendor), folder=tmp_path / "link") as one:
        one.open("hunter2 unsaved", (project / "private.txt").as_uri(), "plaintext")
        said = await refused(one, {"type": "file", "uri": (project / "private.txt").as_uri()})
        opened = await sent(one, vendor, {"type": "openDocuments"})

    assert ".llmignore" in said
    assert "hunter2" not in opened
