"""What is made of the `initialize` params that clients really send, and of those that none should."""

from typing import Any, cast, get_args

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_ls.protocol import capabilities, initialize
from llm_ls.protocol.capabilities import ClientCapabilities, Folder, Landing
from llm_ls.settings import Review
from tests.protocol.clients import EGLOT, HELIX, NEOVIM, VSCODE

FILES = frozenset(("create", "rename", "delete"))
USUAL = ClientCapabilities(
    apply_edit=True,
    document_changes=True,
    code_action_literals=True,
    code_action_data=True,
    work_done_progress=True,
    show_document=True,
    show_message_request=True,
    configuration=True,
    workspace_folders=True,
)


def test_neovim() -> None:
    assert capabilities.resolve(NEOVIM) == attrs.evolve(
        USUAL,
        name="Neovim",
        version="0.12.4",
        position_encoding="utf-8",
        resource_operations=FILES,
        change_annotations=True,
        honors_change_annotations=True,
        code_action_disabled=True,
        inline_completion=True,
        process_id=5084,
    )


def test_helix() -> None:
    assert capabilities.resolve(HELIX) == attrs.evolve(
        USUAL,
        name="helix",
        version="25.07.1",
        position_encoding="utf-8",
        resource_operations=FILES,
        code_action_disabled=True,
        process_id=7552,
        root_uri="file:///project",
        folders=(Folder("file:///project", "project"),),
        initialization_options={"model": "ollama/qwen"},
    )


def test_eglot() -> None:
    assert capabilities.resolve(EGLOT) == attrs.evolve(
        USUAL,
        name="Eglot",
        version="1.17.30",
        position_encoding="utf-8",
        process_id=9587,
        root_uri="file:///project",
        folders=(Folder("file:///project", "/project/"),),
    )


def test_vscode() -> None:
    assert capabilities.resolve(VSCODE) == attrs.evolve(
        USUAL,
        name="Visual Studio Code",
        version="1.139.1",
        resource_operations=FILES,
        change_annotations=True,
        honors_change_annotations=True,
        code_action_disabled=True,
        code_action_tags=True,
        text_document_content=True,
        did_change_configuration_dynamic=True,
        inline_completion=True,
        process_id=4242,
        root_uri="file:///c%3A/code/my%20project",
        folders=(Folder("file:///c%3A/code/my%20project", "my project"),),
        locale="en",
        trace="verbose",
    )


def test_client_that_says_nothing_can_nothing() -> None:
    assert capabilities.resolve({}) == ClientCapabilities()


KATE: dict[str, Any] = {"capabilities": {"window": {"workDoneProgress": True}}}
SUBLIME = {**VSCODE, "clientInfo": {"name": "Sublime Text LSP"}}
OURS = {**HELIX, "capabilities": {**HELIX["capabilities"], "experimental": {"llm-ls": {"proposals": True}}}}

LADDER: list[tuple[str, dict[str, Any], Review, Landing]] = [
    ("neovim", NEOVIM, "auto", "confirm"),
    ("neovim", NEOVIM, "apply", "apply"),
    ("neovim", NEOVIM, "confirm", "confirm"),
    ("neovim", NEOVIM, "proposal", "proposal"),
    ("vscode", VSCODE, "auto", "confirm"),
    ("helix", HELIX, "auto", "apply"),
    ("helix", HELIX, "apply", "apply"),
    ("helix would apply unasked", HELIX, "confirm", "proposal"),
    ("helix", HELIX, "proposal", "proposal"),
    ("eglot", EGLOT, "auto", "apply"),
    ("kate cannot be sent edits", KATE, "auto", "proposal"),
    ("kate cannot be sent edits", KATE, "apply", "proposal"),
    ("kate cannot be sent edits", KATE, "confirm", "proposal"),
    ("sublime asks nothing", SUBLIME, "auto", "apply"),
    ("sublime asks nothing", SUBLIME, "confirm", "proposal"),
    ("ours", OURS, "auto", "client"),
    ("ours", OURS, "apply", "apply"),
    ("ours", OURS, "confirm", "client"),
    ("ours", OURS, "proposal", "client"),
]


@pytest.mark.parametrize(
    ("params", "setting", "landing"),
    [row[1:] for row in LADDER],
    ids=[f"{row[0]}-{row[2]}" for row in LADDER],
)
def test_edit_lands_as_the_user_wishes_and_the_client_can(
    params: dict[str, Any], setting: Review, landing: Landing
) -> None:
    assert capabilities.resolve(params).review(setting) == landing


def test_annotations_need_versioned_edits_and_edits_at_all() -> None:
    can = capabilities.resolve(VSCODE)

    assert attrs.evolve(can, document_changes=False).review("auto") == "apply"
    assert attrs.evolve(can, apply_edit=False).review("auto") == "proposal"


def capability(*path: str, value: Any) -> ClientCapabilities:
    for key in reversed(path):
        value = {key: value}
    return capabilities.resolve({"capabilities": value})


