"""That the person who types does so the same each time, and types the text."""

import pytest

from tests.evaluation.typist import Typist

TEXT = "def total(order):\n    basket = load_basket(order)\n    return basket.total\n" * 10


def typed(typist: Typist) -> tuple[str, list[float]]:
    text, waits = "", list[float]()
    while (key := typist.next()) is not None:
        typist.press(key)
        waits.append(key.after_s)
        text = text[:-1] if key.kind == "backspace" else text + key.text
    return text, waits


def test_all_is_typed_in_the_end_and_mistakes_are_taken_back() -> None:
    text, waits = typed(Typist(TEXT, 1))

    assert text == TEXT
    assert len(waits) > len(TEXT.replace("\n    ", "\n"))


def test_the_same_seed_types_the_same() -> None:
    assert typed(Typist(TEXT, 1)) == typed(Typist(TEXT, 1))
    assert typed(Typist(TEXT, 1)) != typed(Typist(TEXT, 2))


def test_a_slower_person_takes_longer_and_all_rest_at_line_ends() -> None:
    _, fast = typed(Typist(TEXT, 1))
    _, slow = typed(Typist(TEXT, 1, characters_a_second=4))

    assert sum(slow) > 1.5 * sum(fast)
    assert sum(wait > 0.25 for wait in fast) >= 29


@pytest.mark.parametrize(("suggestion", "takes"), [("def total", True), ("def tutal", False), ("", False)])
def test_takes_what_they_were_about_to_type(suggestion: str, takes: bool) -> None:
    assert Typist(TEXT, 1).would_take(suggestion, 1.0) is takes
    assert not Typist(TEXT, 1).would_take(suggestion, 0.0)


def test_what_was_taken_is_not_typed() -> None:
    typist = Typist(TEXT, 1)
    typist.take("def total")

    assert typed(typist)[0] == TEXT.removeprefix("def total")
