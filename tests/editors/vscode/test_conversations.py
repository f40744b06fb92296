"""Chats that the server keeps, in VS Code: asked otherwise and again, listed, searched, renamed, opened and deleted."""

from pathlib import Path

from tests.editors.vscode.test_chat import questions
from tests.rigs.code_server import VSCode
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent
FIRST = [("user", "what is a monad?"), ("assistant", "A burrito.")]


async def test_a_chat_is_kept_with_its_branches_and_found_again(vscode: VSCode, vendor: LoopbackVendor) -> None:
    for answer in ("A burrito.", "A box.", "Two boxes.", "Three boxes.", "A category."):
        vendor.says(*whole(answer))
    seen = await vscode.play(HERE / "conversations.mjs", environment=environment(vendor))
    asked = [[(turn["role"], turn["content"]) for turn in question[1:]] for question in questions(vendor)]

    assert asked == [
        FIRST[:1],
        [*FIRST, ("user", "and a functor?")],
        [*FIRST, ("user", "and an applicative?")],
        [*FIRST, ("user", "and an applicative?")],
        [("user", "what is a monoid?")],
    ]
    assert [row.partition("\n")[0] for row in seen["listed"]] == ["what is a monad?just now"]
    assert len(seen["found"]) == 1
    assert seen["nothing"] == ["Nothing says nobody said this"]
    assert "what is a monoid?" in seen["document"]
    assert "A category." in seen["document"]
    assert "Burritos" in seen["document"]
    assert seen["typed"].rstrip().endswith("And now?")
    assert seen["messages"] == []


async def test_a_chat_document_is_asked_and_answered_in_place(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("They differ."))
    vendor.says(*whole("They are alike."))
    seen = await vscode.play(
        HERE / "chat_document.mjs",
        environment=environment(vendor),
        settings={"llm-ls.inlineCompletion.enabled": False},
        given={"answer": "They differ.", "other": "They are alike."},
    )
    first, second = questions(vendor)

    assert "@sum.py:1-2" in seen["begun"]
    assert "return a + b" in first[-1]["content"]
    assert "x = 6 * 7" in first[-1]["content"]
    assert first == second
    assert "Really?" in seen["after"]
    assert seen["messages"] == []
