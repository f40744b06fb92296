"""The library of prompts: files of the user's and of the workspace's, in chat, in the menu and for other clients."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import Editor, Refused, editor, lsp_range
from tests.rigs.marked import marked
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

APPLY = {"codeActions": {"review": "apply"}}


def own(name: str, text: str) -> Path:
    """A prompt of the user's."""
    return write(Path(os.environ["XDG_CONFIG_HOME"]) / "llm-ls" / "prompts" / name, text)


def of(folder: Path, name: str, text: str) -> Path:
    """A prompt of the workspace's."""
    return write(folder / ".llm-ls" / "prompts" / name, text)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@asynccontextmanager
async def ready(vendor: LoopbackVendor, folder: Path, **settings: Any) -> AsyncGenerator[Editor]:
    async with editor(environ=environment(vendor), settings=settings, folder=folder) as one:
        await one.configured()
        yield one


async def sent(one: Editor, vendor: LoopbackVendor, message: str, **params: Any) -> str:
    """The question as the vendor gets it."""
    vendor.says(*whole("ok"))
    await one.request("llm-ls/chat", {"message": message, "partialResultToken": "t", **params})
    return vendor.requests[-1].json["messages"][-1]["content"]


def titles(actions: list[dict[str, Any]]) -> list[str]:
    return [action["title"] for action in actions]


async def test_a_slash_and_a_name_ask_what_the_prompt_asks(vendor: LoopbackVendor, tmp_path: Path) -> None:
    of(tmp_path, "review.md", "Review {{file}} ({{language}}), {{input}}:\n{{selection}}\n@notes.md")
    (tmp_path / "notes.md").write_text("Remember.")
    document, span = marked("a = 1\n«b = 2»\n")
    async with ready(vendor, tmp_path) as one:
        uri = (tmp_path / "app.py").as_uri()
        one.open(document.text, uri)
        await one.actions(span, uri)
        asked = await sent(one, vendor, "/review kindly")
        path = await sent(one, vendor, "/usr/bin/env is what?")

    assert asked.startswith("notes.md:\n```md\nRemember.\n```")
    assert asked.endswith("Review app.py (python), kindly:\nb = 2\n@notes.md")
    assert path == "/usr/bin/env is what?"


async def test_ready_made_ones_ask_what_code_actions_ask(vendor: LoopbackVendor, tmp_path: Path) -> None:
    document, span = marked("«a = 1»\n")
    async with ready(vendor, tmp_path) as one:
        uri = (tmp_path / "app.py").as_uri()
        one.open(document.text, uri)
        problem = {"range": lsp_range(span), "message": "unused", "severity": 2, "source": "ruff"}
        await one.actions(span, uri, diagnostics=[problem])
        asked = await sent(one, vendor, "/explain briefly")

    assert "app.py, line 1:\n```python\na = 1\n```" in asked
    assert "Diagnostics of app.py:\n```\nline 1: warning: unused (ruff)\n```" in asked
    assert "Explain what it does and why it is written this way." in asked
    assert "\n\nbriefly\n\n" in asked


async def test_the_users_own_wins_and_the_workspaces_wins_over_ours(vendor: LoopbackVendor, tmp_path: Path) -> None:
    own("review.md", "Mine.")
    of(tmp_path, "review.md", "---\ndescription: Theirs\n---\nTheirs.")
    of(tmp_path, "explain.md", "---\ntitle: Our way\ndescription: As we do\n---\nTheirs.")
    async with ready(vendor, tmp_path) as one:
        listed = await one.request("llm-ls/listPrompts", {})
        asked = await sent(one, vendor, "/review")
        with pytest.raises(Refused, match=r"no prompt 'revue'. Use one of review, explain, fix, tests, docs"):
            await one.request("llm-ls/expandPrompt", {"name": "revue"})

    assert asked == "Mine."
    assert listed[:2] == [
        {"name": "review", "title": "Review", "source": "user"},
        {"name": "explain", "title": "Our way", "source": "workspace", "description": "As we do"},
    ]
    assert [(prompt["name"], prompt["source"]) for prompt in listed[2:]] == [
        ("fix", "built-in"),
        ("tests", "built-in"),
        ("docs", "built-in"),
    ]


