"""Code blocks in an answer are found as Markdown has them."""

from pathlib import Path

from tests.rigs import nvim

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
