"""Chat documents as they are opened: new ones, those of kept conversations, and forks."""

import re
import stat
from pathlib import Path

import pytest

from llm_ls import folders
from llm_ls.documents import Position, Span
from tests.handlers.chats import (
    CHAT,
    FOOTER,
    FRONT,
    WHY,
    asked,
    close,
    id_in,
    marked,
    opened,
    path_of,
    sent,
    shows,
    turns,
    without_id,
)
from tests.rigs.editor import ABLE, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor


async def test_a_new_chat_waits_for_the_question(vendor: LoopbackVendor, tmp_path: Path) -> None:
    async with editor(environ=environment(vendor), folder=tmp_path / "My Project") as one:
        selections = shows(one)
        uri = await opened(one)
        another = await opened(one, model="openai/other")

    top = folders.state_folder("chats")
    assert path_of(uri).parent == top / "my-project"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-chat\.md", path_of(uri).name)
    assert path_of(another).name.endswith("-chat-2.md")
    front = FRONT.replace("context:\n", f"context:\nworkspace: {tmp_path / 'My Project'}\n")
    assert one.text(uri) == f"{front}## You\n\n\n"
    assert "\nmodel: openai/other\n" in one.text(another)
    assert selections[0]["start"] == {"line": 9, "character": 0}
    assert [stat.S_IMODE(each.stat().st_mode) for each in (top, path_of(uri).parent)] == [0o700, 0o700]
    assert stat.S_IMODE(path_of(uri).stat().st_mode) == 0o600


