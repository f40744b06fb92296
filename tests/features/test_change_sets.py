"""Change sets as values: what belongs together, what is offered of it, what still fits, and how it reads."""

import subprocess
from pathlib import Path

import attrs
import pytest
from inline_snapshot import snapshot

from llm_ls.documents import Document, Position, split_lines
from llm_ls.features import change_set_offers, change_sets, hunks
from llm_ls.features.change_sets import Found
from llm_ls.features.code_actions import OfferContext, offered
from llm_ls.features.proposals import Proposal, Proposals
from llm_ls.tools.file_changes import FileChange
from tests.rigs.marked import document, marked

TOP = Path("/project")
IN_PART = " in 1 of the 2 places that the edit is about"
A = "a = 1\nb = 1\n\n\n\n\n\n\nc = 1\n"
A_AFTER = A.replace("a = 1", "a = 2").replace("c = 1", "c = 2")


def change(kind: str, name: str, before: str = "", after: str = "", new_name: str = "") -> FileChange:
    new_path = TOP / new_name if new_name else None
    return FileChange(kind, name, TOP / name, before, after, new_name, new_path)  # pyright: ignore[reportArgumentType]


EDIT = change("edit", "a.py", A, A_AFTER)
CREATE = change("create", "src/new.py", after="x = 1\ny = 2\n")
RENAME = change("rename", "b.py", "b\n", "B\n", "c.py")
MOVE = change("rename", "d.png", new_name="e.png")
DELETE = change("delete", "old.py", "gone\n")


def proposed(*changes: FileChange, id: str = "s1") -> tuple[Proposal, ...]:
    def document_of(one: FileChange) -> Document:
        return Document(one.path.as_uri(), "", None, tuple(split_lines(one.before)))

    return change_sets.proposed(
        id, "Rename it", "test/m", changes, document_of, lambda one: one.new_path.as_uri() if one.new_path else ""
    )


def pending(*changes: FileChange) -> Proposals:
    waiting = Proposals()
    waiting.add(*proposed(*changes))
    return waiting


def now(text: str | None, *, new_exists: bool = False) -> Found:
    return Found(None if text is None else document(text), text is not None, new_exists)


def test_the_parts_of_a_set_are_kept_found_and_dropped_together() -> None:
    waiting = Proposals(limit=2)
    waiting.add(*proposed(EDIT, CREATE, RENAME, id="s1"))
    waiting.add(*proposed(EDIT, DELETE, id="s2"))

    assert [(one.id, len(one.parts)) for one in change_sets.every(waiting)] == [("s2", 2), ("s1", 3)]
    assert [one.id for one in waiting.of("file:///project/a.py")] == ["s2.1", "s1.1"]

    waiting.add(*proposed(CREATE, id="s3"))

    assert [one.id for one in change_sets.every(waiting)] == ["s3", "s2"]
    assert waiting.of_change_set("s1") == ()


def test_the_newest_set_is_kept_however_many_files_it_is_about() -> None:
    waiting = Proposals(most=4)
    waiting.add(*proposed(EDIT, CREATE, id="s1"))
    waiting.add(*proposed(EDIT, DELETE, id="s2"))
    both = change_sets.every(waiting)
    waiting.add(*proposed(EDIT, CREATE, RENAME, MOVE, DELETE, id="s3"))

    assert [one.id for one in both] == ["s2", "s1"]
    assert [(one.id, len(one.parts)) for one in change_sets.every(waiting)] == [("s3", 5)]


def test_a_file_is_known_by_however_its_uri_is_written() -> None:
    waiting = pending(change("edit", "a b.py", A, A_AFTER))

    assert [one.id for one in waiting.of("file:///project/a b.py")] == ["s1.1"]


def test_reads_in_a_few_words() -> None:
    parts = proposed(EDIT, CREATE, RENAME, MOVE, DELETE)
    whole = change_sets.ChangeSet("s1", "", "", parts)

    assert (whole.size, whole.summary) == ("5 files", "+5 −4")
    assert ", ".join(map(change_sets.told, parts)) == (
        "+2 −2 in a.py, create src/new.py (+2 −0), rename b.py to c.py (+1 −1), rename d.png to e.png, delete old.py"
    )


