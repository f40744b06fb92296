"""Instructions written as comments."""

import pytest

from llm_ls.features.comment_prompts import PRESETS, instruction_above
from tests.rigs.marked import marked


def check(text: str, instruction: str, removed: str) -> None:
    document, span = marked(text)
    found = instruction_above(document, span)

    assert found is not None
    assert (found.text, document.slice(found.span)) == (instruction, removed)


@pytest.mark.parametrize(
    "comment",
    [
        "# llm: go",
        "## LLM: go",
        "// llm: go",
        "/// llm: go",
        "-- llm: go",
        ";; llm: go",
        "% llm: go",
        '" llm: go',
        "/* llm: go */",
        "/** llm:go */",
        "<!-- llm: go -->",
        "(* llm: go *)",
        "{- llm: go -}",
        "    #llm :  go  ",
    ],
)
def test_every_comment_leader_will_do(comment: str) -> None:
    check(f"a\n{comment}\n«x = 1»\n", "go", f"{comment}\n")


def test_the_selection_may_begin_with_it() -> None:
    check("a\n«# llm: go\nx = 1\n»", "go", "# llm: go\n")


def test_the_cursor_may_be_on_it() -> None:
    check("a\n# llm: g‸o\nx = 1\n", "go", "# llm: go\n")


def test_it_may_stand_above_the_definition_that_the_cursor_is_in() -> None:
    check("# llm: go\ndef f(x):\n    y = x\n    return ‸y\n", "go", "# llm: go\n")


def test_it_goes_on_through_the_comment() -> None:
    check(
        "# llm: make it async\n#   and name it\n‸def f(): pass\n",
        "make it async and name it",
        "# llm: make it async\n#   and name it\n",
    )


def test_an_empty_comment_line_ends_it() -> None:
    check("# llm: go\n#\n# About x.\n‸x = 1\n", "go", "# llm: go\n")


def test_a_block_comment_goes_on_to_its_end() -> None:
    check("/* llm: go\n * and return\n */\n‸x = 1\n", "go and return", "/* llm: go\n * and return\n */\n")


def test_it_may_be_the_last_line() -> None:
    check("a\n# llm: g‸o", "go", "# llm: go")


@pytest.mark.parametrize(
    "text",
    [
        "# llm: go\n\n«x = 1»\n",
        "# llm: go\ny = 1\n«x = 1»\n",
        "# about llm: models\n«x = 1»\n",
        "# llm:\n«x = 1»\n",
        '{\n"llm": "x"‸\n}\n',
        "‸",
    ],
)
def test_what_is_no_instruction_is_left_alone(text: str) -> None:
    assert instruction_above(*marked(text)) is None


def test_every_preset_is_a_sentence() -> None:
    assert all(preset.instruction.endswith(".") for preset in PRESETS)
    assert [preset.title for preset in PRESETS][:3] == ["Simplify", "Fix bugs", "Add error handling"]
