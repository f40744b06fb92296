"""What an operation says at its end follows the end of its progress: Helix 25.07 shows only the later of the two."""

import pytest

from tests.handlers.signing_in import begin, settings, signed_in
from tests.rigs.editor import Editor, editor
from tests.rigs.github import TOKEN, GitHub
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor


def last_words(one: Editor) -> list[str]:
    """Messages and ends of progress, in order."""
    kinds = {"window/showMessage": "message"}
    return [
        kinds.get(method, "end")
        for method, params in one.said
        if method in kinds or (method == "$/progress" and params["value"].get("kind") == "end")
    ]


@pytest.mark.parametrize("answer", ["a = 2\n", "a = 1\n"], ids=["an edit to review", "nothing to change"])
async def test_of_an_edit(vendor: LoopbackVendor, answer: str) -> None:
    vendor.says(*whole(answer))
    proposing = {"codeActions": {"review": "proposal"}}
    async with editor(settings=proposing, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1»\n", instruction="change it")

        assert last_words(one) == ["end", "message"]


@pytest.mark.parametrize(
    ("command", "argument"),
    [("llm-ls.usage", {}), ("llm-ls.selectModel", {"model": "openai/gpt-other"}), ("llm-ls.signOut", {})],
)
async def test_of_a_command_that_asks_no_model(vendor: LoopbackVendor, command: str, argument: dict[str, str]) -> None:
    async with editor(environ=environment(vendor)) as one:
        await one.command(command, argument)
        await one.idle()

        assert last_words(one)[-1] == "message"


async def test_of_a_sign_in(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)

        assert last_words(one)[-2:] == ["end", "message"]


async def test_of_a_sign_in_that_was_refused(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        number = begin(one)
        await github.next(TOKEN)
        github.deny()

        assert (await one.answer(number))["status"] == "denied"
        assert last_words(one)[-2:] == ["end", "message"]
