"""`llm-ls/commitMessage`: what git has staged goes to the model, and nothing that the repository would run is run."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import ABLE, Editor, Refused, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *IDENTITY, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit, and a change of `sum.py` that is staged."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "sum.py").write_text("a = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Begin with one")
    (folder / "sum.py").write_text("a = 1\nb = 2\n")
    git(folder, "add", ".")
    return folder


def prompt(vendor: LoopbackVendor) -> str:
    """What the model was asked."""
    return vendor.requests[-1].json["messages"][-1]["content"]


async def written(vendor: LoopbackVendor, repository: Path, *answer: str, **settings: Any) -> dict[str, Any]:
    """The answer of a server that has `repository` open, where the model says `answer`."""
    vendor.says(*whole(*(answer or ("Count to two",))))
    async with editor(environ=environment(vendor), folder=repository, settings=settings) as one:
        return await one.request("llm-ls/commitMessage", {})


async def test_message_is_asked_for_what_is_staged(vendor: LoopbackVendor, repository: Path) -> None:
    (repository / "sum.py").write_text("a = 1\nb = 2\nunstaged = 3\n")

    assert await written(vendor, repository, "Count ", "to two\n") == {
        "message": "Count to two",
        "model": "openai/gpt-test",
        "usage": {"inputTokens": 12, "outputTokens": 5},
    }
    assert "+b = 2" in prompt(vendor)
    assert "unstaged" not in prompt(vendor)
    assert "- Begin with one" in prompt(vendor)


async def test_streams(vendor: LoopbackVendor, repository: Path) -> None:
    vendor.says(*whole("Count ", "to two"))
    async with editor(environ=environment(vendor), folder=repository) as one:
        await one.request("llm-ls/commitMessage", {"partialResultToken": "p"})
        events = one.progress("p")

    assert "".join(event["text"] for event in events if event["type"] == "text_delta") == "Count to two"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("```\nCount to two\n```", "Count to two"),
        ("```text\nCount to two\n\nSince one is not enough.  \n```\n", "Count to two\n\nSince one is not enough."),
        ("Count to two\r\n", "Count to two"),
    ],
)
async def test_fence_is_not_part_of_the_message(
    vendor: LoopbackVendor, repository: Path, answer: str, message: str
) -> None:
    assert (await written(vendor, repository, answer))["message"] == message


async def test_empty_answer_is_no_message(vendor: LoopbackVendor, repository: Path) -> None:
    with pytest.raises(Refused, match="wrote no message"):
        await written(vendor, repository, " \n")


async def test_nothing_staged_is_said(vendor: LoopbackVendor, repository: Path) -> None:
    git(repository, "reset", "--quiet")
    with pytest.raises(Refused) as failure:
        await written(vendor, repository)

    assert (failure.value.data["kind"], vendor.requests) == ("invalid_request", [])
    assert "Nothing is staged" in str(failure.value)


async def test_folder_without_a_repository_is_said(vendor: LoopbackVendor, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a git repository"):
        await written(vendor, tmp_path)


async def test_without_a_folder_it_must_be_named(vendor: LoopbackVendor, repository: Path) -> None:
    vendor.says(*whole("Count to two"))
    async with editor(environ=environment(vendor)) as one:
        with pytest.raises(Refused, match="No folder is open"):
            await one.request("llm-ls/commitMessage", {})
        with pytest.raises(Refused, match="There is no"):
            await one.request("llm-ls/commitMessage", {"uri": "file:///no/such/place"})
        of_a_file = await one.request("llm-ls/commitMessage", {"uri": (repository / "sum.py").as_uri()})

    assert of_a_file["message"] == "Count to two"


async def test_excluded_files_are_told_by_name_only(vendor: LoopbackVendor, repository: Path) -> None:
    (repository / ".env").write_text("PASSWORD=hunter2\n")
    git(repository, "add", "-f", ".")
    await written(vendor, repository)

    assert "hunter2" not in str(vendor.requests[-1].json)
    assert "not shown: .env." in prompt(vendor)


async def test_files_that_llmignore_names_are_told_by_name_only(vendor: LoopbackVendor, repository: Path) -> None:
    (repository / ".llmignore").write_text("notes.txt\n")
    (repository / "notes.txt").write_text("hunter2")
    git(repository, "add", "notes.txt")
    await written(vendor, repository)

    assert "b = 2" in prompt(vendor)
    assert "notes.txt" in prompt(vendor)
    assert "hunter2" not in prompt(vendor)


async def test_renaming_an_excluded_file_does_not_show_it(vendor: LoopbackVendor, repository: Path) -> None:
    (repository / ".env").write_text("".join(f"PASSWORD{number}=hunter2\n" for number in range(20)))
    git(repository, "add", "-f", ".")
    git(repository, "commit", "--quiet", "-m", "Add it")
    git(repository, "mv", ".env", "notes.txt")
    (repository / "notes.txt").write_text((repository / "notes.txt").read_text() + "more\n")
    (repository / "sum.py").write_text("c = 3\n")
    git(repository, "add", ".")
    await written(vendor, repository)

    assert "hunter2" not in str(vendor.requests[-1].json)
    assert "not shown: notes.txt." in prompt(vendor)


async def test_only_excluded_files_staged_asks_nothing(vendor: LoopbackVendor, repository: Path) -> None:
    with pytest.raises(Refused, match="kept from models"):
        await written(vendor, repository, context={"exclude": ["*.py"]})

    assert vendor.requests == []


async def test_names_with_newlines_and_diffs_in_files_do_not_confuse(vendor: LoopbackVendor, repository: Path) -> None:
    (repository / "od\nd.py").write_text("x\ndiff --git a/x b/x\n")
    (repository / "z.key").write_text("hunter2\ndiff --git a/y b/y\n")
    git(repository, "add", "-f", ".")
    await written(vendor, repository)

    assert "+diff --git a/x b/x" in prompt(vendor)
    assert "hunter2" not in str(vendor.requests[-1].json)


async def test_long_diff_is_cut_for_each_file(vendor: LoopbackVendor, repository: Path) -> None:
    (repository / "a.txt").write_text("long line of text\n" * 50_000)
    git(repository, "add", ".")
    await written(vendor, repository)

    assert "+b = 2" in prompt(vendor)
    assert len(prompt(vendor)) < 24_000 * 4


async def test_repository_can_run_no_program(vendor: LoopbackVendor, repository: Path) -> None:
    ran = repository.parent / "ran"
    hostile = f"touch {ran}; false"
    (repository / ".gitattributes").write_text("*.py diff=evil filter=evil\n")
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "post-index-change").write_text(f"#!/bin/sh\ntouch {ran}\n")
    (hooks / "post-index-change").chmod(0o755)
    git(repository, "add", ".gitattributes")
    ran.unlink(missing_ok=True)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.command", "diff.evil.textconv"):
        git(repository, "config", name, hostile)
    for name in ("filter.evil.clean", "filter.evil.smudge", "gpg.program", "core.sshCommand"):
        git(repository, "config", name, hostile)
    git(repository, "config", "log.showSignature", "true")
    ran.unlink(missing_ok=True)
    await written(vendor, repository)

    assert "+b = 2" in prompt(vendor)
    assert not ran.exists()


async def in_editor(vendor: LoopbackVendor, uri: str, text: str, language_id: str) -> Editor:
    """An editor in which the command has run on an open document."""
    vendor.says(*whole("Count to two"))
    async with editor(ABLE, environ=environment(vendor)) as one:
        one.open(text, uri, language_id)
        await one.command("llm-ls.commitMessage", {"uri": uri})
        await one.idle()
        return one


@pytest.mark.parametrize("language_id", ["gitcommit", "git-commit"])
async def test_command_writes_into_the_message_under_edit(
    vendor: LoopbackVendor, repository: Path, language_id: str
) -> None:
    uri = (repository / ".git" / "COMMIT_EDITMSG").as_uri()
    one = await in_editor(vendor, uri, "\n# Please enter the commit message\n", language_id)

    assert one.text(uri) == "Count to two\n\n# Please enter the commit message\n"
    assert one.opened() == []


async def test_command_keeps_what_is_written_already(vendor: LoopbackVendor, repository: Path) -> None:
    uri = (repository / ".git" / "COMMIT_EDITMSG").as_uri()
    one = await in_editor(vendor, uri, "wip\r\n\r\n# Please\r\n", "gitcommit")

    assert one.text(uri) == "Count to two\r\nwip\r\n\r\n# Please\r\n"


async def test_command_opens_it_beside_other_documents(vendor: LoopbackVendor, repository: Path) -> None:
    uri = (repository / "sum.py").as_uri()
    one = await in_editor(vendor, uri, "a = 1\nb = 2\n", "python")
    (shown,) = one.opened()

    assert one.text(uri) == "a = 1\nb = 2\n"
    assert Path(shown.removeprefix("file://")).read_text() == "Count to two"


async def test_offered_where_a_message_is_written(vendor: LoopbackVendor, repository: Path) -> None:
    uri = (repository / ".git" / "COMMIT_EDITMSG").as_uri()
    async with editor(environ=environment(vendor)) as one:
        one.open("\n# Please\n", uri, "gitcommit")
        offered = next(action for action in await one.actions(uri=uri) if "commit message" in action["title"])

    assert offered["title"] == "AI: Write the commit message"
    assert offered["command"]["command"] == "llm-ls.commitMessage"
    assert offered["command"]["arguments"] == [{"uri": uri}]
