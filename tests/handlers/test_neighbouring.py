"""What a model is shown of other open documents while the user types, and what it never is."""

import json
from pathlib import Path

from tests.rigs.editor import URI, Editor, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

SETTINGS = {"models": {"inlineCompletion": "openai/gpt-test"}, "inlineCompletion": {"debounceMs": 0}}
SHOP, SECRET = "file:///project/shop.py", "file:///project/.env"


async def shown(one: Editor, vendor: LoopbackVendor, line: str) -> str:
    """What the vendor is asked where `line` is typed into a document of its own."""
    vendor.says(*whole("1"))
    one.open(f"{line}\n", URI)
    position = {"line": 0, "character": len(line)}
    params = {"textDocument": {"uri": URI}, "position": position, "context": {"triggerKind": 1}}
    await one.request("textDocument/inlineCompletion", params)
    return json.dumps(vendor.requests[0].json["messages"])


async def test_parts_of_other_documents_that_have_to_do_with_it_are_shown(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        one.open("def load_basket(order): ...\nbasket.discount()\n", SHOP)
        one.open("def unrelated(thing): ...\n", "file:///project/other.py")
        said = await shown(one, vendor, "basket = load_basket(")

    assert "basket.discount()" in said
    assert "shop.py" in said
    assert "unrelated" not in said


async def test_what_changed_lately_elsewhere_is_shown_first(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        one.open("def first(): ...\n", SHOP)
        one.type("def first(): ...\nload_basket(order, cached=True)\n", SHOP)
        said = await shown(one, vendor, "basket = load_basket(")

    assert "cached=True" in said


async def test_nothing_of_an_excluded_document_is_shown_nor_of_one_that_is_a_link_to_it(
    vendor: LoopbackVendor, tmp_path: Path
) -> None:
    secret, link = tmp_path / ".env", tmp_path / "harmless.py"
    secret.write_text("load_basket = 'sk-secret'\n")
    link.symlink_to(secret)
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        for uri in (SECRET, link.as_uri()):
            one.open("load_basket = 'sk-secret'\n", uri)
            one.type("load_basket = 'sk-secret-2'\n", uri)
        said = await shown(one, vendor, "basket = load_basket(")

    assert "sk-secret" not in said
