"""`propose_edit`: what a model's call comes to, and what it is told where it cannot be."""

from pathlib import Path
from typing import Any

import pytest

from llm_ls import errors, wire
from llm_ls.settings import ContextSettings
from llm_ls.tools.file_changes import FileChange
from llm_ls.tools.proposing import propose_edit
from llm_ls.workspace.workspace import Workspace

Json = dict[str, Any]
LIMIT = 200


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src/a.py").write_text("a = 1\nb = 1\n")
    (folder / "src/b.py").write_text("c = 1\n")
    (folder / ".env").write_text("KEY=secret\n")
    (folder / "picture.png").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.txt").write_text("the secret\n")
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "dangling").symlink_to(tmp_path / "outside/new.txt")
    (folder / "link.py").symlink_to(folder / "src/a.py")
    (folder / ".llmignore").write_text("private/\n")
    return folder


async def proposed(project: Path, *changes: Json, title: str = "Do it", opened: str | None = None) -> Any:
    """The changes that come of a call, or what the model is told."""
    got: list[tuple[str, tuple[FileChange, ...]]] = []

    async def propose(title: str, changes: tuple[FileChange, ...]) -> str:
        got.append((title, changes))
        return "all"

    def open_text(path: Path) -> str | None:
        return opened if path.name == "a.py" else None

    workspace = Workspace((project,), ContextSettings().exclude, LIMIT, open_text)
    tool = propose_edit(workspace, propose)
    before = {path: path.read_bytes() for path in project.parent.rglob("*") if path.is_file()}
    try:
        said = await tool.run({"title": title, "changes": list(changes)})
    except (errors.LlmLsError, wire.Malformed) as refused:
        assert got == []
        return refused.message
    finally:
        assert {path: path.read_bytes() for path in project.parent.rglob("*") if path.is_file()} == before
    assert said == "Proposed: all. It waits for the user's review; nothing is changed yet."
    return [
        (one.kind, one.name, one.before, one.after, *((one.new_name,) if one.new_name else ())) for one in got[0][1]
    ]


def edit(path: str, *pairs: tuple[str, str]) -> Json:
    return {"action": "edit", "path": path, "edits": [{"oldText": old, "newText": new} for old, new in pairs]}


def create(path: str, text: str = "x\n") -> Json:
    return {"action": "create", "path": path, "text": text}


def rename(path: str, new_path: str) -> Json:
    return {"action": "rename", "path": path, "newPath": new_path}


def delete(path: str) -> Json:
    return {"action": "delete", "path": path}


async def test_each_kind_of_change(project: Path) -> None:
    changes = (edit("src/a.py", ("a = 1", "a = 2")), create("src/new/c.py"), rename("picture.png", "p.png"))

    assert await proposed(project, *changes, delete("src/b.py")) == [
        ("edit", "src/a.py", "a = 1\nb = 1\n", "a = 2\nb = 1\n"),
        ("create", "src/new/c.py", "", "x\n"),
        ("rename", "picture.png", "", "", "p.png"),
        ("delete", "src/b.py", "c = 1\n", ""),
    ]


async def test_edits_of_one_file_are_one_change_and_follow_each_other(project: Path) -> None:
    twice = (edit("src/a.py", ("a = 1", "a = 2"), ("a = 2", "a = 3")), edit("src/../src/a.py", ("b = 1", "b = 3")))

    assert await proposed(project, *twice) == [("edit", "src/a.py", "a = 1\nb = 1\n", "a = 3\nb = 3\n")]


@pytest.mark.parametrize("name", ["src/z.py", "src/a.py"])
async def test_a_file_is_renamed_and_edited_under_either_name(project: Path, name: str) -> None:
    renamed = [("rename", "src/a.py", "a = 1\nb = 1\n", "a = 2\nb = 1\n", "src/z.py")]

    assert await proposed(project, rename("src/a.py", "src/z.py"), edit(name, ("a = 1", "a = 2"))) == renamed
    assert await proposed(project, edit("src/a.py", ("a = 1", "a = 2")), rename("src/a.py", "src/z.py")) == renamed


async def test_a_link_is_the_file_that_it_leads_to(project: Path) -> None:
    twice = (edit("link.py", ("a = 1", "a = 2")), edit("src/a.py", ("b = 1", "b = 2")))

    assert await proposed(project, *twice) == [("edit", "src/a.py", "a = 1\nb = 1\n", "a = 2\nb = 2\n")]


async def test_a_new_file_may_be_edited_in_the_same_call(project: Path) -> None:
    assert await proposed(project, create("n.py"), edit("n.py", ("x", "y"))) == [("create", "n.py", "", "y\n")]


