"""What git says of a project: no program of the project's runs, and no other project's history is shown."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.settings import ContextSettings
from llm_ls.workspace import changes, git_process
from llm_ls.workspace.workspace import Workspace
from tests.workspace.repositories import git, repository, trap

DEFAULTS = ContextSettings()


def workspace(*folders: Path, exclude: tuple[str, ...] = DEFAULTS.exclude) -> Workspace:
    return Workspace(folders, exclude, DEFAULTS.max_file_bytes)


async def everything(of: Workspace) -> str:
    """All that can be had of the files and of git."""
    unstaged, staged = await changes.changes(of), await changes.changes(of, staged=True)
    files = await of.files()
    texts = [await of.read(name) for name in files.names]
    return f"{unstaged}{staged}{await changes.commits(of, 10)}{files}{texts}"


async def test_changes_are_shown(tmp_path: Path) -> None:
    project = repository(tmp_path / "project", a_py="a = 1\n", b_py="b = 1\n", c_py="c = 1\n")
    (project / "a.py").write_text("a = 2\n")
    git(project, "add", ".")
    (project / "b.py").write_text("b = 2\n")
    (project / "c.py").unlink()
    (project / "new.py").touch()

    unstaged = await changes.changes(workspace(project))
    staged = await changes.changes(workspace(project), staged=True)
    assert "+b = 2" in unstaged.text
    assert "-c = 1" in unstaged.text
    assert "a = 2" not in unstaged.text
    assert unstaged.untracked == ("new.py",)
    assert "+a = 2" in staged.text
    assert "b = 2" not in staged.text
    assert "b = 2" not in (await changes.changes(workspace(project), name="c.py")).text
    assert [one.subject for one in await changes.commits(workspace(project), 5)] == ["Begin"]


async def test_changes_of_excluded_files_are_named_and_not_shown(tmp_path: Path) -> None:
    project = repository(
        tmp_path / "project", a_py="a = 1\n", _env="KEY=old\n", private_md="old\n", _llmignore="private*"
    )
    git(project, "mv", ".env", "settings.txt")
    for name in ("a.py", "private.md"):
        (project / name).write_text("new text\n")
    (project / "server.key").touch()

    unstaged = await changes.changes(workspace(project))
    staged = await changes.changes(workspace(project), staged=True)
    assert unstaged.omitted == ("private.md",)
    assert unstaged.untracked == ()
    assert staged.omitted == ("settings.txt",)
    assert "old" not in unstaged.text + staged.text
    with pytest.raises(errors.InvalidRequest):
        await changes.changes(workspace(project), name="private.md")


async def test_workspace_in_a_repository_shows_nothing_around_it(tmp_path: Path) -> None:
    around = repository(tmp_path / "around", secret_txt="old\n", _llmignore="private\n")
    inner = around / "inner"
    inner.mkdir()
    (inner / "a.py").write_text("a = 1\n")
    (inner / "private").write_text("old")
    git(around, "add", ".")
    git(around, "commit", "--quiet", "-m", "More")
    (around / "secret.txt").write_text("new\n")
    (inner / "a.py").write_text("a = 2\n")

    assert "+a = 2" in (await changes.changes(workspace(inner))).text
    assert "secret" not in await everything(workspace(inner))
    assert (await workspace(inner).files()).names == ("a.py",)
    assert [one.subject for one in await changes.commits(workspace(inner), 5)] == ["More"]


async def test_folder_that_the_repository_around_ignores_can_be_opened(tmp_path: Path) -> None:
    home = repository(tmp_path / "home", _gitignore="*\n")
    project = home / "project"
    project.mkdir()
    (project / "a.py").write_text("a = 1\n")
    (project / ".gitignore").write_text("*.log\n")
    (project / "x.log").touch()

    assert (await workspace(project).files()).names == (".gitignore", "a.py")
    assert await workspace(project).read("a.py") == "a = 1\n"


async def test_repositories_within_have_their_own_rules(tmp_path: Path) -> None:
    project = repository(tmp_path / "project", _gitignore="vendor/\n", a_py="a = 1\n")
    repository(tmp_path / "library", lib_py="l = 1\n", _gitignore="*.log\n")
    git(project, "submodule", "add", "--quiet", str(tmp_path / "library"), "library")
    for name in ("vendor/dependency", "nested"):
        repository(project / name, n_py="n = 1\n", _gitignore="*.tmp\n")
        (project / name / "x.tmp").touch()
    (project / "library/x.log").touch()
    git(project, "worktree", "add", "--quiet", str(tmp_path / "linked"))

    one = workspace(project)
    assert set((await one.files()).names) == {
        *(".gitignore", ".gitmodules", "a.py", "library/.gitignore", "library/lib.py"),
        *("nested/.gitignore", "nested/n.py"),
    }
    assert await one.read("library/lib.py") == "l = 1\n"
    assert await one.read("nested/n.py") == "n = 1\n"
    for name in ("library/x.log", "nested/x.tmp", "vendor/dependency/n.py"):
        with pytest.raises(errors.InvalidRequest, match=r"is ignored by `\.gitignore`"):
            await one.read(name)
    assert [commit.subject for commit in await changes.commits(workspace(tmp_path / "linked"), 5)] == ["Begin"]
    assert [commit.subject for commit in await changes.commits(one, 5, "library/lib.py")] == ["Begin"]


async def test_names_are_no_patterns(tmp_path: Path) -> None:
    project = repository(tmp_path / "project", _gitignore=":(top)secret\n\\*.txt\n")
    for name in (":(top)secret", "*.txt", "a.txt"):
        (project / name).write_text("text")

    assert (await workspace(project).files()).names == (".gitignore", "a.txt")
    assert await workspace(project).read("a.txt") == "text"
    for name in (":(top)secret", "*.txt"):
        with pytest.raises(errors.InvalidRequest, match="is ignored by"):
            await workspace(project).read(name)


async def test_nothing_in_a_repository_is_run(tmp_path: Path) -> None:
    project = repository(tmp_path / "project", a_py="a = 1\n", b_txt="b\n")
    mark = tmp_path / "mark"
    program = str(trap(tmp_path, mark))
    for key in (
        *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy"),
        *("diff.external", "diff.evil.command", "diff.evil.textconv", "gpg.program", "credential.helper"),
        *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "filter.Other One.clean"),
        *("pager.diff", "pager.log", "alias.diff", "alias.ls-files", "uploadpack.packObjectsHook"),
    ):
        git(project, "config", key, program)
    git(project, "config", "filter.evil.required", "true")
    git(project, "config", "log.showSignature", "true")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-auto-gc", "reference-transaction", "post-checkout"):
        (hooks / hook).symlink_to(program)
    git(project, "config", "core.hooksPath", str(hooks))
    (project / ".gitattributes").write_text("*.py filter=evil diff=evil\n*.txt filter=Other\\040One diff=evil\n")
    (project / ".git/info/attributes").write_text('*.py filter=evil diff=evil\n*.txt "filter=Other One" diff=evil\n')
    (project / "a.py").write_text("a = 2\n")
    (project / "b.txt").write_text("c\n")
    mark.unlink(missing_ok=True)

    said = await everything(workspace(project))
    assert "+a = 2" in said
    assert "+c" in said
    assert not mark.exists()


async def test_filter_that_cannot_be_turned_off_is_not_run(tmp_path: Path) -> None:
    project = repository(tmp_path / "project", a_py="a = 1\n")
    mark = tmp_path / "mark"
    git(project, "config", "filter.x=y.clean", str(trap(tmp_path, mark)))
    (project / ".git/info/attributes").write_text("*.py filter=x=y\n")
    (project / "a.py").write_text("a = 2\n")

    with pytest.raises(errors.InvalidRequest, match="cannot be turned off"):
        await changes.changes(workspace(project))
    assert not mark.exists()


async def test_missing_object_is_not_fetched(tmp_path: Path) -> None:
    """A partial clone fetches what is missing with whatever its configuration says."""
    project = repository(tmp_path / "project", a_py="a = 1\n")
    mark = tmp_path / "mark"
    blob = git(project, "rev-parse", "HEAD:a.py").strip()
    (project / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": str(project),
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "remote.origin.uploadpack": str(trap(tmp_path, mark)),
        "protocol.allow": "always",
        "protocol.file.allow": "always",
    }.items():
        git(project, "config", key, value)
    (project / "a.py").write_text("a = 2\n")

    with pytest.raises(errors.InvalidRequest):
        await changes.changes(workspace(project))
    assert not mark.exists()


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Another project, with a change that is not committed and one that is staged."""
    folder = repository(tmp_path / "private", a_py="the secret\n", b_py="the secret\n")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=Keep the secret")
    (folder / "a.py").write_text("changed\n")
    git(folder, "rm", "--quiet", "--cached", "b.py")
    return folder


