"""Neovim 0.12 starts the server, and is offered code actions."""

from pathlib import Path

from llm_ls.protocol import initialize
from tests.rigs import nvim

HERE = Path(__file__).parent


async def test_attaches_and_is_offered_code_actions() -> None:
    seen = await nvim.play(HERE / "attach.lua")

    assert seen["name"] == "llm-ls"
    assert seen["encoding"] == "utf-8"
    assert seen["commands"] == list(initialize.COMMANDS)
    assert seen["titles"]
    assert seen["unknown"] == -32601