def test_a_set_of_which_all_is_settled_is_no_more() -> None:
    waiting = pending(EDIT, DELETE)
    waiting.reject("s1.1")
    left = change_sets.pending(waiting, "s1")
    waiting.reject("s1.2", ("1",))

    assert left is not None
    assert (left.size, left.title, left.model) == ("old.py", "Rename it", "test/m")
    assert change_sets.pending(waiting, "s1") is None


@pytest.mark.parametrize(
    ("part", "found", "why"),
    [
        (EDIT, now(A), ""),
        (EDIT, now("import x\n" + A), ""),
        (
            EDIT,
            now(A.replace("a = 1", "a = 9")),
            "a.py was changed meanwhile in 1 of the 2 places that the edit is about",
        ),
        (EDIT, now(None), "a.py is gone"),
        (EDIT, Found(None, True), "a.py can no longer be read as text"),
        (CREATE, now(None), ""),
        (CREATE, now(""), "src/new.py exists by now"),
        (RENAME, now("b\n"), ""),
        (RENAME, now("b\n", new_exists=True), "c.py exists by now"),
        (RENAME, now("z\n"), "b.py was changed meanwhile"),
        (RENAME, now(None), "b.py is gone"),
        (MOVE, Found(None, True), ""),
        (MOVE, now(None), "d.png is gone"),
        (DELETE, now("gone\n"), ""),
        (DELETE, now("gone\nno, more\n"), "old.py was changed meanwhile"),
        (DELETE, now(None), "old.py is gone"),
    ],
)
def test_says_what_no_longer_fits(part: FileChange, found: Found, why: str) -> None:
    (only,) = proposed(part)

    assert change_sets.misfit(only, found) == why


def test_text_that_has_landed_leaves_what_becomes_of_the_file() -> None:
    waiting = pending(RENAME, CREATE, DELETE)
    renamed, created, deleted = waiting.of_change_set("s1")
    for part, text in ((renamed, "B\n"), (created, "x = 1\ny = 2\n"), (deleted, "")):
        waiting.settle_landed(attrs.evolve(document(text), uri=part.uri))

    assert [change_sets.told(part) for part in waiting.of_change_set("s1")] == ["rename b.py to c.py", "delete old.py"]


def test_hunks_of_a_file_to_be_renamed_are_taken_without_its_new_name() -> None:
    waiting = pending(RENAME)
    (part,) = waiting.of_change_set("s1")
    acceptance = waiting.accept(part.id, part.base, ("1",))
    waiting.settle(acceptance)
    (left,) = waiting.of_change_set("s1")
    waiting.settle(waiting.accept(left.id, document("B\n")))

    assert hunks.apply(part.base, acceptance.hunks) == "B\n"
    assert change_sets.told(left) == "rename b.py to c.py"
    assert waiting.of_change_set("s1") == ()


def test_the_diff_reads_as_git_writes_it() -> None:
    assert "".join(part.diff for part in proposed(EDIT, CREATE, RENAME, MOVE, DELETE)) == snapshot("""\
--- a/a.py
+++ b/a.py
@@ -1,4 +1,4 @@
-a = 1
+a = 2
 b = 1
 \n\
 \n\
@@ -6,4 +6,4 @@
 \n\
 \n\
 \n\
-c = 1
+c = 2
diff --git a/src/new.py b/src/new.py
new file mode 100644
--- /dev/null
+++ b/src/new.py
@@ -0,0 +1,2 @@
+x = 1
+y = 2
diff --git a/b.py b/c.py
rename from b.py
rename to c.py
--- a/b.py
+++ b/c.py
@@ -1,1 +1,1 @@
-b
+B
diff --git a/d.png b/e.png
rename from d.png
rename to e.png
diff --git a/old.py b/old.py
deleted file mode 100644
--- a/old.py
+++ /dev/null
@@ -1,1 +0,0 @@
-gone
""")