def by_a_file(project: Path, private: Path) -> None:
    (project / ".git").write_text(f"gitdir: {private}/.git\n")


def by_a_link(project: Path, private: Path) -> None:
    (project / ".git").symlink_to(private / ".git")


def by_a_common_folder(project: Path, private: Path) -> None:
    git(project, "init", "--quiet", "--initial-branch=main")
    (project / ".git/commondir").write_text(f"{private}/.git\n")


def by_a_false_work_tree(project: Path, private: Path) -> None:
    (project / "fake").mkdir()
    (project / "fake/commondir").write_text(f"{private}/.git\n")
    (project / "fake/gitdir").write_text(f"{project}/.git\n")
    (project / "fake/HEAD").write_text("ref: refs/heads/main\n")
    (project / ".git").write_text("gitdir: fake\n")


def by_links_to_its_parts(project: Path, private: Path) -> None:
    git(project, "init", "--quiet", "--initial-branch=main")
    for part in ("refs", "objects"):
        (project / ".git" / part).rename(project / ".git" / f"{part}.old")
        (project / ".git" / part).symlink_to(private / ".git" / part)


def by_its_files_being_elsewhere(project: Path, private: Path) -> None:
    git(project, "init", "--quiet")
    (project / "a.py").write_text("mine\n")
    git(project, "add", ".")
    (project / "a.py").unlink()
    git(project, "config", "core.worktree", str(private))