async def test_a_question_that_comes_along_is_sent_at_once(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Because."))
    async with editor(environ=environment(vendor)) as one:
        shows(one)
        uri = await opened(one, question="Why? Or: why not?")

    body = f"## You\n\nWhy? Or: why not?\n\n## Assistant\n\nBecause.\n\n{FOOTER}\n\n## You\n\n\n"
    assert without_id(one.text(uri)) == marked(body, "Why? Or: why not?")
    assert path_of(uri).name.endswith("-why-or-why-not.md")


async def test_an_editor_that_shows_no_documents_is_told_where_the_answer_is(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Because."))
    without = {**ABLE, "window": {"workDoneProgress": True}}
    async with editor(without, environ=environment(vendor)) as one:
        await one.command("llm-ls.chat", {"question": "Why?"})
        await one.idle()
        told, answered = one.messages()

    path = Path(told.removeprefix("llm-ls: the chat is in ").removesuffix("."))
    assert answered == f"llm-ls: the answer is in {path}."
    assert "Because." in path.read_text()


@pytest.mark.parametrize(
    ("name", "span", "shown"),
    [
        ("sum.py", Span(Position(0, 0), Position(2, 0)), "@sum.py:1-2"),
        ("sum.py", Span(Position(0, 0), Position(1, 5)), "@sum.py:1-2"),
        ("sum.py", Span(Position(1, 0), Position(1, 0)), "@sum.py"),
        ("my sum.py", Span(Position(1, 0), Position(2, 0)), '@"my sum.py":2-2'),
        ("sum.py", Span(Position(0, 4), Position(1, 1)), "sum.py, lines 1 to 2:\n```python\n1\ny\n```"),
    ],
)
async def test_what_a_chat_is_about_is_seen(
    vendor: LoopbackVendor, tmp_path: Path, name: str, span: Span, shown: str
) -> None:
    (tmp_path / name).write_text("x = 1\ny = 2\n")
    uri = (tmp_path / name).as_uri()
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        selections = shows(one)
        one.open("x = 1\ny = 2\n", uri)
        (action,) = [each for each in await one.actions(span, uri) if each["title"] == "AI: Chat about this"]
        chat = await opened(one, **action["command"]["arguments"][0])
        focus = one.server.session.focus

    front = FRONT.replace("context:\n", f"context:\nworkspace: {tmp_path}\n")
    assert one.text(chat) == f"{front}## You\n\n\n\n{shown}\n"
    assert selections[0]["start"] == {"line": 9, "character": 0}
    assert focus
    assert focus.uri == uri


async def test_what_must_not_be_shown_is_not(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY=1\n")
    uri = (tmp_path / ".env").as_uri()
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        one.open("KEY=1\n", uri)
        await one.command(
            "llm-ls.chat",
            {"uri": uri, "range": {"start": {"line": 0, "character": 1}, "end": {"line": 0, "character": 4}}},
        )
        await one.idle()

    assert one.opened() == []
    assert any("context.exclude" in message for message in one.messages())


async def test_a_kept_conversation_is_opened_again(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Because."))
    async with editor(environ=environment(vendor)) as one:
        shows(one)
        result = await one.request("llm-ls/chat", {"message": "Why?"})
        uri = await opened(one, conversation=result["conversationId"])
        close(one, uri)
        same = await opened(one, conversation="last")
        one.answers["window/showMessageRequest"] = lambda params: params["actions"][0]
        chosen = await opened(one, conversation="?")

    body = f"## You\n\nWhy?\n\n## Assistant\n\nBecause.\n\n{FOOTER}\n\n## You\n\n\n"
    assert without_id(one.text(uri)) == marked(body)
    assert uri == same == chosen


@pytest.mark.parametrize("is_open", [True, False])
async def test_what_was_said_elsewhere_is_added_and_a_draft_stays(vendor: LoopbackVendor, *, is_open: bool) -> None:
    vendor.says(*whole("Because."))
    async with editor(environ=environment(vendor)) as one:
        shows(one)
        id = (await one.request("llm-ls/chat", {"message": "Why?"}))["conversationId"]
        uri = await opened(one, conversation=id)
        one.type(one.text(uri).rstrip("\n") + "\n\nA draft\n", uri)
        if not is_open:
            path_of(uri).write_text(one.text(uri))
            close(one, uri)
        await one.request("llm-ls/chat", {"message": "And?", "conversationId": id})
        same = await opened(one, conversation=id)

    answer = f"## Assistant\n\nBecause.\n\n{FOOTER}\n\n"
    assert same == uri
    assert without_id(one.text(uri)) == marked(
        f"## You\n\nWhy?\n\n{answer}## You\n\nAnd?\n\n{answer}## You\n\nA draft\n"
    )


async def test_a_document_that_went_another_way_is_left_alone(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Because."))
    async with editor(environ=environment(vendor)) as one:
        shows(one)
        id = (await one.request("llm-ls/chat", {"message": "Why?"}))["conversationId"]
        uri = await opened(one, conversation=id)
        one.type(one.text(uri).replace("Because", "Since"), uri)
        edited = one.text(uri)
        other = await opened(one, conversation=id)

    assert other != uri
    assert one.text(uri) == edited
    assert "Because." in one.text(other)


async def test_a_fork_goes_on_from_an_earlier_turn(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Because."))
    async with editor(environ=environment(vendor)) as one:
        shows(one)
        one.open(WHY, CHAT, "markdown")
        first = await sent(one)
        one.type(f"{first.rstrip()}\n\nAnd?\n", CHAT)
        whole_chat = await sent(one)
        line = whole_chat[: whole_chat.index("Because.")].count("\n")
        (action,) = [
            each
            for each in await one.actions(Span(Position(line, 0), Position(line, 0)), CHAT)
            if each["title"] == "AI: Fork here"
        ]
        fork = one.text(await opened(one, **action["command"]["arguments"][0]))
        kept = await turns(one, id_in(fork))

    assert id_in(fork) != id_in(first)
    assert fork.endswith(f"## You\n\nWhy?\n\n## Assistant\n\nBecause.\n\n{FOOTER}\n\n## You\n\n\n")
    assert kept == ["Why?", "Because."]


@pytest.mark.parametrize("has_folder", [True, False])
async def test_a_server_of_its_own_knows_the_project_of_a_chat(
    vendor: LoopbackVendor, tmp_path: Path, *, has_folder: bool
) -> None:
    """Neovim starts one without a folder for a file outside of the project, and eglot one with the file's folder."""
    vendor.says(*whole("Yes."))
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text("x = 1\n")
    async with editor(environ=environment(vendor), folder=project) as one:
        shows(one)
        uri = await opened(one)
        text = one.text(uri)
    async with editor(environ=environment(vendor), folder=path_of(uri).parent if has_folder else None) as one:
        one.open(f"{text.rstrip()}\n\nIs @a.py right?\n", uri, "markdown")
        await sent(one, uri)
        (kept,) = await one.request("llm-ls/listConversations", {})

    assert "x = 1" in asked(vendor)[0][1]
    assert kept["workspace"] == project.as_uri()


async def test_where_no_file_can_be_written_that_is_said(
    vendor: LoopbackVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("no folder")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    async with editor(environ=environment(vendor)) as one:
        await one.command("llm-ls.chat", {"question": "Why?"})
        await one.idle()

    (told,) = one.messages()
    assert str(tmp_path / "state") in told
    assert vendor.requests == []


async def test_an_unknown_conversation_is_said(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        await one.command("llm-ls.chat", {"conversation": "nowhere"})
        await one.command("llm-ls.chat", {"conversation": "last"})
        await one.idle()

    assert [message.partition(".")[0] for message in one.messages()] == [
        "There is no conversation 'nowhere'",
        "No conversation is kept of this project",
    ]


async def test_a_deleted_conversation_leaves_no_document_and_a_new_one_begins_with_a_word(
    vendor: LoopbackVendor,
) -> None:
    vendor.says(*whole("Because."))
    vendor.says(*whole("Because."))
    vendor.says(*whole("Yes."))
    async with editor(environ=environment(vendor)) as one:
        shows(one)
        result = await one.request("llm-ls/chat", {"message": "Why?"})
        uri = await opened(one, conversation=result["conversationId"])
        unsaved = await opened(one, question="Why, then?")
        top = folders.state_folder("chats")
        text = path_of(uri).read_text(encoding="utf-8")
        copy, link, other = (path_of(uri).with_name(name) for name in ("copy.md", "link.md", "other.md"))
        copy.write_text(text, encoding="utf-8")
        (top / "mine.md").write_text(text, encoding="utf-8")
        link.symlink_to(top / "mine.md")
        other.write_text(f"{FRONT}## You\n\nconversation: {id_in(text)}\n", encoding="utf-8")
        for id in (id_in(text), id_in(one.text(unsaved))):
            await one.request("llm-ls/deleteConversation", {"id": id})
        left = {path for path in top.rglob("*") if path.is_file()}
        one.type(f"{one.text(uri).rstrip()}\n\nSure?\n", uri)
        after = await sent(one, uri)

    assert left == {top / "mine.md", link, other}
    assert id_in(after) != id_in(text)
    assert any("a new one begins" in message for message in one.messages())
    assert "Because." in after
    assert "Yes." in after
