"""Which parts of other documents are chosen for a gap."""

from llm_ls.documents import Document, Position
from llm_ls.prompts.neighbours import Neighbour, Neighbourhood
from tests.rigs.marked import document

HERE = document("def total(order):\n    basket = load_basket(order)\n    \n", uri="file:///here.py")
GAP = Position(2, 4)


def filler(count: int) -> str:
    return "".join(f"filler_{number} = unrelated_{number}\n" for number in range(count))


def other(name: str, text: str, version: int = 1) -> tuple[str, Document]:
    return name, Document(f"file:///{name}", "python", version, document(text).lines)


def test_the_part_with_rare_identifiers_in_common_is_chosen() -> None:
    shop = other("shop.py", filler(40) + "basket = load_basket(order)\nbasket.discount()\n" + filler(40))
    noise = other("noise.py", filler(100))
    chosen = Neighbourhood().nearest(HERE, GAP, [noise, shop])

    assert [each.name for each in chosen] == ["shop.py"]
    assert "basket.discount()\n" in chosen[0].text
    assert chosen[0].text.count("\n") == 20


def test_nothing_is_chosen_where_nothing_is_in_common() -> None:
    assert Neighbourhood().nearest(HERE, GAP, [other("noise.py", filler(100))]) == ()


def test_what_is_in_every_part_says_nothing() -> None:
    everywhere = "def order():\n    return 1\n" * 50

    assert Neighbourhood().nearest(HERE, GAP, [other("a.py", everywhere), other("b.py", filler(50))]) == ()


def test_parts_do_not_overlap_and_fit() -> None:
    text = "".join(f"load_basket(order, {number})\n" for number in range(20)) + filler(300)
    chosen = Neighbourhood().nearest(HERE, GAP, [other("a.py", text)], tokens=512)

    assert sum(len(each.text) for each in chosen) <= 2048
    assert len([line for each in chosen for line in each.text.splitlines() if "basket" in line]) <= 20


def test_recent_changes_come_first_if_they_have_to_do_with_it() -> None:
    shop = other("shop.py", filler(40) + "basket = load_basket(order)\n" + filler(40))
    changes = (Neighbour("a.py", "unrelated()\n"), Neighbour("b.py", "load_basket(order, cached=True)\n"))
    chosen = Neighbourhood().nearest(HERE, GAP, [shop], changes)

    assert [each.name for each in chosen] == ["b.py", "shop.py"]


def test_the_choice_stays_while_the_cursor_does_and_follows_it() -> None:
    shop = other("shop.py", "basket\n" + filler(40))
    till = other("till.py", "drawer\n" + filler(40))
    lines = "basket\n" + "\n" * 40 + "drawer\n"
    neighbourhood, here = Neighbourhood(), document(lines, uri="file:///here.py")
    first = neighbourhood.nearest(here, Position(0, 0), [shop, till])
    typed = document("x" + lines, uri="file:///here.py")

    assert [each.name for each in first] == ["shop.py"]
    assert neighbourhood.nearest(typed, Position(3, 0), [shop, till]) is first
    assert [each.name for each in neighbourhood.nearest(typed, Position(40, 0), [shop, till])] == ["till.py"]


def test_a_changed_document_is_looked_through_again() -> None:
    neighbourhood = Neighbourhood()
    assert neighbourhood.nearest(HERE, GAP, [other("a.py", filler(30))]) == ()

    chosen = neighbourhood.nearest(HERE, GAP, [other("a.py", "load_basket(order)\n" + filler(30), version=2)])

    assert [each.name for each in chosen] == ["a.py"]


def test_many_documents_are_looked_through_a_few_at_a_time() -> None:
    many = [other(f"{number}.py", filler(1000)) for number in range(19)]
    wanted = other("wanted.py", "load_basket(order)\n" + filler(999))
    neighbourhood, asked = Neighbourhood(), 0
    while not neighbourhood.nearest(HERE, GAP, [*many, wanted]):
        asked += 1

    assert 10 < asked < 40
