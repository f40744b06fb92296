"""The text store, beside a plain and slow one that splices the whole encoded text."""

import asyncio
import logging
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from lsprotocol import types

from llm_ls import errors
from llm_ls.protocol.position_codec import PositionEncoding
from llm_ls.protocol.text_sync import LspWorkspace
from tests.protocol.plain_text import CODECS, Change, edit, notifications, rewrite, spliced, texts

URI = "file:///project/a.py"


def opened(text: str, encoding: PositionEncoding = "utf-16", uri: str = URI) -> LspWorkspace:
    """A workspace with one document at version 1."""
    store = LspWorkspace(None, position_encoding=encoding)
    store.put_text_document(types.TextDocumentItem(uri, "python", 1, text))
    return store


def change(store: LspWorkspace, version: int, *changes: Change, uri: str = URI) -> None:
    """What pygls does with one `didChange` notification."""
    for each in changes:
        store.update_text_document(types.VersionedTextDocumentIdentifier(version, uri), each)


def check(before: str, *changes: Change, after: str, encoding: PositionEncoding = "utf-16") -> None:
    store = opened(before, encoding)
    change(store, 2, *changes)

    assert store.snapshot(URI).text == after


def check_against_plain(text: str, sent: list[list[Change]], encoding: PositionEncoding) -> None:
    store = opened(text, encoding)
    for version, changes in enumerate(sent, 2):
        change(store, version, *changes)
        for each in changes:
            text = spliced(text, each, encoding)
        shown = re.sub("[\ud800-\udfff]", "\ufffd", text)
        *ended, last = re.split(r"(?<=\n)|(?<=\r)(?!\n)", shown)

        assert store.snapshot(URI).lines == (*ended, last)


@pytest.mark.parametrize("encoding", CODECS)
@settings(deadline=None, max_examples=300)
@given(text=texts(), sent=notifications(texts()))
def test_any_edits_give_what_splicing_the_whole_text_gives(
    text: str, sent: list[list[Change]], encoding: PositionEncoding
) -> None:
    check_against_plain(text, sent, encoding)


@settings(deadline=None, max_examples=300)
@given(text=texts("\ud83d", "\ude00"), sent=notifications(texts("\ud83d", "\ude00")))
def test_halves_of_surrogate_pairs_become_characters_when_they_meet(text: str, sent: list[list[Change]]) -> None:
    check_against_plain(text, sent, "utf-16")


EDITS: list[tuple[str, str, Change, str]] = [
    ("replaces the range", "a = 1\nb = 2\n", edit((0, 4), (1, 4), "3\nb = "), "a = 3\nb = 2\n"),
    ("inserts into nothing", "", edit((0, 0), (0, 0), "a\n"), "a\n"),
    ("appends after the last line end", "a\n", edit((1, 0), (1, 0), "b"), "a\nb"),
    ("empties the text", "a\r\nb\n", edit((0, 0), (2, 0), ""), ""),
    ("column past the line end", "ab\r\ncd", edit((0, 99), (0, 99), "!"), "ab!\r\ncd"),
    ("column that would be inside CRLF", "ab\r\ncd", edit((0, 3), (1, 0), ""), "abcd"),
    ("line past the last", "ab\ncd", edit((7, 3), (9, 0), "!"), "ab\ncd!"),
    ("deletes to a line past the last", "ab\ncd\n", edit((0, 1), (9, 0), ""), "a"),
    ("place before the text", "ab", edit((-1, 9), (0, -4), "!"), "!ab"),
    ("end before start", "abcd\ne", edit((1, 0), (0, 1), ""), "ae"),
    ("form feed ends no line", "a\fb\nc", edit((0, 3), (1, 0), ""), "a\fbc"),
    ("U+2028 and U+0085 end no line", "a\u2028b\x85c\nd", edit((1, 0), (1, 1), "D"), "a\u2028b\x85c\nD"),
    ("half of an emoji", "\U0001f600", edit((0, 1), (0, 2), "\ude01"), "\U0001f601"),
    ("half of an emoji left alone", "\U0001f600!", edit((0, 1), (0, 2), ""), "\ufffd!"),
]


@pytest.mark.parametrize(("before", "one", "after"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS])
def test_edit(before: str, one: Change, after: str) -> None:
    check(before, one, after=after)


def test_changes_of_one_notification_apply_in_order() -> None:
    check(
        "ab",
        edit((0, 2), (0, 2), "c\n"),
        edit((1, 0), (1, 0), "d"),
        edit((0, 0), (0, 1), ""),
        after="bc\nd",
    )


def test_change_without_a_range_is_the_whole_text() -> None:
    check("a\nb", rewrite("c\r\nd"), edit((1, 1), (1, 1), "!"), after="c\r\nd!")


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_columns_count_the_units_agreed_on(encoding: PositionEncoding, character: int) -> None:
    check(
        "é\U0001f600b",
        edit((0, character), (0, character), "!"),
        after="é\U0001f600!b",
        encoding=encoding,
    )


