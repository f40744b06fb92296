"""What each example of `editors/PROTOCOL.md` needs beside the page: what the vendor says, what lies about, who acts.

A new example is written with the client's messages, and for each that the server will send a `{}`: the test then says
what belongs there.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.protocol_page.playing import Scene
from tests.protocol_page.stage import Stage
from tests.rigs.github import CLIENT_ID
from tests.rigs.openai import END, chunk, whole, words
from tests.rigs.vendor import PAUSE, sse

_FIXED = "```python\ndef add(a, b):\n    return a + b\n\n\nprint(add(1, 2))\n```"
_EDITED = "```python\ndef add(a, b):\n    return a + b\n\n\nprint(add(1, 2))  # 3\n```"
_CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "read_notes", "arguments": ""}}
_ARGUMENTS = {"index": 0, "function": {"arguments": '{"about": "the project"}'}}
_USAGE = sse({"id": "c1", "choices": [], "usage": {"prompt_tokens": 72, "completion_tokens": 7}}, "[DONE]")


_ANSWERS = "the vendor answers"


def _answering(*texts: str) -> Scene:
    return Scene(lambda stage: stage.vendor.says(*whole(*texts)))


def _answering_late(*texts: str, declares: Mapping[str, bool] | None) -> Scene:
    return Scene(lambda stage: stage.vendor.says(PAUSE, *whole(*texts)), declares, happens={_ANSWERS: _goes_on})


def _goes_on(stage: Stage) -> None:
    stage.vendor.go_on()


def _calls_a_tool(stage: Stage) -> None:
    call = (chunk({"tool_calls": [_CALL]}), chunk({"tool_calls": [_ARGUMENTS]}), chunk({}, "tool_calls"), _USAGE)
    stage.vendor.says(*words("Let me look."), *call)
    stage.vendor.says(*whole("It is a language server."))


def _saves_the_file(stage: Stage) -> None:
    (stage.folder / "sum.py").write_text("def add(a, b):\n    return a - b\n\n\nprint(add(1, 2))\n")


def _makes_a_file(stage: Stage) -> None:
    (stage.folder / "README.md").touch()


def _without_a_key(stage: Stage) -> None:
    del os.environ["TEAM_KEY"]


def _connects(stage: Stage) -> None:
    _lists_models(stage)
    stage.vendor.says(*whole("Yes."))


def _refuses(stage: Stage) -> None:
    body = {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}
    headers = {"content-type": "application/json", "x-request-id": "req_8f3a"}
    stage.vendor.says(PAUSE, json.dumps(body).encode(), status=401, headers=headers)


def _lists_models(stage: Stage) -> None:
    body = {"object": "list", "data": [{"id": id, "object": "model"} for id in ("gpt", "gpt-5-mini")]}
    stage.vendor.refuses(200, body)


def _stages_a_change(stage: Stage) -> None:
    _git(stage.folder, "init", "--quiet")
    _has_a_file(stage)
    _git(stage.folder, "add", "sum.py")
    stage.vendor.says(*whole("Add two numbers"))


def _has_a_file(stage: Stage) -> None:
    (stage.folder / "sum.py").write_text("def add(a, b):\n    return a + b\n")


def _has_a_prompt(stage: Stage) -> None:
    prompt = stage.folder / ".llm-ls" / "prompts" / "review.md"
    prompt.parent.mkdir(parents=True)
    prompt.write_text("---\ndescription: Looks for bugs.\n---\nReview {{selection}} of {{file}}. {{input}} @selection")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(("git", "-C", folder, *arguments), check=True, capture_output=True)


def _knows_github(stage: Stage) -> None:
    stage.github.interval = 1
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "llm-ls" / "config.toml"
    file.parent.mkdir(parents=True)
    domain, client = json.dumps(stage.github.url), json.dumps(CLIENT_ID)
    file.write_text(f"[providers.github-copilot]\ndomain = {domain}\nclientId = {client}\n")


def _approves(stage: Stage) -> None:
    stage.github.approve()


SCENES = {
    "initialize": Scene(begins=False),
    "codeAction": _answering_late(_FIXED, declares=None),
    "edit": _answering(_EDITED),
    "changeSet": Scene(_saves_the_file, {"proposals": True}, happens={"the client makes README.md": _makes_a_file}),
    "review": _answering(_EDITED),
    "nextEdit": _answering(
        "PLACE 1\n```python\ndef subtract(a, b):\n    return a - b\n\n\nprint(subtract(1, 2))\n```\n"
    ),
    "input": _answering_late(_FIXED, declares={}),
    "failure": Scene(_refuses, happens={_ANSWERS: _goes_on}),
    "chat": _answering("A tuple", " is an immutable sequence."),
    "tool": Scene(_calls_a_tool),
    "action": _answering("It subtracts."),
    "conversations": _answering("A tuple is an immutable sequence."),
    "preview": Scene(),
    "cancel": Scene(lambda stage: stage.vendor.says(*words("A tuple"), PAUSE, *END)),
    "error": Scene(_without_a_key),
    "status": Scene(lambda stage: stage.vendor.says(*whole("Yes.")), declares={"status": True}),
    "usage": _answering("Yes."),
    "models": Scene(_lists_models),
    "selectModel": Scene(_lists_models),
    "connection": Scene(_connects),
    "keys": Scene(),
    "signIn": Scene(_knows_github, happens={"the user types the code in at github.com": _approves}),
    "callTool": Scene(_has_a_file),
    "prompts": Scene(_has_a_prompt),
    "commitMessage": Scene(_stages_a_change),
}