async def test_what_the_editor_holds_counts(project: Path) -> None:
    changes = await proposed(project, edit("src/a.py", ("unsaved", "saved")), opened="unsaved\n")

    assert changes == [("edit", "src/a.py", "unsaved\n", "saved\n")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), "0 files are to be changed"),
        ((edit("src/a.py", ("= 1", "= 2")),), "`oldText` occurs 2 times in src/a.py: '= 1'"),
        ((edit("src/a.py", ("x", "y")),), "`oldText` does not occur in src/a.py: 'x'"),
        ((edit("src/a.py", ("a = 1", "a = 1")),), "the edit of src/a.py changes nothing"),
        ((edit("src/a.py"),), "the edit of src/a.py changes nothing"),
        ((edit("src/none.py", ("a", "b")),), "there is no src/none.py"),
        ((edit("src/a.py", ("a = 1", "a = \0")),), "src/a.py would be no text"),
        ((edit("src/a.py", ("a = 1", "a" * LIMIT)),), f"src/a.py would be larger than {LIMIT} bytes"),
        ((edit("picture.png", ("a", "b")),), "picture.png is not text"),
        ((edit(".env", ("KEY", "K")),), ".env is excluded by `context.exclude`"),
        ((edit("out/secret.txt", ("the", "a")),), "out/secret.txt is outside of the workspace"),
        ((edit("../outside/secret.txt", ("the", "a")),), "../outside/secret.txt is outside of the workspace"),
        ((create("src/a.py"),), "src/a.py exists already"),
        ((create("src"),), "src exists already"),
        ((create("src/a.py/c.py"),), "src/a.py/c.py would lie in a file"),
        ((create("out/new.txt"),), "out/new.txt is outside of the workspace"),
        ((create("/etc/new"),), "/etc/new is outside of the workspace"),
        ((create(".git/hooks/pre-commit"),), ".git/hooks/pre-commit is excluded by `context.exclude`"),
        ((create("sub/.GIT/config"),), "sub/.GIT/config is excluded by `context.exclude`"),
        ((create("dangling"),), "dangling is outside of the workspace"),
        ((create("private/x.py"),), "private/x.py is ignored by `.llmignore`"),
        ((rename("src/a.py", "private/a.py"),), "private/a.py is ignored by `.llmignore`"),
        ((create(".env.local"),), ".env.local is excluded by `context.exclude`"),
        ((create("big", "x" * (LIMIT + 1)),), f"big would be larger than {LIMIT} bytes"),
        ((create("n"), create("n")), "n is to be changed in another way too"),
        ((rename("src", "lib"),), "src is no file"),
        ((rename("src/a.py", "src/b.py"),), "src/b.py exists already"),
        ((rename("src/a.py", "out/a.py"),), "out/a.py is outside of the workspace"),
        ((rename("src/a.py", ".env.x"),), ".env.x is excluded by `context.exclude`"),
        ((rename(".env", "env"),), ".env is excluded by `context.exclude`"),
        ((rename("src/a.py", "n"), rename("src/b.py", "n")), "n is to be changed too"),
        ((rename("src/a.py", "n"), rename("src/a.py", "m")), "src/a.py is to be changed in another way too"),
        ((rename("src/a.py", ""),), "no file can have that name"),
        ((delete("src"),), "src is no file"),
        ((delete("picture.png"),), "picture.png is not text"),
        ((delete("out/secret.txt"),), "out/secret.txt is outside of the workspace"),
        ((delete("src/a.py"), edit("src/a.py", ("a = 1", "a = 2"))), "src/a.py is to be changed in another way too"),
        ((delete("src/a.py"), create("src/a.py")), "src/a.py is to be changed in another way too"),
        (({"action": "format", "path": "src/a.py"},), "expected"),
        (({"action": "edit"},), "missing"),
    ],
)
async def test_refuses_with_a_sentence_for_the_model(project: Path, changes: tuple[Json, ...], said: str) -> None:
    told = await proposed(project, *changes)

    assert isinstance(told, str)
    assert said in told


async def test_no_more_files_than_can_be_reviewed(project: Path) -> None:
    assert await proposed(project, *(create(f"n{n}") for n in range(51))) == "51 files are to be changed"


async def test_needs_no_consent_and_says_what_it_is_about() -> None:
    tool = propose_edit(Workspace((), (), 0), lambda _, __: NotImplemented)

    assert (tool.name, tool.access) == ("propose_edit", "propose")
    assert tool.title({"title": "t", "changes": [edit("a"), rename("b", "c")]}) == "Propose an edit of a, b"
    assert tool.title({"changes": 7}) == "Propose an edit"