def test_place_inside_a_character_is_its_start_in_utf_8() -> None:
    check("é\U0001f600b", edit((0, 4), (0, 7), ""), after="é", encoding="utf-8")


def test_cr_and_lf_that_meet_are_one_line_end() -> None:
    store = opened("a\rbc\nd")
    change(store, 2, edit((1, 0), (1, 2), ""))

    assert store.snapshot(URI).lines == ("a\r\n", "d")


def test_lf_typed_after_a_cr_joins_it() -> None:
    store = opened("a\rb")
    change(store, 2, edit((1, 0), (1, 0), "\n"))

    assert store.snapshot(URI).lines == ("a\r\n", "b")


def test_text_typed_between_cr_and_lf_parts_them() -> None:
    store = opened("a\r\nb")
    change(store, 2, edit((0, 1), (1, 0), "\rx\n"))

    assert store.snapshot(URI).lines == ("a\r", "x\n", "b")


def test_an_edit_leaves_all_other_lines_alone() -> None:
    store = opened("".join(f"line {number}\n" for number in range(1_000)))
    before = store.snapshot(URI).lines
    change(store, 2, edit((500, 0), (501, 4), "new\nLINE"))
    after = store.snapshot(URI).lines

    assert after[500:502] == ("new\n", "LINE 501\n")
    assert all(old is new for old, new in zip(before[:500], after[:500], strict=True))
    assert all(old is new for old, new in zip(before[502:], after[502:], strict=True))


def test_snapshot_is_kept_until_the_document_changes() -> None:
    store = opened("a")
    first = store.snapshot(URI)
    again = store.snapshot(URI)
    change(store, 2, edit((0, 1), (0, 1), "b"))

    assert again is first
    assert (first.text, first.version) == ("a", 1)
    assert (store.snapshot(URI).text, store.snapshot(URI).version) == ("ab", 2)


def test_snapshot_is_fresh_also_under_the_same_version() -> None:
    store = opened("a")
    first = store.snapshot(URI)
    change(store, 1, rewrite("b"))

    assert first.text == "a"
    assert store.snapshot(URI).text == "b"


def test_snapshot_names_what_the_client_opened() -> None:
    document = opened("a").snapshot(URI)

    assert (document.uri, document.language_id, document.version) == (URI, "python", 1)


def test_snapshot_of_a_closed_document_is_not_found() -> None:
    store = opened("a")
    store.remove_text_document(URI)

    with pytest.raises(errors.NotFound, match="is not open"):
        store.snapshot(URI)


def test_reads_no_file(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("on disk")

    assert LspWorkspace(None).get_text_document(file.as_uri()).source == ""


def test_pygls_users_see_the_same_text() -> None:
    document = opened("a\fb\r\nc").get_text_document(URI)

    assert document.source == "a\fb\r\nc"
    assert tuple(document.lines) == ("a\fb\r\n", "c")
    assert (document.uri, document.version, document.language_id) == (URI, 1, "python")


@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "vscode-notebook-cell:/project/a.ipynb#W0sZmlsZQ%3D%3D",
        'git:/project/a.py?{"ref":"HEAD"}',
        "a b",
        "",
        "http://[",
        "file://server/share/a.py",
    ],
)
def test_any_uri_can_be_opened_and_changed(uri: str) -> None:
    store = opened("a", uri=uri)
    change(store, 2, edit((0, 1), (0, 1), "b"), uri=uri)

    assert store.snapshot(uri).text == "ab"
    assert store.open_uris == (uri,)


def test_a_text_that_is_not_open_is_as_it_came_last() -> None:
    store = LspWorkspace(None)
    store.put_unopened("file:///a.py", "python", "a = 1")
    store.put_unopened("file:///a.py", "python", "a = 2")
    given = store.snapshot("file:///a.py")
    store.put_text_document(types.TextDocumentItem("file:///a.py", "python", 7, "a = 3"))
    store.put_unopened("file:///a.py", "python", "a = 2")
    opened = store.snapshot("file:///a.py")

    assert (given.text, given.version) == ("a = 2", None)
    assert (opened.text, opened.version) == ("a = 3", 7)


def test_percent_encoding_does_not_make_another_document() -> None:
    assert opened("a", uri="file:///c%3A/a.py").snapshot("file:///c:/a.py").text == "a"


def test_root_that_is_no_uri_is_no_failure() -> None:
    assert LspWorkspace("http://[").root_uri is None


def test_change_of_a_closed_document_is_logged_and_dropped(caplog: pytest.LogCaptureFixture) -> None:
    store = LspWorkspace(None)
    change(store, 2, edit((0, 0), (0, 0), "secret"))

    assert store.open_uris == ()
    assert f"ignored a change of {URI}, which is not open" in caplog.text
    assert "secret" not in caplog.text