async def test_a_prompt_is_offered_where_it_says(vendor: LoopbackVendor, tmp_path: Path) -> None:
    own("shout.md", "---\ntitle: Shout\nmenu: true\nlanguages: python\nanswer: edit\n---\nMake it louder. {{input}}")
    own("quiet.md", "Not in the menu.")
    document, span = marked("«a = 1»\n")
    async with ready(vendor, tmp_path, **APPLY) as one:
        uri = (tmp_path / "app.py").as_uri()
        one.open(document.text, uri)
        one.open("text\n", (tmp_path / "a.txt").as_uri(), "plaintext")
        offered = await one.actions(span, uri)
        elsewhere = await one.actions(uri=(tmp_path / "a.txt").as_uri())
        (shout,) = [action for action in offered if action["title"] == "AI: Shout"]
        vendor.says(*whole("```python\nA = 1\n```"))
        await one.command(shout["command"]["command"], {**shout["command"]["arguments"][0], "instruction": "Now!"})
        await one.idle()

    assert "AI: Shout" not in titles(elsewhere)
    assert not [title for title in titles(offered) if "Quiet" in title]
    assert one.text(uri) == "A = 1\n"
    assert "Task: Make it louder. Now!" in vendor.requests[0].json["messages"][-1]["content"]


async def test_a_prompt_by_name_opens_its_answer(vendor: LoopbackVendor, tmp_path: Path) -> None:
    own("review.md", "---\nmodel: openai/gpt-test\n---\nReview it.")
    async with ready(vendor, tmp_path) as one:
        vendor.says(*whole("It is fine."))
        uri = (tmp_path / "app.py").as_uri()
        one.open("a = 1\n", uri)
        await one.command("llm-ls.prompt", {"uri": uri, "prompt": "review", "instruction": "Be brief."})
        await one.idle()
        await one.command("llm-ls.prompt", {"uri": uri, "prompt": "revue"})
        await one.idle()

    assert "Review it.\n\nBe brief." in vendor.requests[0].json["messages"][-1]["content"]
    assert len(one.opened()) == 1
    assert "There is no prompt 'revue'." in one.messages()[-1]


async def test_words_that_a_prompt_wants_are_asked_for(vendor: LoopbackVendor, tmp_path: Path) -> None:
    own("into.md", "---\ntitle: Translate\n---\nTranslate into {{input}}.")
    able = {"experimental": {"llm-ls": {"input": True}}}
    vendor.says(*whole("ok"))
    async with editor(able, environ=environment(vendor), folder=tmp_path) as one:
        one.answers["llm-ls/input"] = lambda params: {"text": f"Rust ({params['prompt']})"}
        one.open("a = 1\n")
        await one.command("llm-ls.prompt", {"prompt": "into"})
        await one.idle()

    assert "Translate into Rust (Translate)." in vendor.requests[0].json["messages"][-1]["content"]


async def test_without_a_way_to_ask_a_comment_has_the_words(vendor: LoopbackVendor, tmp_path: Path) -> None:
    own("into.md", "---\ntitle: Translate\n---\nTranslate into {{input}}.")
    vendor.says(*whole("ok"))
    async with ready(vendor, tmp_path) as one:
        one.open("a = 1\n")
        await one.command("llm-ls.prompt", {"prompt": "into"})
        await one.idle()
        one.type("# llm: Go\na = 1\n")
        await one.command("llm-ls.prompt", {"prompt": "into"})
        await one.idle()

    assert one.messages()[0].startswith("'Translate' wants words of yours. Give them as `instruction`, or in a comment")
    assert "Translate into Go." in vendor.requests[0].json["messages"][-1]["content"]


async def test_new_and_changed_files_count(vendor: LoopbackVendor, tmp_path: Path) -> None:
    async with ready(vendor, tmp_path) as one:
        path = of(tmp_path, "review.md", "---\nmenu: true\n---\nReview it.")
        one.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
        await one.request("llm-ls/listPrompts", {})
        one.open("a = 1\n", (tmp_path / "app.py").as_uri())
        offered = await one.actions(uri=(tmp_path / "app.py").as_uri())
        path.unlink()
        one.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
        left = await one.request("llm-ls/listPrompts", {})

    assert "AI: Review" in titles(offered)
    assert "review" not in [prompt["name"] for prompt in left]


async def test_what_is_wrong_in_a_file_is_told_and_the_rest_applies(vendor: LoopbackVendor, tmp_path: Path) -> None:
    own("review.md", "---\nanswers: edit\n---\nReview {{selektion}}.")
    async with ready(vendor, tmp_path) as one:
        await one.until(lambda: bool(one.messages()))
        asked = await sent(one, vendor, "/review")

    assert "review.md' has 'answers', which is none of" in one.messages()[0]
    assert "has the variable {{selektion}}" in one.messages()[0]
    assert asked == "Review {{selektion}}."


