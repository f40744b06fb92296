"""A model's change set lands whole or not at all: with one edit of the client's, or what it cannot by the server."""

from pathlib import Path
from typing import Any

import pytest

from llm_ls.protocol import edits, proposing, workspaces
from llm_ls.tools.proposing import propose_edit
from tests.rigs.editor import ABLE, NEVER, Editor, Json, Refused, able, editor

FILES = ["create", "rename", "delete"]
DOES_FILES = able(workspaceEdit={"documentChanges": True, "resourceOperations": FILES})
OURS = {**DOES_FILES, "experimental": {"llm-ls": {"proposals": True}}}
A = "a = 1\n\n\n\n\n\n\n\nb = 1\n"
A_AFTER = "a = 2\n\n\n\n\n\n\n\nb = 2\n"

EDIT_A: Json = {
    "action": "edit",
    "path": "a.py",
    "edits": [{"oldText": "a = 1", "newText": "a = 2"}, {"oldText": "b = 1", "newText": "b = 2"}],
}
EDIT_B: Json = {"action": "edit", "path": "b.py", "edits": [{"oldText": "c = 1", "newText": "c = 2"}]}
CREATE: Json = {"action": "create", "path": "new/n.py", "text": "n = 1\n"}
RENAME: Json = {"action": "rename", "path": "r.py", "newPath": "s.py"}
EDIT_R: Json = {"action": "edit", "path": "s.py", "edits": [{"oldText": "r = 1", "newText": "s = 1"}]}
DELETE: Json = {"action": "delete", "path": "d.py"}
ALL = (EDIT_A, EDIT_B, CREATE, RENAME, EDIT_R, DELETE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (("a.py", A), ("b.py", "c = 1\n"), ("r.py", "r = 1\n"), ("d.py", "d = 1\n")):
        (tmp_path / name).write_text(text)
    return tmp_path


async def propose(one: Editor, *changes: Json, title: str = "Count from two") -> str:
    """What the tool `propose_edit` tells the model."""
    tool = propose_edit(workspaces.of(one.server), proposing.proposer(one.server, "test/m"))
    return await tool.run({"title": title, "changes": list(changes)})


def opened(one: Editor, project: Path, name: str) -> str:
    """The uri of a file, now open."""
    uri = (project / name).as_uri()
    one.open((project / name).read_text(), uri)
    return uri


def state(one: Editor, project: Path) -> dict[str, str]:
    """What the files hold, as the editor has them if it does."""
    on_disk = {path.relative_to(project).as_posix(): path.read_text() for path in project.rglob("*") if path.is_file()}
    held = {uri.removeprefix(f"{project.as_uri()}/"): text.text for uri, text in one.texts.items()}
    return on_disk | held


async def listed(one: Editor) -> list[Json]:
    return await one.request("llm-ls/listProposals", {})


async def accept(one: Editor, argument: Any = None) -> str:
    """Run `llm-ls.accept`; the last message."""
    await one.command("llm-ls.accept", argument)
    await one.idle()
    return one.messages()[-1]


ALL_MADE = {"a.py": A_AFTER, "b.py": "c = 2\n", "new/n.py": "n = 1\n", "s.py": "s = 1\n"}


async def test_all_of_it_is_one_edit(project: Path) -> None:
    async with editor(DOES_FILES, folder=project) as one:
        uri = opened(one, project, "a.py")
        told = await propose(one, *ALL)
        untouched, ready = state(one, project), one.messages()[-1]
        said = await accept(one)
        (edit,) = one.edits()
        left, now = await listed(one), state(one, project)

    assert told.startswith(
        "Proposed: +2 −2 in a.py, +1 −1 in b.py, create new/n.py (+1 −0), rename r.py to s.py (+1 −1)"
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
    assert said == "Applied: 5 files. Not saved yet: b.py, new/n.py, s.py."


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
    annotating = {"documentChanges": True, "changeAnnotationSupport": {}, "resourceOperations": FILES}
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


@pytest.mark.parametrize(
    ("meddle", "why"),
    [
        (lambda top: (top / "b.py").write_text("c = 7\n"), "b.py was changed meanwhile"),
        (lambda top: (top / "b.py").unlink(), "b.py is gone"),
        (lambda top: (top / "d.py").write_text("d = 1\nprecious = 1\n"), "d.py was changed meanwhile"),
        (lambda top: (top / "s.py").write_text(""), "s.py exists by now"),
        (lambda top: (top / "r.py").unlink(), "r.py is gone"),
        (lambda top: ((top / "new").mkdir(), (top / "new/n.py").write_text("mine\n")), "new/n.py exists by now"),
    ],
)
async def test_nothing_is_applied_if_anything_no_longer_fits(project: Path, meddle: Any, why: str) -> None:
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
    assert then == "Applied: 2 files. Not saved yet: b.py."
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
        ("r.py", {"kind": "rename", "newUri": (project / "s.py").as_uri()}, 1),
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
        "rename to s.py",
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


async def test_what_the_client_cannot_the_server_does_if_the_user_says_so(project: Path) -> None:
    questions: list[str] = []

    def yes(params: Json) -> Json:
        questions.append(params["message"])
        return params["actions"][0]

    async with editor(ABLE, folder=project) as one:
        opened(one, project, "a.py")
        one.answers["window/showMessageRequest"] = yes
        await propose(one, *ALL)
        said = await accept(one)
        (edit,) = one.edits()
        left, now = await listed(one), state(one, project)

    assert questions == [
        "This editor does not create, rename or delete files for a language server. Shall llm-ls itself "
        "create new/n.py (+1 −0), rename r.py to s.py (+1 −1), delete d.py?"
    ]
    assert len(edit["edit"]["documentChanges"]) == 2
    assert (now, left) == (ALL_MADE, [])
    assert said == "Applied: 5 files. Not saved yet: b.py."


@pytest.mark.parametrize("can_ask", [True, False])
async def test_without_the_users_word_the_server_touches_no_file(project: Path, can_ask: bool) -> None:
    window = {"showMessage": {}} if can_ask else {}
    async with editor({**ABLE, "window": window}, folder=project) as one:
        one.answers["window/showMessageRequest"] = lambda _: None
        await propose(one, *ALL)
        before = state(one, project)
        await accept(one)
        messages, after, left = one.messages(), state(one, project), await listed(one)

    assert after == before
    assert (one.edits(), len(left)) == ([], 5)
    assert messages[-1] == "The edit of 5 files (+5 −5) is not made yet. It waits in the code actions."
    assert ("git apply" in messages[-2]) is not can_ask


async def test_what_changed_while_the_user_thought_about_it_is_seen(project: Path) -> None:
    async with editor(ABLE, folder=project) as one:

        def late(params: Json) -> Json:
            (project / "d.py").write_text("precious\n")
            return params["actions"][0]

        one.answers["window/showMessageRequest"] = late
        await propose(one, EDIT_A, DELETE)
        said = await accept(one)

    assert said == "Nothing is applied: d.py was changed meanwhile."
    assert (project / "d.py").read_text() == "precious\n"


async def test_the_server_renames_and_deletes_nothing_that_is_open(project: Path) -> None:
    async with editor(ABLE, folder=project) as one:
        opened(one, project, "r.py")
        await propose(one, RENAME, EDIT_R, DELETE)
        said = await accept(one)

    assert said == "Nothing is applied: r.py is open, and only its editor may rename it: close it first."
    assert (project / "d.py").exists()


async def test_no_folder_that_became_a_link_leads_out(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    async with editor(ABLE, folder=project) as one:
        one.answers["window/showMessageRequest"] = lambda params: params["actions"][0]
        await propose(one, CREATE)
        (project / "new").symlink_to(outside)
        await accept(one)
        messages = one.messages()

    assert "n.py does not lie in the workspace any more" in messages[-2]
    assert list(outside.iterdir()) == []


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
