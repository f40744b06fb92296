"""Code blocks in an answer are found as Markdown has them."""

from pathlib import Path

from tests.rigs import nvim
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent / "plugin"


async def test_blocks_are_those_of_markdown() -> None:
    seen = await nvim.play(HERE / "blocks.lua", plugin=True)

    assert seen == {
        "two": ["lua:a|b", ":c"],
        "nested": ["md:```py|x|```"],
        "indented": ["py:if a:|  b"],
        "open": ["py:a|b"],
        "inline": 0,
        "other_fence": [":~~~"],
        "info": ["python:a"],
        "empty": [":"],
        "none": 0,
        "near": "aaaabbbbb",
    }


async def test_blocks_go_where_they_are_told_to(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("```\nfirst\n```\nand\n```\nsecond\n```"))
    seen = await nvim.play(HERE / "chat_blocks.lua", environment=environment(vendor), plugin=True)

    assert seen["a"] == "first\n"
    assert seen["unnamed"] == "unnamed"
    assert seen["second"] == "second\n"
    assert seen["file"] == ["a = 1", "second", "b = 2"]
    assert seen["undone"] == ["a = 1", "b = 2"]
    assert seen["said"] == [
        "llm-ls: yanked 1 line",
        "llm-ls: yanked 1 line",
        "llm-ls: sum.py cannot be changed",
        "llm-ls: put 1 line into sum.py",
        "llm-ls: there is no window with a file to put it into",
    ]
