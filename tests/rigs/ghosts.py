"""Ghost text as a test asks an editor's server for it."""

from typing import Any

from tests.rigs.editor import URI, Editor

MODEL = {"models": {"inlineCompletion": "openai/gpt-test"}}
AT_ONCE = {**MODEL, "inlineCompletion": {"debounceMs": 0}}
AUTOMATIC, INVOKED = 2, 1


def show(one: Editor, marked: str, uri: str = URI, language_id: str = "python") -> dict[str, Any]:
    """Have the editor hold a text in which `│` is the cursor; where that is."""
    before, _, after = marked.partition("│")
    if uri in one.texts:
        one.type(before + after, uri)
    else:
        one.open(before + after, uri, language_id)
    line = before.count("\n")
    return {"line": line, "character": len(before) - before.rfind("\n") - 1}


def start(one: Editor, marked: str, kind: int = AUTOMATIC, **more: Any) -> int:
    """Ask for suggestions at the cursor; the id of the request."""
    position = show(one, marked, *more.pop("document", ()))
    uri = list(one.texts)[-1]
    context = {"triggerKind": kind, **more}
    params = {"textDocument": {"uri": uri}, "position": position, "context": context}
    return one.start("textDocument/inlineCompletion", params)


async def items(one: Editor, marked: str, kind: int = AUTOMATIC, **more: Any) -> list[dict[str, Any]]:
    """The suggestions at the cursor."""
    return (await one.answer(start(one, marked, kind, **more)))["items"]


async def ghosts(one: Editor, marked: str, kind: int = AUTOMATIC, **more: Any) -> list[str]:
    """Their texts."""
    return [item["insertText"] for item in await items(one, marked, kind, **more)]
