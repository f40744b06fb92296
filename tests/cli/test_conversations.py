"""`llm-ls chat` keeps what is asked, `llm-ls conversations` finds it again, `llm-ls permissions` takes back."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from llm_ls import folders
from llm_ls.messages import Message, Text, ToolCall, ToolResult, Usage, user
from llm_ls.store.consents import Consents
from llm_ls.store.conversations import Conversations
from llm_ls.store.database import Database, default_path
from llm_ls.store.turns import Conversation
from tests.cli.command import Done, configure, run, started
from tests.cli.terminal import Terminal
from tests.rigs.editor import editor
from tests.rigs.openai import whole, words
from tests.rigs.vendor import CUT, PAUSE, LoopbackVendor


@pytest.fixture
async def vendor() -> AsyncGenerator[LoopbackVendor]:
    """A vendor that the user's settings know as `mine`."""
    async with LoopbackVendor() as vendor:
        configure(f'model = "mine/small"\n[providers.mine]\nkind = "openai"\nbaseUrl = "{vendor.url}/v1"\n')
        yield vendor


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a folder in it."""
    (tmp_path / "project" / "src").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", tmp_path / "project"], check=True)
    return tmp_path / "project"


@asynccontextmanager
async def store() -> AsyncGenerator[Conversations]:
    database = Database()
    yield Conversations(database)
    await database.aclose()


async def kept() -> list[Conversation]:
    """All that is kept, the newest first."""
    async with store() as conversations:
        return [await conversations.get(summary.id) for summary in await conversations.list(None)]


def texts(conversation: Conversation) -> list[str]:
    return ["".join(message.text for message in turn.messages) for turn in conversation.turns]


async def ask(vendor: LoopbackVendor, folder: Path, *arguments: str, answer: str = "ok", stdin: str = "") -> Done:
    vendor.says(*whole(answer))
    return await run("chat", *arguments, folder=folder, stdin=stdin)


def sent(vendor: LoopbackVendor) -> list[tuple[str, str]]:
    """The turns of the last request, without instructions."""
    turns = vendor.requests[-1].json["messages"]
    return [(turn["role"], turn["content"]) for turn in turns if turn["role"] != "system"]


async def test_what_is_asked_is_kept_and_gone_on_with(vendor: LoopbackVendor, project: Path) -> None:
    await ask(vendor, project, "What is a tuple?", answer="Fixed.")
    done = await ask(vendor, project / "src", "-c", "And a list?", answer="Not.")
    (only,) = await kept()

    assert (done.code, done.out, done.err) == (0, "Not.\n", "")
    assert sent(vendor) == [("user", "What is a tuple?"), ("assistant", "Fixed."), ("user", "And a list?")]
    assert texts(only) == ["What is a tuple?", "Fixed.", "And a list?", "Not."]
    assert (only.summary.title, only.summary.workspace) == ("What is a tuple?", project.as_uri())
    assert (only.summary.model, only.summary.usage.input_tokens) == ("mine/small", 24)
    assert [turn.whole for turn in only.turns] == [True] * 4


async def test_an_editor_goes_on_with_what_was_asked_in_the_terminal(vendor: LoopbackVendor, project: Path) -> None:
    await ask(vendor, project, "What is a tuple?", answer="Fixed.")
    vendor.says(*whole("Not."))
    async with editor(settings={"model": "mine/small"}, folder=project) as one:
        (listed,) = await one.request("llm-ls/listConversations", {})
        await one.request("llm-ls/chat", {"conversationId": listed["id"], "message": "And a list?"})
    await ask(vendor, project, "--conversation", listed["id"], "Why?")

    assert [text for _, text in sent(vendor)] == ["What is a tuple?", "Fixed.", "And a list?", "Not.", "Why?"]


async def test_nothing_is_kept_where_that_is_not_wanted(vendor: LoopbackVendor, project: Path) -> None:
    await ask(vendor, project, "First?", answer="Yes.")
    await ask(vendor, project, "--no-save", "Alone?")
    alone = sent(vendor)
    await ask(vendor, project, "--no-save", "-c", "Second?")

    assert alone == [("user", "Alone?")]
    assert sent(vendor)[-1] == ("user", "Second?")
    assert [texts(conversation) for conversation in await kept()] == [["First?", "Yes."]]


async def test_a_question_that_cannot_be_asked_is_not_kept(vendor: LoopbackVendor, project: Path) -> None:
    done = await run("chat", "-m", "nobody/nothing", "Hi", folder=project)

    assert done.code == 1
    assert await kept() == []


async def test_events_name_what_is_kept(vendor: LoopbackVendor, project: Path) -> None:
    done = await ask(vendor, project, "--json", "Hi")
    start = json.loads(done.out.splitlines()[0])
    (only,) = await kept()

    assert start == {
        "type": "message_start",
        "messageId": only.turns[1].id,
        "conversationId": only.summary.id,
        "questionId": only.turns[0].id,
        "model": "mine/small",
    }


async def test_an_answer_that_is_cut_off_is_kept_as_far_as_it_came(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*words("Half of ", "it"), CUT)
    done = await run("chat", "Hi", folder=project)
    (only,) = await kept()

    assert done.code == 1
    assert (texts(only), only.turns[1].whole) == (["Hi", "Half of it"], False)


async def test_a_killed_command_leaves_what_came(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*words("Half of it"), PAUSE)
    async with started("chat", "Hi", folder=project) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        await process.stdout.readexactly(10)
        async with store() as conversations:
            (summary,) = await conversations.list(None)
            while texts(await conversations.get(summary.id)) != ["Hi", "Half of it"]:
                pass
        process.kill()
        await process.wait()
    (only,) = await kept()

    assert (texts(only), only.turns[1].whole) == (["Hi", "Half of it"], False)


async def test_a_store_that_fails_is_told_and_the_answer_comes(vendor: LoopbackVendor, project: Path) -> None:
    default_path().parent.mkdir(parents=True)
    default_path().write_text("no database" * 100)
    done = await ask(vendor, project, "Hi", answer="Hello.")

    assert (done.code, done.out) == (0, "Hello.\n")
    assert "this conversation is not kept: " in done.err
    assert "is damaged, or not one of llm-ls" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("-c", "Hi"), 1, "Nothing has been asked in this folder yet. Ask without -c.\n"),
        (("--conversation", "x", "Hi"), 1, "There is no conversation 'x'. List the conversations there are.\n"),
        (("-c", "--conversation", "x", "Hi"), 2, "-c and --conversation exclude each other\n"),
    ],
)
async def test_says_what_cannot_be_gone_on_with(
    vendor: LoopbackVendor, project: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = await run("chat", *arguments, folder=project)

    assert (done.code, done.out, vendor.requests) == (code, "", [])
    assert done.err.endswith(sentence)


async def test_files_that_are_mentioned_are_attached(vendor: LoopbackVendor, project: Path) -> None:
    (project / "src" / "app.py").write_text("one\ntwo\nthree\n")
    (project / "README.md").write_text("read me\n")
    (project / "secret.txt").write_text("hidden\n")
    (project / ".gitignore").write_text("secret.txt\n")
    (project.parent / "outside.txt").write_text("outside\n")
    done = await ask(
        vendor,
        project / "src",
        "See @app.py:2-3, @README.md, @secret.txt, @../../outside.txt, @diff, "
        "@gone.py, @file:../src and mail@README.md or @app.get",
        stdin="@app.py\n",
    )
    ((_, question),) = sent(vendor)
    (only,) = await kept()

    assert [(one.title, one.text) for one in only.turns[0].attachments] == [
        ("src/app.py, lines 2 to 3", "two\nthree\n"),
        ("README.md", "read me\n"),
    ]
    assert "two\nthree\n" in question
    assert "hidden" not in question
    assert "outside\n" not in question
    assert done.err.splitlines() == [
        "@secret.txt is left out: secret.txt is ignored by `.gitignore`",
        "@../../outside.txt is left out: ../outside.txt is outside of the workspace",
        "@diff is left out: only an editor knows it",
        "@gone.py is left out: there is no such file",
        "@file:../src is left out: it is a folder",
    ]


@pytest.fixture
async def two(project: Path) -> tuple[str, str]:
    """One conversation of the project with a tool, and one of another folder; their ids."""
    async with store() as conversations:
        id = await conversations.begin(project.as_uri(), "About lists")
        question = await conversations.ask(id, "", user("What is a list?"))
        draft = await conversations.begin_answer(id, question, "openai/gpt-test")
        calls = Message("assistant", (Text("Let me see.\x1b[31m"), ToolCall("c", "read_file", {"path": "a.py"})))
        results = Message("user", (ToolResult("c", "a = []\n"),))
        done = (calls, results, Message("assistant", (Text("**Growing**."),)))
        await draft.end(done, "openai/gpt-test", Usage(1200, 20, cost_usd=0.25), "end_turn")
        return id, await conversations.begin("file:///elsewhere", "Others\tthere")


async def test_lists_those_of_the_project_or_all(two: tuple[str, str], project: Path) -> None:
    here = await run("conversations", "list", folder=project / "src")
    everywhere = await run("conversations", "list", "--everywhere", folder=project)
    one = await run("conversations", "list", "--everywhere", "--limit", "1", folder=project)
    found = await run("conversations", "list", "--search", "growing", folder=project)
    none = await run("conversations", "list", "--search", "shrinking", folder=project)
    elsewhere = await run("conversations", "list", folder=project.parent)

    id, _, turns, cost, title = here.out.rstrip("\n").split("\t")
    assert (id, turns, cost, title) == (two[0], "2", "$0.25", "About lists")
    assert [line.split("\t")[0] for line in everywhere.out.splitlines()] == [two[1], two[0]]
    assert one.out.splitlines() == everywhere.out.splitlines()[:1]
    assert found.out == here.out
    assert (none.code, none.out, none.err) == (0, "", "There is none.\n")
    assert (elsewhere.code, elsewhere.out, elsewhere.err) == (0, "", "Nothing has been asked in this folder yet.\n")


async def test_programs_get_what_editors_get(two: tuple[str, str], project: Path) -> None:
    listed = json.loads((await run("conversations", "list", "--json", folder=project)).out)
    shown = json.loads((await run("conversations", "show", two[0], "--json", folder=project)).out)
    async with editor(folder=project) as one:
        assert listed == await one.request("llm-ls/listConversations", {})
        assert shown == await one.request("llm-ls/getConversation", {"id": two[0]})


async def test_shows_and_exports_markdown(two: tuple[str, str]) -> None:
    shown, exported = await run("conversations", "show", two[0]), await run("conversations", "export", two[0])
    async with Terminal(sys.executable, "-m", "llm_ls", "conversations", "show", two[0]) as terminal:
        drawn = await terminal.everything()

    assert exported.out == (
        "# About lists\n\n## You\n\nWhat is a list?\n\n## Assistant\n\nLet me see.\x1b[31m\n\n"
        "> → read_file a.py, a = []\n\n**Growing**.\n\n> — gpt-test · 1.2k→20 tok · $0.25\n"
    )
    assert shown.out == exported.out
    assert "\x1b[31m" not in drawn
    assert "Growing" in drawn
    assert "**" not in drawn


async def test_renames_and_deletes(two: tuple[str, str]) -> None:
    project = folders.state_folder("chats") / "project"
    project.mkdir(parents=True)
    for number, id in enumerate(two):
        (project / f"{number}.md").write_text(f"---\nllm-ls: chat\nconversation: {id}\n---\n\n## You\n\nWhy?\n")
    renamed = await run("conversations", "rename", two[0], " New\nname ")
    empty = await run("conversations", "rename", two[0], " ")
    deleted = await run("conversations", "delete", two[0])
    again = await run("conversations", "delete", two[0])

    assert (renamed.code, renamed.out) == (0, "")
    assert (empty.code, empty.err) == (1, "A conversation cannot be without a title. Give it a title.\n")
    assert (deleted.code, deleted.out) == (0, "'New name' is deleted.\n")
    assert (again.code, again.out) == (1, "")
    assert [conversation.summary.id for conversation in await kept()] == [two[1]]
    assert [path.name for path in project.iterdir()] == ["1.md"]


async def test_lists_and_takes_back_what_is_allowed_for_good() -> None:
    database = Database()
    for workspace, scope in (("file:///a", "git_diff"), ("file:///b", "git_diff"), ("file:///b", "read_file")):
        await Consents(database, clock=lambda: 1_795_800_000.0).allow(workspace, scope)
    await database.aclose()
    listed, as_json = await run("permissions"), await run("permissions", "--json")
    one, other = await run("permissions", "--forget", "git_diff"), await run("permissions", "--forget", "git_diff")
    everything, none = await run("permissions", "--forget", "all"), await run("permissions")

    assert [line.split("\t")[:2] for line in listed.out.splitlines()] == [
        ["git_diff", "file:///a"],
        ["git_diff", "file:///b"],
        ["read_file", "file:///b"],
    ]
    assert json.loads(as_json.out)[0] == {"workspace": "file:///a", "name": "git_diff", "at": 1_795_800_000.0}
    assert (one.code, one.out) == (0, "2 forgotten.\n")
    assert (other.code, other.err) == (1, "0 forgotten.\n")
    assert (everything.code, everything.out) == (0, "1 forgotten.\n")
    assert (none.code, none.out, none.err) == (0, "", "Nothing is allowed for good.\n")


def test_nothing_of_an_editor_is_imported_to_list() -> None:
    imported = "import sys, llm_ls.cli.conversations, llm_ls.cli.permissions; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True, env=os.environ)

    assert {"lsprotocol", "pygls", "sqlite3"} & set(done.stdout.split()) == set()