OFFERS: list[tuple[Any, str]] = [
    (["utf-16", "utf-32", "utf-8"], "utf-8"),
    (["utf-32", "utf-16"], "utf-32"),
    (["utf-16"], "utf-16"),
    ([], "utf-16"),
    (["utf-7", None, {}], "utf-16"),
    ("utf-8", "utf-8"),
    (None, "utf-16"),
]


@pytest.mark.parametrize(("offered", "chosen"), OFFERS)
def test_takes_utf_8_then_utf_32_then_utf_16(offered: Any, chosen: str) -> None:
    assert capability("general", "positionEncodings", value=offered).position_encoding == chosen


@pytest.mark.parametrize("said", [True, {}, {"dynamicRegistration": False}])
def test_true_and_an_object_both_say_yes(said: Any) -> None:
    assert capability("textDocument", "inlineCompletion", value=said).inline_completion
    assert capability("workspace", "applyEdit", value=said).apply_edit


@pytest.mark.parametrize("said", [False, None, "true", "yes", 1, [], [True]])
def test_anything_else_says_no(said: Any) -> None:
    assert not capability("textDocument", "inlineCompletion", value=said).inline_completion
    assert not capability("workspace", "applyEdit", value=said).apply_edit


@pytest.mark.parametrize(
    ("said", "shows"), [({"support": True}, True), ({"support": False}, False), ({}, False), (True, True)]
)
def test_show_document_is_said_by_its_member(said: Any, shows: bool) -> None:
    assert capability("window", "showDocument", value=said).show_document is shows


@pytest.mark.parametrize(
    ("declared", "own"),
    [
        ({"proposals": True, "status": True, "input": True}, (True, True, True)),
        ({"proposals": True, "status": False}, (True, False, False)),
        ({}, (False, True, False)),
        (True, (False, True, False)),
        (False, (False, False, False)),
        ("yes", (False, False, False)),
    ],
)
def test_own_messages_go_to_clients_that_declare_them(declared: Any, own: tuple[bool, bool, bool]) -> None:
    can = capability("experimental", "llm-ls", value=declared)

    assert (can.proposals, can.status, can.input) == own


@pytest.mark.parametrize("number", [0, -1, True, 3.5, "12", None])
def test_only_a_real_process_is_watched(number: Any) -> None:
    assert capabilities.resolve({"processId": number}).process_id is None


def test_folder_without_a_name_is_called_after_its_uri() -> None:
    sent = [{"uri": "file:///w/my%20app/"}, {"uri": "file:///"}, {"name": "nowhere"}, "text", None]

    assert capabilities.resolve({"workspaceFolders": sent}).folders == (
        ("file:///w/my%20app/", "my app"),
        ("file:///", "file:///"),
    )


def test_relative_root_path_is_no_root() -> None:
    assert capabilities.resolve({"rootPath": "project"}).root_uri is None


@pytest.mark.parametrize("name", ["Eglot", "emacs"])
def test_emacs_answers_questions_without_saying_that_it_does(name: str) -> None:
    assert capabilities.resolve({"clientInfo": {"name": name}}).show_message_request
    assert not capabilities.resolve({"clientInfo": {"name": "other"}}).show_message_request


def test_settings_of_the_user_are_in_no_repr() -> None:
    can = capabilities.resolve({"initializationOptions": {"token": "hunter2"}})

    assert can.initialization_options == {"token": "hunter2"}
    assert "hunter2" not in repr(can)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn, params: Any) -> Any:
    """`params` with some of it replaced by any JSON."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    if isinstance(params, dict):
        return {key: draw(damaged(value)) for key, value in cast("dict[str, Any]", params).items()}
    if isinstance(params, list):
        return [draw(damaged(value)) for value in cast("list[Any]", params)]
    return params


@settings(deadline=None, max_examples=300)
@given(st.sampled_from([NEOVIM, HELIX, EGLOT, VSCODE, OURS]).flatmap(damaged))
def test_no_shape_is_an_error(params: Any) -> None:
    can = capabilities.resolve(params)

    for field in attrs.fields(ClientCapabilities):
        value = getattr(can, field.name)
        if isinstance(field.default, bool):
            assert isinstance(value, bool)
    assert can.review("auto") in get_args(Landing)


@settings(deadline=None)
@given(st.sampled_from([NEOVIM, VSCODE]).flatmap(damaged))
def test_counts_columns_as_the_first_answer_promised(params: Any) -> None:
    assert capabilities.resolve(params).position_encoding == initialize.position_encoding(params)


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"rootUri": None}, True),
        ({"rootUri": None, "workspaceFolders": []}, True),
        ({"workspaceFolders": [{"uri": "file:///project", "name": "project"}]}, False),
        ({"rootUri": "file:///project"}, False),
    ],
)
def test_neovim_is_told_of_completion_only_where_it_has_no_project(params: dict[str, Any], *, told: bool) -> None:
    asked: dict[str, Any] = {
        "clientInfo": {"name": "Neovim"},
        "capabilities": {"textDocument": {"completion": {}}},
        **params,
    }

    assert ("completionProvider" in initialize.result(asked)["capabilities"]) is told
