"""What a client cannot do with files the server does, if the user says so, and never outside of the workspace."""

from pathlib import Path

import pytest

from tests.handlers.proposing import (
    ALL,
    ALL_MADE,
    CREATE,
    DELETE,
    DOES_FILES,
    EDIT_A,
    EDIT_R,
    RENAME,
    accept,
    listed,
    opened,
    project,
    propose,
    state,
)
from tests.rigs.editor import ABLE, Json, editor

__all__ = ["project"]


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

    (question,) = questions
    assert question == (
        "This editor does not create, rename or delete files for a language server. Shall llm-ls itself "
        "create new/n.py (+1 −0), rename r.py to moved/s.py (+1 −1), delete d.py?"
    )
    assert len(edit["edit"]["documentChanges"]) == 2
    assert (now, left) == (ALL_MADE, [])
    assert said == "Applied: 5 files. Not saved yet: a.py, b.py."


@pytest.mark.parametrize("can_ask", [True, False])
async def test_without_the_users_word_the_server_touches_no_file(project: Path, can_ask: bool) -> None:
    window: Json = {"showMessage": {}} if can_ask else {}
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


@pytest.mark.parametrize(("name", "text"), [("Neovim", "n = 1"), ("helix", "n = 1\n")])
async def test_neovim_ends_the_last_line_of_a_new_file_by_itself(project: Path, name: str, text: str) -> None:
    async with editor(DOES_FILES, folder=project, name=name) as one:
        await propose(one, CREATE)
        await accept(one)
        (edit,) = one.edits()

    assert edit["edit"]["documentChanges"][1]["edits"][0]["newText"] == text
