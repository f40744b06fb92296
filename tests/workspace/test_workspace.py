"""What of a project may be read: nothing outside of it, and nothing that is excluded, whatever the project holds."""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.settings import ContextSettings
from llm_ls.workspace import listing
from llm_ls.workspace.workspace import Listing, Workspace

DEFAULTS = ContextSettings()
WITHIN_S = 5.0


def workspace(*folders: Path, exclude: tuple[str, ...] = DEFAULTS.exclude, max_file_bytes: int = 1000) -> Workspace:
    return Workspace(folders, exclude, max_file_bytes)


async def refusal(of: Workspace, name: str) -> str:
    """What is said of the file `name`, which must not be read."""
    async with asyncio.timeout(WITHIN_S):
        with pytest.raises((errors.InvalidRequest, errors.NotFound)) as refused:
            await of.read(name)
    return refused.value.message


@pytest.fixture(params=["git", "no git"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder beside one with a secret; a repository, or not."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.txt").write_text("the secret")
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src/app.py").write_text("a = 1\n")
    if request.param == "git":
        subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


async def test_reads_what_is_in_it(project: Path) -> None:
    one = workspace(project)

    assert await one.read("src/app.py") == "a = 1\n"
    assert await one.read("./src/../src/app.py") == "a = 1\n"
    assert await one.read(str(project / "src/app.py")) == "a = 1\n"
    assert await one.path("src") == project / "src"
    assert (await one.files()).names == ("src/app.py",)
    assert (await one.files("src")).names == ("src/app.py",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../outside/secret.txt", "../outside/secret.txt is outside of the workspace"),
        ("../outside/none", "../outside/none is outside of the workspace"),
        ("src/../../outside/secret.txt", "src/../../outside/secret.txt is outside of the workspace"),
        ("/etc/passwd", "/etc/passwd is outside of the workspace"),
        ("/proc/self/environ", "/proc/self/environ is outside of the workspace"),
        ("/dev/zero", "/dev/zero is outside of the workspace"),
        ("~/secret", "there is no ~/secret"),
        ("src/none.py", "there is no src/none.py"),
        ("x" * 5000, f"there is no {'x' * 5000}"),
        ("a\0b", "no file can have that name"),
        (" ", "no file can have that name"),
        ("src", "src is a folder"),
    ],
)
async def test_reads_nothing_else(project: Path, name: str, said: str) -> None:
    assert await refusal(workspace(project), name) == said


async def test_no_link_leads_out(project: Path) -> None:
    (project / "file").symlink_to(project.parent / "outside/secret.txt")
    (project / "folder").symlink_to(project.parent / "outside")
    (project / "chain").symlink_to("file")
    (project / "loop").symlink_to("loop")
    (project / "root").symlink_to("/")

    one = workspace(project)
    for name in ("file", "folder/secret.txt", "chain", "root/etc/passwd"):
        assert await refusal(one, name) == f"{name} is outside of the workspace"
    assert await refusal(one, "loop") == "loop is no regular file"
    assert await one.files() == Listing(("src/app.py",), omitted=5)


async def test_no_link_that_is_put_in_between_is_followed(project: Path) -> None:
    one = workspace(project)
    path = await one.path("src/app.py")
    (project / "src").rename(project / "src2")
    (project / "src").symlink_to(project.parent / "outside")
    (project.parent / "outside/app.py").write_text("the secret")

    with pytest.raises(errors.NotFound):
        one.text_on_disk(path)


async def test_pipe_that_is_put_in_between_blocks_nothing(project: Path) -> None:
    one = workspace(project)
    path = await one.path("src/app.py")
    path.unlink()
    os.mkfifo(path)

    async with asyncio.timeout(WITHIN_S):
        with pytest.raises(errors.NotFound):
            await asyncio.to_thread(one.text_on_disk, path)


async def test_link_inside_is_what_it_leads_to(project: Path) -> None:
    (project / "link.py").symlink_to("src/app.py")
    (project / ".env").write_text("KEY=1")
    (project / "link.txt").symlink_to(".env")
    (project / ".env.sample").symlink_to("src/app.py")

    one = workspace(project)
    assert await one.read("link.py") == "a = 1\n"
    assert await one.path("link.py") == project / "src/app.py"
    assert await refusal(one, "link.txt") == "link.txt is excluded by `context.exclude`"
    assert await refusal(one, ".env.sample") == ".env.sample is excluded by `context.exclude`"


async def test_excluded_files_are_named_by_nobody(project: Path) -> None:
    for name in (".env", "src/.env.local", "server.KEY", "src/id_rsa"):
        (project / name).write_text("the secret")

    one = workspace(project)
    for name in (".env", "src/.env.local", "server.KEY", "src/id_rsa"):
        assert await refusal(one, name) == f"{name} is excluded by `context.exclude`"
    assert await one.files() == Listing(("src/app.py",), omitted=4)


async def test_git_itself_is_nothing_to_read(project: Path) -> None:
    (project / "sub/.git").mkdir(parents=True)
    (project / "sub/.git/config").write_text("url = https://user:secret@example.com")

    one = workspace(project, exclude=())
    assert await refusal(one, "sub/.git/config") == "sub/.git/config is git's own"
    assert (await one.files()).names == ("src/app.py",)


