"""What the text store tells of the changes that come in."""

from hypothesis import given, settings
from lsprotocol import types

from llm_ls.protocol.text_sync import LspWorkspace
from tests.protocol.plain_text import Change, edit, notifications, rewrite, texts
from tests.protocol.test_text_sync import URI, change, opened


def recent(store: LspWorkspace) -> list[tuple[str, int, str, str]]:
    return [(edit.uri, edit.start, "".join(edit.before), "".join(edit.after)) for edit in store.recent_edits.recent()]


@settings(deadline=None, max_examples=300)
@given(text=texts("\ud83d", "\ude00"), sent=notifications(texts("\ud83d", "\ude00")))
def test_recent_edits_taken_back_give_what_was_opened(text: str, sent: list[list[Change]]) -> None:
    store = opened(text)
    for version, changes in enumerate(sent, 2):
        change(store, version, *changes)
    lines = list(store.snapshot(URI).lines)
    edits = store.recent_edits.recent(URI)
    for each in sorted(edits, key=lambda each: -each.start):
        assert tuple(lines[each.start : each.end]) == each.after
        lines[each.start : each.end] = each.before

    assert "".join(lines) == opened(text).snapshot(URI).text


def test_a_document_that_is_opened_again_has_changed_where_it_differs() -> None:
    store = opened("a\nb\nc\n")
    store.put_text_document(types.TextDocumentItem(URI, "python", 7, "a\nB\nc\n"))
    change(store, 8, edit((1, 1), (1, 1), "!"))

    assert recent(store) == [(URI, 1, "b\n", "B!\n")]


def test_what_changed_in_a_closed_document_is_forgotten() -> None:
    store = opened("a")
    change(store, 2, rewrite("b"))
    before = recent(store)
    store.remove_text_document(URI)

    assert before == [(URI, 0, "a", "b")]
    assert recent(store) == []
