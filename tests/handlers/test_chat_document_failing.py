"""Chat documents where the editor or the store fails: nothing is written twice, and no answer is lost."""

import asyncio
import stat

import pytest

from llm_ls.protocol import chat_writing, edits
from llm_ls.store import database
from tests.handlers.chats import (
    CHAT,
    FOOTER,
    FRONT,
    WHY,
    asked,
    close,
    marked,
    opened,
    path_of,
    seen,
    sent,
    shows,
    without_id,
)
from tests.rigs.editor import TIMEOUT_S, able, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor


async def test_an_answer_that_the_editor_does_not_take_is_kept(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Because."))
    async with editor(able(applyEdit=False), environ=environment(vendor)) as one:
        one.open(WHY, CHAT, "markdown")
        after = await sent(one)
        (kept,) = await one.request("llm-ls/listConversations", {"everywhere": True})

    assert after == WHY
    assert kept["turns"] == 2
    (told,) = one.messages()
    assert told.startswith("llm-ls: the answer could not be written into the document, but is kept. ")
    assert f'`llm-ls.chat {{"conversation": "{kept["id"]}"}}`' in told


@pytest.mark.parametrize("told", [True, False], ids=["late", "never"])
async def test_an_edit_of_which_the_editor_does_not_tell_is_not_made_twice(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.0)
    monkeypatch.setattr(chat_writing, "HEARD_WITHIN_S", TIMEOUT_S if told else 0.1)
    vendor.says(*words("One.\n\n"), PAUSE, *whole("Two."))
    async with editor(environ=environment(vendor)) as one:
        one.open(WHY, CHAT, "markdown")
        one.keeps_changes = True
        await one.command("llm-ls.chat.send", {"uri": CHAT})
        await vendor.paused()
        await seen(one, "One.")
        vendor.go_on()
        await asyncio.sleep(0.2)
        half = one.text(CHAT)
        if told:
            one.tell_changes()
        await one.idle()
        after = one.text(CHAT)

    assert without_id(half) == marked("## You\n\nWhy?\n\n## Assistant\n\nOne.\n")
    if told:
        assert without_id(after) == marked(f"{half[half.index('## You') :]}\nTwo.\n\n{FOOTER}\n\n## You\n\n\n")
    else:
        assert after == half
    kept = ["the answer could not be written into the document, but is kept" in said for said in one.messages()]
    assert kept == [True] * (not told)


async def test_an_answer_that_is_stopped_while_the_editor_is_waited_for_is_written_nevertheless(
    vendor: LoopbackVendor,
) -> None:
    vendor.says(*words("One.\n\n"), PAUSE, *whole("Two."))
    async with editor(environ=environment(vendor)) as one:
        one.open(WHY, CHAT, "markdown")
        one.keeps_changes = True
        await one.command("llm-ls.chat.send", {"uri": CHAT})
        await vendor.paused()
        await seen(one, "One.")
        vendor.go_on()
        await asyncio.sleep(0.2)
        await one.command("llm-ls.cancel")
        await one.idle()
        one.tell_changes()
        await seen(one, FOOTER)

    assert "Two." in one.text(CHAT)


@pytest.mark.parametrize("front", [FRONT, FRONT.replace("model:", "conversation: c-1\nmodel:")], ids=["new", "kept"])
async def test_a_chat_that_cannot_be_kept_goes_on(vendor: LoopbackVendor, front: str) -> None:
    database.default_path().parent.mkdir(parents=True, exist_ok=True)
    database.default_path().write_text("no database" * 100)
    for number in range(3):
        vendor.says(*whole(f"Because of {number}."))
    async with editor(environ=environment(vendor)) as one:
        one.open(f"{front}## You\n\nWhy 0?\n", CHAT, "markdown")
        for number in range(1, 3):
            one.type(f"{(await sent(one)).rstrip()}\n\nWhy {number}?\n", CHAT)
        await one.command("llm-ls.preview", {"uri": CHAT})
        await one.idle()
        preview = path_of(one.opened()[-1]).read_text(encoding="utf-8")
        after = await sent(one)

    assert "Because of 1." in preview
    assert [text for _, text in asked(vendor)] == ["Why 0?", "Because of 0.", "Why 1?", "Because of 1.", "Why 2?"]
    assert after.startswith(front)
    assert after.count("> ⚠ this conversation is not kept: ") == 3
    assert "Because of 2." in after


async def test_a_closed_document_is_completed_on_disk(vendor: LoopbackVendor) -> None:
    vendor.says(*words("One.\n\n"), PAUSE, *whole("Two."))
    async with editor(environ=environment(vendor)) as one:
        shows(one)
        uri = await opened(one)
        one.type(f"{one.text(uri).rstrip()}\n\nWhy?\n", uri)
        path_of(uri).write_text(one.text(uri))
        await one.command("llm-ls.chat.send", {"uri": uri})
        await vendor.paused()
        await seen(one, "One.", uri)
        close(one, uri)
        vendor.go_on()
        await one.idle()
        after = path_of(uri).read_text()

    assert without_id(after) == marked(f"## You\n\nWhy?\n\n## Assistant\n\nOne.\n\nTwo.\n\n{FOOTER}\n\n## You\n\n\n")
    assert one.messages() == [f"llm-ls: the answer is in {path_of(uri)}."]
    assert stat.S_IMODE(path_of(uri).stat().st_mode) == 0o600