def test_older_version_is_logged_and_its_text_taken(caplog: pytest.LogCaptureFixture) -> None:
    store = opened("a")
    change(store, 5, edit((0, 1), (0, 1), "b"))
    change(store, 3, edit((0, 2), (0, 2), "c"))

    assert store.snapshot(URI).text == "abc"
    assert store.snapshot(URI).version == 3
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_last_touched_document_comes_first() -> None:
    store = LspWorkspace(None)
    for uri in ("file:///a", "file:///b", "file:///c"):
        store.put_text_document(types.TextDocumentItem(uri, "", 1, ""))
    change(store, 2, rewrite("x"), uri="file:///b")
    store.touch("file:///a")
    store.touch("file:///unknown")

    assert store.open_uris == ("file:///a", "file:///b", "file:///c")


NOTEBOOK = "file:///project/a.ipynb"
CELL = "vscode-notebook-cell:/project/a.ipynb#1"


def notebook_change(cells: types.NotebookDocumentCellChanges) -> types.DidChangeNotebookDocumentParams:
    return types.DidChangeNotebookDocumentParams(
        types.VersionedNotebookDocumentIdentifier(2, NOTEBOOK),
        types.NotebookDocumentChangeEvent(cells=cells),
    )


def cell_text_change(uri: str) -> types.DidChangeNotebookDocumentParams:
    identifier = types.VersionedTextDocumentIdentifier(2, uri)
    content = types.NotebookDocumentCellContentChanges(identifier, [edit((0, 1), (0, 1), "b")])
    return notebook_change(types.NotebookDocumentCellChanges(text_content=[content]))


def opened_notebook() -> LspWorkspace:
    store = LspWorkspace(None)
    cells = [types.NotebookCell(types.NotebookCellKind.Code, CELL)]
    store.put_notebook_document(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(NOTEBOOK, "jupyter-notebook", 1, cells),
            [types.TextDocumentItem(CELL, "python", 1, "a")],
        )
    )
    return store


def test_cells_of_a_notebook_are_documents() -> None:
    store = opened_notebook()
    store.update_notebook_document(cell_text_change(CELL))

    assert store.snapshot(CELL).text == "ab"


def test_change_of_an_unknown_cell_or_notebook_is_dropped() -> None:
    store = opened_notebook()
    store.update_notebook_document(cell_text_change("vscode-notebook-cell:/nowhere#1"))
    LspWorkspace(None).update_notebook_document(cell_text_change(CELL))

    assert store.snapshot(CELL).text == "a"


async def waited(store: LspWorkspace, after_version: int | None, timeout_s: float = 3600) -> asyncio.Task[bool]:
    """A task that already waits."""
    waiting = asyncio.Event()

    async def wait() -> bool:
        waiting.set()
        return await store.wait_for_change(URI, after_version, timeout_s)

    task = asyncio.create_task(wait())
    await waiting.wait()
    return task


async def test_waits_until_the_change_has_come() -> None:
    store = opened("a")
    task = await waited(store, 1)
    change(store, 2, edit((0, 1), (0, 1), "b"), edit((0, 2), (0, 2), "c"))

    assert await asyncio.wait_for(task, 10) is True
    assert store.snapshot(URI).text == "abc"


async def test_change_that_came_before_the_wait_counts() -> None:
    store = opened("a")
    change(store, 2, rewrite("b"))

    assert await store.wait_for_change(URI, 1, 0) is True


async def test_change_under_the_same_version_counts() -> None:
    store = opened("a")
    task = await waited(store, 1)
    change(store, 1, rewrite("b"))

    assert await asyncio.wait_for(task, 10) is True


async def test_opening_is_the_change_of_a_closed_document() -> None:
    store = LspWorkspace(None)
    task = await waited(store, None)
    store.put_text_document(types.TextDocumentItem(URI, "", 1, "a"))

    assert await asyncio.wait_for(task, 10) is True


async def test_no_change_in_time_is_said() -> None:
    store = opened("a")

    assert await store.wait_for_change(URI, 1, 0.01) is False


async def test_closing_ends_the_wait() -> None:
    store = opened("a")
    task = await waited(store, 1)
    store.remove_text_document(URI)

    assert await asyncio.wait_for(task, 10) is False


async def test_all_who_wait_are_told_and_one_may_give_up() -> None:
    store = opened("a")
    tasks = [await waited(store, 1) for _ in range(3)]
    tasks[0].cancel()
    change(store, 2, rewrite("b"))

    assert await asyncio.wait_for(asyncio.gather(*tasks[1:]), 10) == [True, True]
    assert await store.wait_for_change(URI, 2, 0) is False