@pytest.mark.parametrize(
    "way",
    [
        by_a_file,
        by_a_link,
        by_a_common_folder,
        by_a_false_work_tree,
        by_links_to_its_parts,
        by_its_files_being_elsewhere,
    ],
)
async def test_no_other_project_is_shown(tmp_path: Path, private: Path, way: Callable[[Path, Path], None]) -> None:
    project = tmp_path / "project"
    project.mkdir()
    way(project, private)
    (project / "mine.txt").write_text("mine")
    (project / ".gitignore").write_text("*.log\n")
    (project / "x.log").touch()

    one = workspace(project)
    try:
        said = await everything(one)
    except errors.InvalidRequest as refused:
        said = refused.sentence
    assert "secret" not in said
    assert "changed" not in said
    assert {".gitignore", "mine.txt"} <= set((await one.files()).names)
    assert "x.log" not in (await one.files()).names


async def test_git_environment_of_the_editor_is_not_this_projects(
    tmp_path: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = repository(tmp_path / "project", a_py="a = 1\n")
    monkeypatch.setenv("GIT_DIR", str(private / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(private / ".git/index"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")

    assert "secret" not in await everything(workspace(project))


async def test_reading_goes_on_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = repository(tmp_path / "project", _gitignore="*.log\n", a_py="a = 1\n")
    (project / "x.log").touch()
    monkeypatch.setenv("PATH", str(tmp_path))

    assert (await workspace(project).files()).names == (".gitignore", "a.py")
    with pytest.raises(errors.InvalidRequest, match="is ignored by"):
        await workspace(project).read("x.log")
    with pytest.raises(errors.InvalidRequest, match="git is not there"):
        await changes.changes(workspace(project))


async def test_git_that_says_too_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_process, "MOST_BYTES", 100)
    project = repository(tmp_path / "project", a_py="a = 1\n" * 20_000)
    (project / "a.py").write_text("a = 2\n" * 20_000)

    with pytest.raises(errors.InvalidRequest, match="git said more than"):
        await changes.changes(workspace(project))


async def test_git_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_process, "TIMEOUT_S", 0.3)
    (tmp_path / "git").write_text("#!/bin/sh\necho something\nexec sleep 9\n")
    (tmp_path / "git").chmod(0o755)
    project = repository(tmp_path / "project", a_py="a = 1\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(errors.InvalidRequest, match=r"git did not answer within 0\.3 s"):
        await changes.changes(workspace(project))
    assert await workspace(project).read("a.py") == "a = 1\n"


async def test_huge_file_costs_nothing(tmp_path: Path) -> None:
    project = repository(tmp_path / "project", a_txt="a\n")
    os.truncate(project / "a.txt", 1 << 30)

    shown = await changes.changes(workspace(project))
    assert (shown.text, shown.omitted) == ("", ("a.txt",))
