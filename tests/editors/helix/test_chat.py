"""A chat in Helix, which knows no such thing: a Markdown file, from the real llama.cpp."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_ls import folders
from tests.rigs.helix import Helix, helix
from tests.rigs.openai import environment, tool_call, whole, words
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ENTER, ESC, TAB
from tests.rigs.vendor import PAUSE, LoopbackVendor

SUM = "def add(a, b):\n    return a - b\n"
ANSWER = "It subtracts.\n\n```python\ndef add(a, b):\n    return a + b\n```\n\nThat adds.\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with prepared_model(tmp_path_factory.mktemp("model"), {"": ANSWER}) as environment:
        yield environment


def chats() -> list[Path]:
    """The documents there are."""
    return sorted(folders.state_folder("chats").glob("*/*.md"))


async def written(one: Helix) -> str:
    """The chat document that it shows, as it writes it."""
    one.terminal.keys(":write!")
    await one.terminal.shows(":write!")
    one.terminal.keys(ENTER)
    await one.terminal.shows(" written, ")
    (path,) = chats()
    return path.read_text(encoding="utf-8")


async def begun(one: Helix) -> None:
    """Choose to chat about all lines, and wait for the document."""
    one.terminal.keys("%")
    await one.choose("AI: Chat about this")
    await one.terminal.shows("llm-ls: chat", "## You", "@sum.py:1-2")


async def asked(one: Helix, question: str) -> None:
    """Write it where the cursor is, and send it."""
    one.terminal.keys("i", question)
    await one.terminal.shows(question)
    one.terminal.keys(ESC)
    await one.terminal.shows("NOR")
    await one.choose("AI: Send to ")


async def test_a_question_about_a_selection_is_answered_in_the_file(model: dict[str, str], tmp_path: Path) -> None:
    async with helix(tmp_path, SUM, model) as one:
        await begun(one)
        one.terminal.keys("iWhat is wrong in @")
        offered = await one.terminal.shows("@selection", "@diff:staged", "@sum.py ")
        one.terminal.keys("su")
        await one.terminal.hides("@selection")
        one.terminal.keys(TAB, ENTER)
        await one.terminal.shows("wrong in @sum.py")
        one.terminal.keys("?", ESC)
        await one.terminal.shows("NOR")
        await one.choose("AI: Send to tiny")
        await one.terminal.shows("That adds.", "> — tiny · ", " tok · llamacpp/tiny · ")
        document = await written(one)

    assert "keyword" in offered
    assert re.sub(r"(conversation|workspace|> — tiny): .*", r"\1: …", document.replace("tiny ·", "tiny: ")) == (
        "---\nllm-ls: chat\nconversation: …\ntitle: What is wrong in @sum.py?\nmodel:\ncontext:\nworkspace: …\n---\n\n"
        f"## You\n\nWhat is wrong in @sum.py?\n\n@sum.py:1-2\n\n## Assistant\n\n{ANSWER}\n> — tiny: …\n\n## You\n\n\n"
    )


async def test_the_next_question_is_written_while_an_answer_arrives(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("It subtracts.\n\n", "Let"), PAUSE, *whole(" it add."))
    async with helix(tmp_path, SUM, environment(vendor)) as one:
        await begun(one)
        await asked(one, "What is wrong?")
        await vendor.paused()
        await one.terminal.shows("## Assistant", "It subtracts.", "AI: Chat")
        one.terminal.keys("geo", "Do so.", ESC)
        await one.terminal.shows("Do so.", "NOR")
        vendor.go_on()
        await one.terminal.shows("Let it add.", "> — gpt-test")
        document = await written(one)
        one.terminal.keys("u")
        undone = await one.terminal.hides("Let it add.")

    whole_end = "It subtracts.\n\nLet it add.\n\n> — gpt-test · 12→5 tok\n\n## You\n\n\nDo so.\n"
    assert document.endswith(whole_end)
    assert "It subtracts." in undone
    assert "Do so." in undone


async def test_a_tool_is_allowed_and_its_use_is_a_line(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*tool_call("read_file", {"path": "sum.py"}))
    vendor.says(*whole("It subtracts."))
    async with helix(tmp_path, SUM, environment(vendor)) as one:
        await begun(one)
        await asked(one, "What is wrong?")
        await one.terminal.shows("The model asks to: ", "Once", "Always in this workspace")
        one.terminal.keys(ENTER)
        await one.terminal.shows("> → read_file sum.py, ", "It subtracts.", "> — gpt-test")

    assert "return a - b" in str(vendor.requests[-1].json["messages"][-1])


async def test_what_runs_is_stopped_and_a_failure_is_in_the_text(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("It subtracts.\n\n", "Let"), PAUSE)
    vendor.refuses(401, {"error": {"message": "a wrong key", "type": "invalid_request_error"}})
    async with helix(tmp_path, SUM, environment(vendor)) as one:
        await begun(one)
        await asked(one, "What is wrong?")
        await vendor.paused()
        await one.terminal.shows("It subtracts.")
        await one.choose("AI: Stop (gpt-test, ")
        await one.terminal.shows("> — gpt-test · stopped")
        await one.choose("AI: Regenerate")
        failed = await one.terminal.shows("> ⚠ ", "a wrong key")

    assert "What is wrong?" in failed
    assert "It subtracts." not in failed


async def test_an_earlier_chat_is_opened_again(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole("It subtracts."))
    async with helix(tmp_path, SUM, environment(vendor)) as one:
        one.runs(':lsp-workspace-command llm-ls.chat {"question": "What is wrong?"}')
        await one.terminal.shows("## Assistant", "It subtracts.", "> — gpt-test")
        one.runs(":buffer-close!")
        await one.terminal.shows("return a - b")
        for path in chats():
            path.unlink()
        one.runs(':lsp-workspace-command llm-ls.chat {"conversation": "?"}')
        await one.terminal.shows("Which of the chats", "What is wrong? (20")
        one.terminal.keys(ENTER)
        await one.terminal.shows("It subtracts.", "> — gpt-test")

    assert len(chats()) == 1
