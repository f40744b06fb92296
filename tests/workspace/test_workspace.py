"""What of a project may be read: nothing outside of it, and nothing that is excluded, whatever the project holds."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.settings import ContextSettings
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
        ("src", "src cannot be read"),
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
