"""A model's change set lands whole or not at all, with one edit of the client's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llm_ls.protocol import edits
from tests.handlers.proposing import (
    A_AFTER,
    ALL,
    ALL_MADE,
    CREATE,
    DELETE,
    DOES_FILES,
    EDIT_A,
    EDIT_B,
    FILES,
    OURS,
    A,
    accept,
    listed,
    opened,
    project,
    propose,
    state,
)
from tests.rigs import proposed_files
from tests.rigs.editor import NEVER, Json, Refused, able, editor
from tests.rigs.openai import environment
from tests.rigs.vendor import LoopbackVendor

__all__ = ["project"]


async def test_all_of_it_is_one_edit(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        uri = opened(one, project, "a.py")
        told = await propose(one, *ALL)
        untouched, ready = state(one, project), one.messages()[-1]
        said = await accept(one)
        (edit,) = one.edits()
        left, now = await listed(one), state(one, project)
        progress = one.progress()

    assert told.startswith(
        "Proposed: +2 −2 in a.py, +1 −1 in b.py, create new/n.py (+1 −0), rename r.py to moved/s.py (+1 −1)"
    )
    assert ready == ("AI edit of 5 files ready (+5 −5). Open the code actions to apply, see or discard it.")
    assert untouched == {"a.py": A, "b.py": "c = 1\n", "r.py": "r = 1\n", "d.py": "d = 1\n"}
    changes = edit["edit"]["documentChanges"]
    assert [change.get("kind", "edit") for change in changes] == [
        "edit",
        "edit",
        "edit",
        "rename",
        "create",
        "edit",
        "delete",
    ]
    assert changes[0]["textDocument"] == {"uri": uri, "version": 1}
    assert changes[1]["textDocument"] == {"uri": (project / "b.py").as_uri(), "version": None}
    assert "changeAnnotations" not in edit["edit"]
    assert (now, left) == (ALL_MADE, [])
    assert said == "Applied: 5 files. Not saved yet: a.py, b.py, new/n.py, moved/s.py."
    assert progress == []  # its end would take the place of what was said


@pytest.mark.parametrize("review", ["auto", "apply", "confirm", "proposal"])
async def test_nothing_lands_unasked_whatever_the_settings(project: Path, review: str) -> None:
    annotating = able(workspaceEdit={"documentChanges": True, "changeAnnotationSupport": {}})
    async with editor(annotating, settings={"codeActions": {"review": review}}, folder=project) as one:
        opened(one, project, "a.py")
        await propose(one, EDIT_A, EDIT_B)
        asked, waiting = one.asked, await listed(one)

    assert asked == []
    assert len(waiting) == 2


async def test_who_wants_to_confirm_is_asked_about_operations_too(project: Path) -> None:
    annotating: Json = {"documentChanges": True, "changeAnnotationSupport": {}, "resourceOperations": FILES}
    confirm = {"codeActions": {"review": "confirm"}}
    async with editor(able(workspaceEdit=annotating), settings=confirm, folder=project) as one:
        await propose(one, *ALL)
        await accept(one)
        edit = one.edits()[0]["edit"]

    assert edit["changeAnnotations"]["llm-ls"] == {
        "label": "Count from two",
        "needsConfirmation": True,
        "description": "+5 −5",
    }
    notes = [each.get("annotationId") for change in edit["documentChanges"] for each in change.get("edits", [change])]
    assert set(notes) == {"llm-ls"}


def write(name: str, text: str) -> Callable[[Path], object]:
    def meddle(top: Path) -> None:
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(text)

    return meddle


def remove(name: str) -> Callable[[Path], object]:
    return lambda top: (top / name).unlink()


@pytest.mark.parametrize(
    ("meddle", "why"),
    [
        (write("b.py", "c = 7\n"), "b.py was changed meanwhile"),
        (remove("b.py"), "b.py is gone"),
        (write("d.py", "d = 1\nprecious = 1\n"), "d.py was changed meanwhile"),
        (write("moved/s.py", ""), "moved/s.py exists by now"),
        (remove("r.py"), "r.py is gone"),
        (write("new/n.py", "mine\n"), "new/n.py exists by now"),
    ],
)
async def test_nothing_is_applied_if_anything_no_longer_fits(
    project: Path, meddle: Callable[[Path], object], why: str
) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        uri = opened(one, project, "a.py")
        await propose(one, *ALL)
        meddle(project)
        before = state(one, project)
        said = await accept(one)
        after, asked = state(one, project), one.edits()
        apart = await one.request("llm-ls/acceptProposal", {"id": (await listed(one))[-1]["id"]})

    assert said == f"Nothing is applied: {why}."
    assert (after, asked) == (before, [])
    assert apart["applied"] is True
    assert one.text(uri) == A_AFTER


async def test_what_the_user_types_meanwhile_counts(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        uri = opened(one, project, "a.py")
        await propose(one, EDIT_A, EDIT_B)
        one.type(A.replace("a = 1", "a = 9"), uri)
        said = await accept(one)
        one.type("import os\n" + A, uri)
        then = await accept(one)

    assert said == "Nothing is applied: a.py was changed meanwhile in 1 of the 2 places that the edit is about."
    assert then == "Applied: 2 files. Not saved yet: a.py, b.py."
    assert one.text(uri) == "import os\n" + A_AFTER


async def test_a_file_is_taken_alone_and_the_rest_stays(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        await propose(one, *ALL)
        parts = {one["uri"].rpartition("/")[2]: one["id"] for one in await listed(one)}
        await accept(one, {"id": parts["d.py"]})
        await one.request("llm-ls/rejectProposal", {"id": parts["b.py"]})
        deleted = not (project / "d.py").exists()
        left = await listed(one)
        await accept(one)
        now = state(one, project)

    assert deleted
    assert left[0]["changeSet"]["files"] == [(project / name).as_uri() for name in ("a.py", "new/n.py", "r.py")]
    assert now == {**ALL_MADE, "b.py": "c = 1\n"}


async def test_hunks_of_a_file_that_is_not_open_can_be_taken(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        await propose(one, EDIT_A, DELETE)
        part = (await listed(one))[-1]
        outcome = await one.request("llm-ls/acceptProposal", {"id": part["id"], "hunks": ["2"]})
        left, now = (await listed(one))[-1], state(one, project)
        with pytest.raises(Refused, match="Hunks are of one file"):
            await one.request("llm-ls/acceptProposal", {"id": part["changeSet"]["id"], "hunks": ["1"]})

    assert outcome == {"applied": True, "failedHunks": []}
    assert [hunk["id"] for hunk in left["hunks"]] == ["1"]
    assert now["a.py"] == A.replace("b = 1", "b = 2")


async def test_our_clients_are_told_of_each_file(project: Path) -> None:
    async with editor(OURS, folder=project) as one:
        uri = opened(one, project, "a.py")
        await propose(one, *ALL)
        told = [params for method, params in one.said if method == "llm-ls/proposal"]
        outcome = await one.request("llm-ls/acceptProposal", {"id": told[0]["changeSet"]["id"]})
        gone = [params for method, params in one.said if method == "llm-ls/proposal"][len(told) :]

    assert [(each["uri"].rpartition("/")[2], each.get("operation"), len(each["hunks"])) for each in told] == [
        ("a.py", None, 2),
        ("b.py", None, 1),
        ("n.py", {"kind": "create"}, 1),
        ("r.py", {"kind": "rename", "newUri": (project / "moved/s.py").as_uri()}, 1),
        ("d.py", {"kind": "delete"}, 1),
    ]
    assert told[0]["changeSet"] == {
        "id": told[1]["changeSet"]["id"],
        "title": "Count from two",
        "files": [(project / name).as_uri() for name in ("a.py", "b.py", "new/n.py", "r.py", "d.py")],
    }
    assert (told[0]["uri"], told[0]["version"], told[0]["model"]) == (uri, 1, "test/m")
    assert outcome == {"applied": True, "failedHunks": []}
    assert [(each["id"], each["hunks"], each.get("operation")) for each in gone] == [
        (each["id"], [], None) for each in told
    ]


async def test_a_set_can_be_seen_discarded_and_not_asked_again(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        one.answers["window/showDocument"] = lambda _: {"success": True}
        await propose(one, *ALL)
        await one.command("llm-ls.diff")
        await one.idle()
        shown = Path(one.opened()[0].removeprefix("file://")).read_text()
        with pytest.raises(Refused, match="proposed this edit in a chat"):
            await one.command("llm-ls.retry")
        await one.command("llm-ls.reject")
        left = await listed(one)

    assert [line for line in shown.splitlines() if line.startswith(("---", "rename to", "new file", "deleted"))] == [
        "--- a/a.py",
        "--- a/b.py",
        "new file mode 100644",
        "--- /dev/null",
        "rename to moved/s.py",
        "--- a/r.py",
        "deleted file mode 100644",
        "--- a/d.py",
    ]
    assert left == []


async def test_code_actions_offer_it_in_every_document(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        uri = opened(one, project, "a.py")
        chat = "file:///elsewhere/chat.md"
        one.open("# Chat\n", chat, "markdown")
        await propose(one, EDIT_A, CREATE)
        here, elsewhere = await one.actions(uri=uri), await one.actions(uri=chat)
        await one.command(elsewhere[0]["command"]["command"], elsewhere[0]["command"]["arguments"][0])
        await one.idle()
        text = one.text(uri)
        gone = await one.actions(uri=chat)

    assert [action["title"] for action in here[:2]] == [
        "✓ Apply AI edit to 2 files (+3 −2)",
        "✓ Apply this file (+2 −2)",
    ]
    assert "edit" in here[1]
    assert [action["title"] for action in elsewhere[:3]] == [
        "✓ Apply AI edit to 2 files (+3 −2)",
        "≠ Show diff",
        "✗ Discard",
    ]
    assert text == A_AFTER
    assert not gone[0]["title"].startswith("✓")


async def test_what_the_client_makes_only_in_part_is_said_loudly(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.2)
    async with editor(DOES_FILES, folder=project) as one:
        opened(one, project, "a.py")

        def first_only(params: Json) -> Json:
            one.apply({"edit": {"documentChanges": params["edit"]["documentChanges"][:1]}})
            return {"applied": False, "failedChange": 1}

        one.answers["workspace/applyEdit"] = first_only
        await propose(one, EDIT_A, EDIT_B, DELETE)
        said = await accept(one)
        kind = [params["type"] for method, params in one.said if method == "window/showMessage"][-1]
        left = await listed(one)

    assert said == (
        "The edit is made only in part! Done: +2 −2 in a.py. Not done: +1 −1 in b.py, delete d.py. "
        "Undo the one, or apply the other."
    )
    assert kind == 1
    assert [each["uri"].rpartition("/")[2] for each in left] == ["d.py", "b.py"]


@pytest.mark.parametrize("answer", [NEVER, {"applied": False}, {"applied": True}, None])
async def test_what_the_client_does_not_make_stays_pending(
    project: Path, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.2)
    monkeypatch.setattr("llm_ls.protocol.change_sets.APPLY_TIMEOUT_S", 0.2)
    async with editor(DOES_FILES, folder=project) as one:
        opened(one, project, "a.py")
        one.answers["workspace/applyEdit"] = lambda _: answer
        await propose(one, EDIT_A, DELETE)
        said = await accept(one)
        left = await listed(one)

    assert said == "The edit of 2 files (+2 −3) is not made yet. It waits in the code actions."
    assert len(left) == 2


async def test_what_a_client_cannot_have_made_is_not_believed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.2)
    async with editor(DOES_FILES, folder=project) as one:
        opened(one, project, "a.py")
        one.answers["workspace/applyEdit"] = lambda _: {"applied": True}
        await propose(one, EDIT_A, EDIT_B)
        said = await accept(one)

    assert said.startswith("The edit is made only in part! Done: +1 −1 in b.py. Not done: +2 −2 in a.py.")


async def test_a_client_that_keeps_an_unsaved_text_to_itself_is_believed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.2)
    async with editor(DOES_FILES, folder=project) as one:
        one.answers["workspace/applyEdit"] = lambda _: {"applied": True}
        await propose(one, EDIT_A, EDIT_B)
        said = await accept(one)
        left = await listed(one)

    assert said == "Applied: 2 files. Not saved yet: a.py, b.py."
    assert left == []


async def test_a_workspace_behind_a_link_keeps_the_uris_of_the_client(project: Path, tmp_path: Path) -> None:
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(project)
    async with editor(DOES_FILES, folder=link) as one:
        uri = opened(one, link, "a.py")
        await propose(one, EDIT_A, EDIT_B, CREATE)
        uris = [each["uri"] for each in await listed(one)]

    assert uris == [(link / "new/n.py").as_uri(), (link / "b.py").as_uri(), uri]


async def test_a_byte_order_mark_is_the_editors(project: Path) -> None:
    (project / "b.py").write_bytes(b"\xef\xbb\xbfc = 1\n")
    async with editor(DOES_FILES, folder=project) as one:
        await propose(one, EDIT_B)
        await one.command("llm-ls.accept")
        await one.idle()
        (edit,) = one.edits()

    assert edit["edit"]["documentChanges"][0]["edits"][0]["range"]["start"] == {"line": 0, "character": 4}


async def test_a_client_that_may_only_show_an_edit_is_not_believed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.2)
    async with editor(DOES_FILES, folder=project, name="Eglot") as one:
        one.answers["workspace/applyEdit"] = lambda _: {"applied": True}
        await propose(one, EDIT_A, EDIT_B)
        said = await accept(one)
        (project / "a.py").write_text(A_AFTER)
        one.answers["workspace/applyEdit"] = one.apply
        await accept(one)
        (*_, edit), left, now = one.edits(), await listed(one), state(one, project)

    assert said == (
        "The edit of 2 files (+3 −3) is not made yet. "
        "Accept what the editor shows of it and save that, then apply the rest."
    )
    assert [change["textDocument"]["uri"] for change in edit["edit"]["documentChanges"]] == [
        (project / "b.py").as_uri()
    ]
    assert (left, now["a.py"], now["b.py"]) == ([], A_AFTER, "c = 2\n")


async def test_a_model_proposes_in_a_chat_and_goes_on(tmp_path: Path, vendor: LoopbackVendor) -> None:
    proposed_files.write(tmp_path)
    proposed_files.propose(vendor)
    async with editor(DOES_FILES, environ=environment(vendor), folder=tmp_path) as one:
        result = await one.request("llm-ls/chat", {"message": "Count from two.", "serverTools": ["propose_edit"]})
        (told, *_), (part, *_) = one.messages(), await listed(one)
        await accept(one)
        now = state(one, tmp_path)

    assert vendor.requests[-1].json["messages"][-1]["content"] == proposed_files.TOLD
    assert (result["text"], result["stopReason"]) == ("Proposed.", "end_turn")
    assert told.startswith(proposed_files.READY)
    assert part["model"] == "openai/gpt-test"
    assert now == proposed_files.AFTER


async def test_what_is_made_meanwhile_needs_no_edit(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        await propose(one, EDIT_B, CREATE)
        (project / "b.py").write_text("c = 2\n")
        (project / "new").mkdir()
        (project / "new/n.py").write_text("n = 1\n")
        said = await accept(one)

    assert said == "There is nothing left to apply."
    assert one.edits() == []
