"""What an `.llmignore` of the project names reaches no model, whatever is asked."""

from pathlib import Path
from typing import Any

from tests.rigs.editor import Editor, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

SETTINGS = {"models": {"inlineCompletion": "openai/gpt-test"}, "inlineCompletion": {"debounceMs": 0}}
SECRET = "load_basket = 'hunter2'\n"


def project(folder: Path) -> tuple[str, str]:
    """The uris of a file that is named, and of one that is not."""
    (folder / ".llmignore").write_text("private/\n")
    (folder / "private").mkdir()
    return (folder / "private" / "shop.py").as_uri(), (folder / "app.py").as_uri()


async def completed(one: Editor, uri: str, column: int) -> Any:
    where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": column}, "context": {"triggerKind": 1}}
    return await one.request("textDocument/inlineCompletion", where)


async def test_a_command_on_it_is_refused(vendor: LoopbackVendor, tmp_path: Path) -> None:
    secret, _ = project(tmp_path)
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        one.open(SECRET, secret)
        await one.command("llm-ls.explain", {"uri": secret})
        await one.idle()

    assert one.messages() == ["private/shop.py is ignored by `.llmignore`. Leave it out, or change the file."]
    assert vendor.requests == []


async def test_it_is_not_completed_and_helps_to_complete_nothing(vendor: LoopbackVendor, tmp_path: Path) -> None:
    secret, other = project(tmp_path)
    vendor.says(*whole("1"))
    async with editor(environ=environment(vendor), settings=SETTINGS, folder=tmp_path) as one:
        one.open(SECRET, secret)
        one.type(f"{SECRET}load_basket = 'hunter2-2'\n", secret)
        await completed(one, secret, 5)
        asked = len(vendor.requests)
        one.open("basket = load_basket(\n", other)
        await completed(one, other, 21)

    assert asked == 0
    assert "load_basket(" in str(vendor.requests[0].json)
    assert "hunter2" not in str(vendor.requests[0].json)
