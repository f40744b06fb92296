"""In the terminal a model reads the project only with the leave of whoever sits there."""

import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from llm_ls.store.consents import Consents
from llm_ls.store.conversations import Conversations
from llm_ls.store.database import Database
from llm_ls.store.turns import Turn
from tests.cli.command import configure, run
from tests.cli.terminal import Terminal
from tests.rigs.openai import tool_call, tool_calls, whole
from tests.rigs.vendor import LoopbackVendor

QUESTION = "[o]nce, whenever in this [c]hat, [a]lways in this folder, or [n]o? "


@pytest.fixture
async def vendor() -> AsyncGenerator[LoopbackVendor]:
    """A vendor that the user's settings know as `mine`."""
    async with LoopbackVendor() as vendor:
        set_up(vendor)
        yield vendor


def set_up(vendor: LoopbackVendor, chat: str = "") -> None:
    provider = f'[providers.mine]\nkind = "openai"\nbaseUrl = "{vendor.url}/v1"\n'
    configure(f'model = "mine/small"\n{provider}[chat]\n{chat}\n')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / "app.py").write_text("x = 1\n")
    (folder / "b.py").write_text("y = 2\n")
    return folder


def terminal(project: Path, *arguments: str) -> Terminal:
    return Terminal(sys.executable, "-m", "llm_ls", "chat", *arguments, folder=project)


def results(vendor: LoopbackVendor) -> list[str]:
    """What the model was last told of its calls."""
    return [message["content"] for message in vendor.requests[-1].json["messages"] if message["role"] == "tool"]


def offered(vendor: LoopbackVendor, request: int = 0) -> set[str]:
    return {tool["function"]["name"] for tool in vendor.requests[request].json.get("tools", ())}


async def last_turn() -> Turn:
    database = Database()
    kept = Conversations(database)
    (summary,) = await kept.list(None)
    turn = (await kept.get(summary.id)).turns[-1]
    await database.aclose()
    return turn


async def test_a_file_is_read_once_somebody_has_said_so(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*tool_call("read_file", {"path": "app.py"}))
    vendor.says(*whole("It is 1."))
    async with terminal(project, "What is x?") as one:
        await one.shows(QUESTION)
        one.types("o\n")
        shown = await one.everything()
    turn = await last_turn()

    assert "x = 1" in results(vendor)[0]
    assert {"read_file", "search_text", "git_diff"} < offered(vendor)
    assert {"run_command", "propose_edit"} & offered(vendor) == set()
    assert "→ read_file app.py, " in shown
    assert "It is 1.\n" in shown
    assert [message.role for message in turn.messages] == ["assistant", "user", "assistant"]
    assert (turn.whole, turn.usage.input_tokens) == (True, 24)


async def test_what_is_refused_is_not_done_and_the_model_is_told(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*tool_call("read_file", {"path": "app.py"}))
    vendor.says(*whole("Then not."))
    async with terminal(project, "What is x?") as one:
        await one.shows("The model asks to: Read app.py")
        one.types("\n")
        shown = await one.everything()

    assert results(vendor) == ["The user does not allow this call."]
    assert "Then not.\n" in shown


async def test_yes_is_once_and_what_is_no_answer_is_asked_again(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*tool_call("read_file", {"path": "app.py"}))
    vendor.says(*whole("Done."))
    async with terminal(project, "What is x?") as one:
        await one.shows("[n]o? ")
        one.types("what?\n")
        await one.shows("what?\r\n[o]nce")
        one.types("y\n")
        await one.everything()

    assert "x = 1" in results(vendor)[0]


async def test_a_word_for_the_chat_holds_for_its_other_calls(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*tool_calls(("read_file", {"path": "app.py"}), ("read_file", {"path": "b.py"})))
    vendor.says(*tool_call("read_file", {"path": "b.py"}))
    vendor.says(*whole("Done."))
    async with terminal(project, "What are x and y?") as one:
        await one.shows(QUESTION)
        one.types("c\n")
        shown = await one.everything()

    assert QUESTION not in shown
    assert len(results(vendor)) == 3


async def test_a_result_that_comes_while_a_question_stands_there_waits(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*tool_calls(("read_file", {"path": "app.py"}), ("git_log", {})))
    vendor.says(*whole("Done."))
    async with terminal(project, "Look.") as one:
        await one.shows(f"The model asks to: Read app.py\r\n{QUESTION}")
        one.types("o\n")
        await one.shows(f"The model asks to: List the latest commits of the workspace\r\n{QUESTION}")
        one.types("n\n")
        shown = await one.everything()

    assert shown.splitlines()[0] == "n"
    assert shown.count("→ ") == 2


async def test_a_lasting_word_holds_here_and_is_taken_back(vendor: LoopbackVendor, project: Path) -> None:
    for _ in range(3):
        vendor.says(*tool_call("read_file", {"path": "app.py"}))
        vendor.says(*whole("Done."))
    async with terminal(project, "What is x?") as one:
        await one.shows(QUESTION)
        one.types("a\n")
        await one.everything()
    async with terminal(project, "What is x?") as one:
        unasked = await one.everything()
    database = Database()
    ((workspace, scope, _),) = await Consents(database).list()
    await database.aclose()
    await run("permissions", "--forget", scope)
    async with terminal(project, "What is x?") as one:
        await one.shows(QUESTION)

    assert QUESTION not in unasked
    assert workspace == project.as_uri()


async def test_settings_may_allow_reading_and_never_commands(vendor: LoopbackVendor, project: Path) -> None:
    set_up(vendor, 'tools = "auto"\nrunCommands = true')
    vendor.says(*tool_calls(("read_file", {"path": "app.py"}), ("run_command", {"command": "touch made"})))
    vendor.says(*whole("Done."))
    async with terminal(project, "Go on.") as one:
        await one.shows("touch made")
        one.types("n\n")
        await one.everything()

    assert "x = 1" in results(vendor)[0]
    assert "does not allow" in results(vendor)[1]
    assert not (project / "made").exists()


async def test_a_question_of_the_user_may_be_left_with_an_interrupt(vendor: LoopbackVendor, project: Path) -> None:
    vendor.says(*tool_call("read_file", {"path": "app.py"}))
    async with terminal(project, "What is x?") as one:
        await one.shows(QUESTION)
        one.process.send_signal(2)
        await one.everything()

    assert one.process.returncode == 130
    assert (await last_turn()).whole is False


@pytest.mark.parametrize("chat", ["", 'tools = "auto"'])
async def test_no_tool_is_offered_where_nobody_can_be_asked(vendor: LoopbackVendor, project: Path, chat: str) -> None:
    set_up(vendor, chat)
    vendor.says(*whole("ok"))
    await run("chat", "Hi", folder=project)

    assert offered(vendor) == set()


async def test_no_tool_is_offered_where_the_user_wants_none(vendor: LoopbackVendor, project: Path) -> None:
    set_up(vendor, 'tools = "off"')
    vendor.says(*whole("ok"))
    async with terminal(project, "Hi") as one:
        await one.everything()

    assert offered(vendor) == set()


async def test_the_projects_instructions_precede_the_question(vendor: LoopbackVendor, project: Path) -> None:
    (project / "AGENTS.md").write_text("Speak of ducks.\n")
    vendor.says(*whole("ok"))
    await run("chat", "Hi", folder=project)

    assert "Speak of ducks." in vendor.requests[0].json["messages"][0]["content"]