def test_git_applies_the_diff(tmp_path: Path) -> None:
    for name, text in (("a.py", A), ("b.py", "b\n"), ("d.png", "\0"), ("old.py", "gone\n")):
        (tmp_path / name).write_text(text)
    diff = "".join(part.diff for part in proposed(EDIT, CREATE, RENAME, MOVE, DELETE, change("create", "empty")))
    subprocess.run(["git", "apply"], cwd=tmp_path, input=diff.encode(), check=True)

    assert {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.*")} == {
        "a.py": A_AFTER,
        "src/new.py": "x = 1\ny = 2\n",
        "c.py": "B\n",
        "e.png": "\0",
    }
    assert (tmp_path / "empty").read_bytes() == b""


def menu(waiting: Proposals, uri: str, text: str = A, **more: object) -> list[str]:
    """What is offered of pending edits in a document."""
    here, span = marked(text, uri=uri)
    context = attrs.evolve(OfferContext(here, span), **more)
    offers = offered(context, pending=waiting.of(uri), of_sets=tuple(change_set_offers.offered(context, waiting)))
    return [offer.title for offer in offers if not offer.title.startswith("AI: ")]


def test_the_menu_of_a_file_of_several() -> None:
    waiting = pending(EDIT, CREATE, DELETE)

    assert menu(waiting, "file:///project/a.py", "‸" + A) == [
        "✓ Apply AI edit to 3 files (+4 −3)",
        "✓ Apply this file (+2 −2)",
        "✓ Apply this hunk (+1 −1)",
        "≠ Show diff",
        "✗ Discard",
    ]
    assert menu(waiting, "file:///project/old.py", "gone\n") == [
        "✓ Apply AI edit to 3 files (+4 −3)",
        "✓ Apply this file: delete old.py",
        "≠ Show diff",
        "✗ Discard",
    ]


def test_the_newest_set_is_offered_everywhere() -> None:
    waiting = pending(EDIT, CREATE)
    waiting.add(*proposed(CREATE, id="s2"))

    assert menu(waiting, "file:///elsewhere/chat.md", "# Chat\n") == [
        "✓ Apply AI edit: create src/new.py (+2 −0)",
        "≠ Show diff",
        "✗ Discard",
    ]
    assert menu(waiting, "file:///elsewhere/chat.md", "# Chat\n", automatic=True) == []
    assert menu(waiting, "file:///project/a.py")[3] == "✓ Apply AI edit to 2 files (+4 −2)"


def test_the_last_file_of_a_set_is_offered_like_any_other() -> None:
    waiting = pending(EDIT)

    assert menu(waiting, "file:///project/a.py", "b\n" + A)[0] == "✓ Apply AI edit (+2 −2)"
    assert menu(waiting, "file:///project/a.py")[0] == "✓ Apply AI edit (+2 −2)"
    assert menu(waiting, "file:///project/z.py")[0] == "✓ Apply AI edit: +2 −2 in a.py"


def test_offers_lead_to_what_they_name() -> None:
    waiting = pending(RENAME, DELETE)
    here = attrs.evolve(document("b\n"), uri="file:///project/b.py")
    context = OfferContext(here, attrs.evolve(here.whole, end=Position(0, 0)))
    offers = change_set_offers.offered(context, waiting)

    assert [(offer.command, dict(offer.arguments)) for offer in offers] == [
        ("llm-ls.accept", {"id": "s1"}),
        ("llm-ls.accept", {"id": "s1.1"}),
        ("llm-ls.diff", {"id": "s1"}),
        ("llm-ls.reject", {"id": "s1"}),
    ]


def test_an_editor_that_makes_no_edits_is_offered_those_that_it_can_make_by_itself() -> None:
    waiting = pending(EDIT, CREATE)

    assert menu(waiting, "file:///project/a.py", edits_files=False) == [
        "✓ Apply this file (+2 −2)",
        "✓ Apply this hunk (+1 −1)",
        "≠ Show diff",
        "✗ Discard",
    ]


def test_the_cursor_decides_what_is_offered_unasked() -> None:
    waiting = pending(EDIT, CREATE)

    assert menu(waiting, "file:///project/a.py", "‸" + A, automatic=True)[0].startswith("✓ Apply AI edit to 2 files")
    assert menu(waiting, "file:///project/a.py", A.replace("b = 1", "‸b = 1"), automatic=True) == []