async def test_a_hostile_workspace_has_nothing_read(vendor: LoopbackVendor, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (tmp_path / "secret.md").write_text("hunter2")
    of(project, "model.md", "---\nmodel: local/../../etc/passwd\napiKeyCommand: [touch, pwned]\n---\nAsk.")
    prompts = project / ".llm-ls" / "prompts"
    (prompts / "link.md").symlink_to(tmp_path / "secret.md")
    os.mkfifo(prompts / "pipe.md")
    (prompts / "huge.md").write_bytes(b"hunter2" * 100_000)
    (prompts / "binary.md").write_bytes(b"hunter2\0")
    (prompts / "folder.md").mkdir()
    of(project, "mention.md", "@file:../secret.md @link.md {{file}}")
    async with ready(vendor, project) as one:
        listed = await one.request("llm-ls/listPrompts", {})
        mention = await one.request("llm-ls/expandPrompt", {"name": "mention"})
        asked = await sent(one, vendor, "/mention")
        modelled = await sent(one, vendor, "/model")

    assert [prompt["name"] for prompt in listed if prompt["source"] == "workspace"] == ["mention", "model"]
    assert (mention["context"], mention["text"]) == ([], "@file:../secret.md @link.md ")
    assert "hunter2" not in asked
    assert modelled == "Ask."
    assert "hunter2" not in one.traffic()


async def test_a_linked_folder_of_prompts_is_not_followed(vendor: LoopbackVendor, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "prompts" / "review.md", "hunter2")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".llm-ls").symlink_to(tmp_path / "elsewhere")
    async with ready(vendor, tmp_path / "project") as one:
        listed = await one.request("llm-ls/listPrompts", {})

    assert "review" not in [prompt["name"] for prompt in listed]


async def test_another_client_gets_the_text_and_what_it_mentions(vendor: LoopbackVendor, tmp_path: Path) -> None:
    of(tmp_path, "review.md", "Review {{selection}} with @notes.md:2-3, @selection, @diff:staged and @open.")
    (tmp_path / "notes.md").write_text("1\n2\n3\n")
    document, span = marked("a = «f(1)»\n")
    async with ready(vendor, tmp_path) as one:
        uri = (tmp_path / "app.py").as_uri()
        one.open(document.text, uri)
        place = {"uri": uri, "range": lsp_range(span)}
        expanded = await one.request("llm-ls/expandPrompt", {"name": "review", "input": "Now.", **place})
        vendor.says(*whole("ok"))
        question: dict[str, Any] = {"messages": [], "message": expanded["text"], "context": expanded["context"][:2]}
        await one.request("llm-ls/chat", question)

    assert expanded["text"] == "Review f(1) with @notes.md:2-3, @selection, @diff:staged and @open.\n\nNow."
    assert expanded["context"] == [
        {
            "uri": (tmp_path / "notes.md").as_uri(),
            "range": {"start": {"line": 1, "character": 0}, "end": {"line": 3, "character": 0}},
            "type": "range",
        },
        {"uri": uri, "range": lsp_range(span), "type": "range"},
        {"staged": True, "type": "diff"},
        {"type": "openDocuments"},
    ]
    assert "2\n3\n" in vendor.requests[-1].json["messages"][-1]["content"]


async def test_each_folder_has_prompts_of_its_own(vendor: LoopbackVendor, tmp_path: Path) -> None:
    of(tmp_path / "one", "first.md", "One.")
    of(tmp_path / "two", "second.md", "---\nmenu: true\n---\nTwo.")
    async with ready(vendor, tmp_path / "one") as one:
        folders = [{"uri": (tmp_path / "two").as_uri(), "name": "two"}]
        one.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": folders, "removed": []}})
        everywhere = await one.request("llm-ls/listPrompts", {})
        uri = (tmp_path / "two" / "a.py").as_uri()
        here = await one.request("llm-ls/listPrompts", {"uri": uri})
        one.open("a = 1\n", uri)
        offered = await one.actions(uri=uri)

    assert {"first", "second"} <= {prompt["name"] for prompt in everywhere}
    assert [prompt["name"] for prompt in here if prompt["source"] == "workspace"] == ["second"]
    assert "AI: Second" in titles(offered)


async def test_a_variable_without_a_value_is_told(vendor: LoopbackVendor, tmp_path: Path) -> None:
    own("review.md", "Review {{selection}} and {{diff}}.")
    async with ready(vendor, tmp_path) as one:
        asked = await sent(one, vendor, "/review")
        told = [event["message"] for event in one.progress("t") if event.get("kind") == "truncated_context"]

    assert asked == "Review  and ."
    assert told == [
        "{{diff}}: there is no git repository here",
        "{{selection}}: the editor has not told where the cursor is",
    ]
