"""What Copilot's clients say of themselves and of suggestions, and how they are told how things stand."""

from typing import Any

import pytest

from llm_ls.protocol import copilot, initialize
from tests.handlers.test_copilot_sign_in import KEY, OF_COPILOT
from tests.handlers.test_inline_completion import AT_ONCE, counts, items
from tests.rigs.editor import ABLE, URI, Editor, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

STATUSES = ("didChangeStatus", "statusNotification")
REQUESTS = (
    "setEditorInfo",
    "getVersion",
    "checkFileStatus",
    "checkStatus",
    "signIn",
    "signInInitiate",
    "signInConfirm",
    "signOut",
)
COMMANDS = (
    "github.copilot.finishDeviceFlow",
    "github.copilot.didAcceptCompletionItem",
    "github.copilot.didAcceptPanelCompletionItem",
)
NOTIFICATIONS = (
    "textDocument/didShowCompletion",
    "textDocument/didPartiallyAcceptCompletion",
    "textDocument/didFocus",
    "workspace/didChangeConfiguration",
    "notifyChangeConfiguration",
    "$/setTrace",
    "github/didChangeAuth",
)
JUNK: tuple[Any, ...] = (None, [], {}, 7, "x", {"item": 1}, {"item": {"command": {"arguments": [1]}}}, {"uri": 3})


def _statuses(one: Editor) -> list[str]:
    return [method for method, _ in one.said if method in STATUSES]


async def test_clients_of_copilot_are_told_the_status_in_both_ways() -> None:
    async with editor(settings=OF_COPILOT, environ=KEY) as one:
        await one.request("getVersion", {})

    told = {"busy": False, "kind": "Normal", "message": "openai/gpt-test"}
    assert one.said[0] == ("didChangeStatus", told)
    assert one.said[1] == ("statusNotification", {**told, "status": "Normal"})


async def test_nobody_else_is() -> None:
    async with editor(environ=KEY) as one:
        await one.request("getVersion", {})

    assert _statuses(one) == []


@pytest.mark.parametrize("method", ["setEditorInfo", "checkStatus"])
async def test_who_asks_in_this_dialect_is_one_of_them(method: str) -> None:
    async with editor(environ=KEY) as one:
        await one.request(method, OF_COPILOT)
        one.notify("workspace/didChangeConfiguration", {"settings": {}})
        await one.until(lambda: len(set(_statuses(one))) == 2)


