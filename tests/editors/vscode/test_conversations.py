"""Chats that the server keeps, in VS Code: asked otherwise and again, listed, searched, renamed, opened and deleted."""

import re
from pathlib import Path

from tests.editors.vscode.test_chat import questions
from tests.rigs.code_server import VSCode
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent
FIRST = [("user", "what is a monad?"), ("assistant", "A burrito.")]


async def test_a_chat_is_kept_with_its_branches_and_found_again(vscode: VSCode, vendor: LoopbackVendor) -> None:
    for answer in ("A burrito.", "A box.", "Two boxes.", "Three boxes.", "A category.", "Yes, I am."):
        vendor.says(*whole(answer))
    vendor.models = ("gpt-4o",)  # whose price is known
    priced = {**environment(vendor), "LLM_LS_MODEL": "openai/gpt-4o"}
    seen = await vscode.play(HERE / "conversations.mjs", environment=priced)
    *branches, last = questions(vendor)
    asked = [[(turn["role"], turn["content"]) for turn in question[1:]] for question in branches]

    assert asked == [
        FIRST[:1],
        [*FIRST, ("user", "and a functor?")],
        [*FIRST, ("user", "and an applicative?")],
        [*FIRST, ("user", "and an applicative?")],
        [("user", "what is a monoid?")],
    ]
    assert re.match(r"<?\$[\d.]+ · \$[\d.]+ in all · 12 → 5 tokens · openai/gpt-4o$", seen["footnote"])
    assert [row.partition("\n")[0] for row in seen["listed"]] == ["what is a monad?just now"]
    assert re.search(r"\n2 messages · \$[\d.]+ · openai/gpt-4o$", seen["listed"][0])
    assert len(seen["found"]) == 1
    assert seen["nothing"] == ["Nothing says nobody said this"]
    assert [turn["role"] for turn in last] == ["system", "user"]
    assert "User: what is a monoid?\n\nAssistant: A category." in last[-1]["content"]
    assert "what is a monoid?" in seen["document"]
    assert "A category." in seen["document"]
    assert "Burritos" in seen["document"]
    assert seen["typed"].rstrip().endswith("And now?")
    assert seen["messages"] == []


async def test_a_branch_that_vs_code_does_not_show_is_opened_in_a_copy(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("A burrito."))
    vendor.says(*whole("A category."))
    seen = await vscode.play(HERE / "versions.mjs", environment=environment(vendor))

    assert seen["versions"] == ["what is a monad?a question, just now\n2 messages"]
    assert "what is a monad?" in seen["opened"]
    assert "monoid" not in seen["opened"]
    assert seen["messages"] == []


async def test_a_chat_that_is_forked_goes_on_in_a_copy(vscode: VSCode, vendor: LoopbackVendor) -> None:
    for answer in ("First.", "Second.", "Third.", "Fourth."):
        vendor.says(*whole(answer))
    seen = await vscode.play(HERE / "chat_fork.mjs", environment=environment(vendor))
    *_, last = questions(vendor)

    assert [turn["content"] for turn in last[1:]] == ["one", "First.", "three", "Third.", "four"]
    assert [row.partition(" messages")[0][-1] for row in seen["listed"]] == ["6", "4"]
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
