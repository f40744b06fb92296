"""What a model is shown to fill a gap."""

import pytest

from llm_ls.documents import Document, Position, split_lines
from llm_ls.models import InfillRequest
from llm_ls.prompts import infill
from llm_ls.prompts.neighbours import Neighbour


def asked(text: str, *, tokens: int = 1000, neighbours: tuple[Neighbour, ...] = ()) -> InfillRequest:
    """What is asked where `|` stands in `text`."""
    before, _, after = text.partition("|")
    above = split_lines(before)
    document = Document("file:///a.py", "python", 1, tuple(split_lines(before + after)))
    place = Position(len(above) - 1, len(above[-1]))
    return infill.infill(document, place, "a.py", neighbours, context_tokens=tokens, max_tokens=64, stop=("\n",))


def test_a_small_document_is_shown_whole() -> None:
    request = asked("import os\n\nos.|()\nend\n")

    assert (request.prefix, request.suffix) == ("import os\n\nos.", "()\nend\n")
    assert (request.name, request.max_tokens, request.stop, request.temperature) == ("a.py", 64, ("\n",), None)


def test_line_ends_are_kept() -> None:
    request = asked("a\r\nb|\r\nc\rd\r\n")

    assert (request.prefix, request.suffix) == ("a\r\nb", "\r\nc\rd\r\n")


def test_whole_lines_are_shown_and_more_before_than_after() -> None:
    text = "".join(f"line {number:03}\n" for number in range(500))
    request = asked(text + "here|\n" + text, tokens=100)

    assert len(request.prefix) + len(request.suffix) <= 400
    assert request.prefix.startswith("line ")
    assert request.suffix.endswith("\n")
    assert len(request.prefix) > 2 * len(request.suffix) > 100


@pytest.mark.parametrize("text", ["short\n|\n" + "line\n" * 900, "line\n" * 900 + "|\nshort\n"])
def test_room_that_one_side_leaves_is_the_others(text: str) -> None:
    request = asked(text, tokens=100)

    assert 300 < len(request.prefix) + len(request.suffix) <= 400


def test_imports_are_shown_where_the_start_is_left_out() -> None:
    imports = "import os\nfrom a import (\n    b,\n    c,\n)\n"
    request = asked('"""A."""\n' + imports + "x = 1\n" * 500 + "b.|\n", tokens=200)

    assert request.prefix.startswith(imports + "x = 1\n")
    assert len(request.prefix) + len(request.suffix) <= 800


def test_imports_that_are_shown_anyway_are_not_repeated() -> None:
    request = asked("import os\n" + "x = 1\n" * 10 + "|\n" + "y = 2\n" * 5000)

    assert request.prefix.count("import os") == 1


@pytest.mark.parametrize(
    "line",
    [
        'import { a } from "./a"\n',
        'local a = require("a")\n',
        "use std::io;\n",
        "#include <stdio.h>\n",
        'const a = require("a")\n',
        "using System;\n",
    ],
)
def test_imports_of_many_languages_are_known(line: str) -> None:
    assert asked(line + "x = 1\n" * 500 + "|\n", tokens=200).prefix.startswith(line)


def test_the_gaps_own_line_is_cut_where_it_is_long() -> None:
    request = asked("a" * 10_000 + "|" + "b" * 10_000, tokens=100)

    assert (request.prefix, request.suffix) == ("a" * 100, "b" * 100)


def test_a_very_long_line_beside_the_gap_is_cut() -> None:
    request = asked("a" * 10_000 + "\nx|\n" + "b" * 10_000 + "\n", tokens=100)

    assert request.prefix.endswith("aaaa\nx")
    assert request.suffix.startswith("\nbbbb")
    assert len(request.prefix) + len(request.suffix) == 400


def test_what_fits_of_the_neighbours_is_shown_the_least_relevant_first() -> None:
    neighbours = (Neighbour("b.py", "b" * 60), Neighbour("c.py", "c" * 60), Neighbour("d.py", "d" * 40))
    request = asked("|" + "line\n" * 900, tokens=100, neighbours=neighbours)

    assert request.extra == (("d.py", "d" * 40), ("b.py", "b" * 60))
    assert len(request.prefix) + len(request.suffix) <= 300


def test_a_position_outside_is_clamped() -> None:
    document = Document("file:///a.py", "python", 1, ("a\n", "b"))
    request = infill.infill(document, Position(9, 9), "a.py", max_tokens=8)

    assert (request.prefix, request.suffix) == ("a\nb", "")


def test_an_empty_document_can_be_asked_about() -> None:
    request = asked("|")

    assert (request.prefix, request.suffix) == ("", "")


def test_the_start_of_what_is_shown_stays_while_a_person_types_on() -> None:
    document = Document("file:///a.py", "python", 1, tuple(f"line {number:04}\n" for number in range(900)))
    starts = {
        infill.infill(document, Position(line, 9), "a.py", context_tokens=500, max_tokens=8).prefix[:10]
        for line in range(640, 672)
    }

    assert len(starts) == 2