async def test_what_went_wrong_is_told_and_nobody_is_led_to_sign_in(vendor: LoopbackVendor) -> None:
    """copilot-lsp 1b6d8273 begins to sign in to GitHub when it reads that one is `not signed into` something."""
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided"}})
    async with editor(ABLE, OF_COPILOT, environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1»\n", instruction="simplify")
        told = [params for method, params in one.said if method == "statusNotification"]

    assert any(params["status"] == "InProgress" and params["busy"] for params in told)
    assert told[-1]["kind"] == told[-1]["status"] == "Error"
    assert "Incorrect API key" in told[-1]["message"]
    assert "not signed into" not in one.traffic()


async def test_without_a_model_it_is_inactive() -> None:
    async with editor(settings=OF_COPILOT) as one:
        pass

    assert one.said[0] == ("didChangeStatus", {"busy": False, "kind": "Inactive", "message": "no model is configured"})


async def test_the_version_is_ours() -> None:
    async with editor() as one:
        version = await one.request("getVersion", {})

    assert version["version"] == one.greeting["serverInfo"]["version"]
    assert one.greeting["serverInfo"]["name"] == "llm-ls"


def test_its_commands_are_listed_for_its_clients_alone() -> None:
    theirs = initialize.result({"initializationOptions": OF_COPILOT})
    others = initialize.result({"initializationOptions": {"model": "openai/gpt-test"}})

    assert set(COMMANDS) <= set(theirs["capabilities"]["executeCommandProvider"]["commands"])
    assert not set(COMMANDS) & set(others["capabilities"]["executeCommandProvider"]["commands"])


@pytest.mark.parametrize(
    ("text", "length", "characters"),
    [
        ("abc", 2, 2),
        ("a😀b", 3, 2),
        ("a😀b", 2, 1),
        ("日本", 1, 1),
        ("abc", 9, 3),
        ("abc", -1, 0),
        ("abc", None, 0),
        (None, 4, 4),
    ],
)
def test_a_part_is_counted_in_characters(text: Any, length: Any, characters: int) -> None:
    assert copilot.accepted_characters({"item": {"insertText": text}, "acceptedLength": length}) == characters


async def test_the_document_that_the_user_looks_at_is_remembered() -> None:
    other = "file:///project/other.py"
    async with editor() as one:
        one.open("a = 1\n")
        one.open("b = 1\n", other)
        one.notify("textDocument/didFocus", {"textDocument": {"uri": URI}})
        await one.request("getVersion", {})

        assert next(iter(one.server.documents.open_uris)) == URI


@pytest.mark.parametrize("params", JUNK)
async def test_whatever_is_sent_a_request_has_one_answer_and_a_notification_none(params: Any) -> None:
    """`Editor.send` fails if a request is answered twice."""
    async with editor(environ=KEY) as one:
        for method in NOTIFICATIONS:
            one.notify(method, params)
        for command in COMMANDS:
            one.start("workspace/executeCommand", {"command": command, "arguments": [params]})
        answers = [await one.request(method, params) for method in REQUESTS]

    assert answers[0] == "OK"
    assert None not in answers


@pytest.mark.parametrize(("name", "status"), [("sum.py", "included"), (".env", "not included")])
async def test_a_file_of_which_nothing_is_sent_is_not_included(name: str, status: str) -> None:
    async with editor() as one:
        assert await one.request("checkFileStatus", {"uri": f"file:///project/{name}"}) == {"status": status}


async def test_accepting_what_nobody_offered_is_no_error() -> None:
    async with editor() as one:
        assert await one.command("github.copilot.didAcceptCompletionItem", "0b6f8f4e-gone") is True


@pytest.mark.parametrize(
    "settings",
    [
        {"http": {"proxy": None, "proxyStrictSSL": None}, "github-enterprise": {"uri": None}},
        {"github": {"copilot": {"enable": {"*": True}}}, "telemetry": {"telemetryLevel": "all"}, "mcp": "{}"},
        {"enableAutoCompletions": True, "disabledLanguages": [{"languageId": "."}]},
        None,
    ],
)
async def test_settings_of_copilot_are_passed_over_without_a_word(settings: Any) -> None:
    options = {**OF_COPILOT, "editorConfig": {"enableAutoCompletions": True}, "name": "emacs", "version": "0.1.0"}
    async with editor(settings=options, environ=KEY) as one:
        one.notify("workspace/didChangeConfiguration", {"settings": settings})
        await one.configured()
        await one.request("getVersion", {})

    assert one.messages() == []


async def test_what_becomes_of_a_suggestion_is_counted(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("'😀' + b"))
    async with editor(environ=environment(vendor), settings={**OF_COPILOT, **AT_ONCE}) as one:
        (item,) = await items(one, "a = │\n")
        one.notify("textDocument/didShowCompletion", {"item": item})
        shown = await counts(one)
        one.notify("textDocument/didPartiallyAcceptCompletion", {"item": item, "acceptedLength": 4})
        in_part = await counts(one)
        await one.command("github.copilot.didAcceptCompletionItem", item["command"]["arguments"][0])
        whole_of_it = await counts(one)

    assert (shown["shown"], shown["acceptedCharacters"]) == (1, 0)
    assert (in_part["acceptedInPart"], in_part["acceptedCharacters"]) == (1, 3)
    assert (whole_of_it["accepted"], whole_of_it["acceptedCharacters"]) == (1, 7)
