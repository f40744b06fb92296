"""The main job with nothing prepared between editor and model: Neovim 0.12, the real server, the real llama.cpp."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs import nvim
from tests.rigs.nvim_screen import neovim
from tests.rigs.nvim_typing import in_readme, typing
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ESC, TAB

HERE = Path(__file__).parent
FIXED = "def add(a, b):\n    return a + b\n"
ANSWER = "The answer is 42, of course."
NUMBERS = "one = 1\nzero = 0\ntwo = 2\n"
FLOATS = "one = 1.5\nzero = 0\ntwo = 2.5\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    answers = {"6 times 7": ANSWER, "floats": f"```python\n{FLOATS}```\n", "": f"Here it is:\n```python\n{FIXED}```\n"}
    with prepared_model(tmp_path_factory.mktemp("model"), answers) as environment:
        yield environment


async def test_a_code_action_streams_lands_and_is_undone_with_one_u(model: dict[str, str]) -> None:
    seen = await nvim.play(HERE / "edit_and_undo.lua", environment=model)

    assert seen["after"] == FIXED
    assert seen["undone"] == seen["before"]
    assert seen["progress"][0] == "begin"
    assert seen["progress"][-1] == "end"


async def test_chat_streams_from_a_server_that_was_only_discovered(model: dict[str, str]) -> None:
    seen = await nvim.play(HERE / "chat.lua", environment={"LLAMACPP_BASE_URL": model["LLAMACPP_BASE_URL"]})

    assert seen["text"] == ANSWER
    assert seen["result"]["model"] == "llamacpp/tiny"
    assert seen["result"]["usage"]["outputTokens"] > 1


async def test_a_selection_is_edited_and_reviewed_in_a_terminal(model: dict[str, str], tmp_path: Path) -> None:
    async with neovim(tmp_path, model, files={"floats.py": NUMBERS}) as screen:
        screen.keys("ggVG:Llm edit turn them into floats\r")
        await screen.shows("hunk 1/2", "one = 1.5", "two = 2.5")
        screen.keys("\\a")
        await screen.shows("hunk 1/1")
        screen.keys("\\x")
        landed = await screen.hides("hunk")
        screen.keys("u")
        undone = await screen.hides("1.5")

    assert landed.startswith("one = 1.5\nzero = 0\ntwo = 2\n~")
    assert undone.startswith(f"{NUMBERS}~")


async def test_ghost_text_is_taken_by_the_keys_of_the_readme(tmp_path: Path) -> None:
    with prepared_model(tmp_path, {}, fill="a + b") as given:
        async with typing(tmp_path, given, startup=in_readme("Ghost text")) as person:
            person.screen.keys("2GA ")
            await person.screen.shows("return a + b")
            person.screen.keys("a")
            await person.screen.shows("return a + b", "2,13")
            person.screen.keys(f"{ESC}w")
            await person.screen.shows("return a + b", "2,15")
            await person.rests(15)
            asked = person.sent("textDocument/inlineCompletion")
            person.screen.keys(TAB)
            await person.screen.shows("2,17")
            taken = await person.text()

    assert taken == "def add(a, b):\n    return a + b\n"
    assert len(asked) == 1