async def test_ignored_files_are_not_read(project: Path) -> None:
    (project / ".gitignore").write_text("build/\n*.log\n!keep.log\n")
    (project / "src/.gitignore").write_text("/generated.py\n")
    (project / ".llmignore").write_text("# what a model may not see\nprivate/\n")
    (project / "src/.llmignore").write_text("*.secret\n")
    kept = ("keep.log", "generated.py", "a.secret")
    for name in (*kept, "build/x.py", "a.log", "src/generated.py", "private/deep/x.md", "src/deep/a.secret"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("text")

    one = workspace(project)
    for name in kept:
        assert await one.read(name) == "text"
    for name in ("build/x.py", "a.log", "src/generated.py"):
        assert await refusal(one, name) == f"{name} is ignored by `.gitignore`"
    for name in ("private/deep/x.md", "src/deep/a.secret"):
        assert await refusal(one, name) == f"{name} is ignored by `.llmignore`"
    rules = (".gitignore", ".llmignore", "src/.gitignore", "src/.llmignore")
    assert await one.files() == Listing(tuple(sorted((*kept, *rules, "src/app.py"))), omitted=2)
    assert (await one.files("src")).names == ("src/.gitignore", "src/.llmignore", "src/app.py")


async def test_ignore_file_that_is_none_hides_nothing_and_blocks_nothing(project: Path) -> None:
    os.mkfifo(project / ".llmignore")

    assert await workspace(project).read("src/app.py") == "a = 1\n"


async def test_only_plain_text_of_some_size_is_read(project: Path) -> None:
    os.mkfifo(project / "fifo")
    with (project / "huge.txt").open("wb") as huge:
        huge.truncate(1 << 30)
    (project / "binary").write_bytes(b"a\0b")
    (project / "latin").write_bytes("é".encode("latin-1"))

    one = workspace(project)
    assert await refusal(one, "fifo") == "fifo is no regular file"
    assert await refusal(one, "huge.txt") == "huge.txt is larger than 1000 bytes"
    assert await refusal(one, "binary") == "binary is not text"
    assert await refusal(one, "latin") == "latin is not text"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb.py", "a\\nb.py"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("back\\slash\r", "back\\\\slash\\r"),
        ("back\\nslash", "back\\nslash"),
        ("txt\u202eexe", "txt\\u202eexe"),
        ("not\udcffutf8", "not\\udcffutf8"),
        ("ünï cödé", "ünï cödé"),
        ("-x", "-x"),
        (":(top)x", ":(top)x"),
    ],
)
async def test_any_name_can_be_said_and_read(project: Path, name: str, shown: str) -> None:
    (project / name).write_text("text")

    one = workspace(project)
    assert (await one.files()).names == tuple(sorted((shown, "src/app.py")))
    assert await one.read(shown) == "text"
    assert await one.read(name) == "text"


async def test_names_of_several_folders_say_which(tmp_path: Path) -> None:
    for name in ("one/app", "two/app", "two/app/inner"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.py").write_text(name)
    (tmp_path / "one/app/only.py").write_text("only")
    folders = workspace(tmp_path / "one/app", tmp_path / "two/app", tmp_path / "two/app/inner")

    assert (await folders.files()).names == ("app-2/x.py", "app/only.py", "app/x.py", "inner/x.py")
    assert await folders.read("app-2/x.py") == "two/app"
    assert await folders.read("inner/x.py") == "two/app/inner"
    assert await folders.read("only.py") == "only"
    assert (await folders.files("app")).names == ("app/only.py", "app/x.py")
    assert await refusal(folders, "x.py") == "x.py may be any of app/x.py, app-2/x.py, inner/x.py"


async def test_place_of_a_file_that_is_to_be_written_is_confined_too(project: Path) -> None:
    (project / "link").symlink_to(project.parent / "outside")
    (project / ".llmignore").write_text("private\n")

    one = workspace(project)
    assert await one.place("src/new/x.py") == project / "src/new/x.py"
    assert await one.place("src/app.py") == project / "src/app.py"
    for name in ("../x", "link/x", ".env", "private/x", ".git/hooks/pre-commit"):
        with pytest.raises(errors.InvalidRequest):
            await one.place(name)


async def test_editor_knows_better_than_the_disk(project: Path) -> None:
    texts = {
        project / "src/app.py": "unsaved",
        project / "src/new.py": "not saved yet",
        project / ".env": "the secret",
        project / "src/big.py": "x" * 2000,
    }
    (project / "src/big.py").touch()
    (project / ".env").touch()
    one = Workspace((project,), DEFAULTS.exclude, 1000, texts.get)

    assert await one.read("src/app.py") == "unsaved"
    assert await one.read("src/new.py") == "not saved yet"
    assert await refusal(one, "src/none.py") == "there is no src/none.py"
    assert await refusal(one, ".env") == ".env is excluded by `context.exclude`"
    assert await refusal(one, "src/big.py") == "src/big.py is larger than 1000 bytes"


async def test_without_a_folder_nothing_is_read() -> None:
    assert await refusal(workspace(), "/etc/passwd") == "no folder is open"
    assert await workspace().files() == Listing((), omitted=0)


async def test_folder_without_end_is_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_FILES", 2)
    for name in ("a", "b", "c"):
        (tmp_path / name).touch()

    with pytest.raises(errors.InvalidRequest, match="there are more than 2 files"):
        await workspace(tmp_path).files()


async def test_folder_that_has_gone_holds_nothing(tmp_path: Path) -> None:
    assert await workspace(tmp_path / "gone").files() == Listing((), omitted=0)
    assert await refusal(workspace(tmp_path / "gone"), "x") == "there is no x"


@pytest.mark.parametrize("glob", ["/private", "private/", "p*e", "**/private/**"])
async def test_globs_count_from_the_workspace_folder(project: Path, glob: str) -> None:
    (project / "private").mkdir()
    (project / "private/a").write_text("the secret")

    one = workspace(project, exclude=(glob,))
    assert await refusal(one, "private/a") == "private/a is excluded by `context.exclude`"
    assert await one.files() == Listing(("src/app.py",), omitted=1)
    assert (await workspace(project, exclude=("/app.py",)).files()).names == ("private/a", "src/app.py")
