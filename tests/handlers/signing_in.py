"""Somebody who signs in to (a fake of) GitHub Copilot in an editor."""

from typing import Any

from tests.rigs.editor import Editor
from tests.rigs.github import CLIENT_ID, TOKEN, GitHub

ASK = "window/showMessageRequest"


def settings(github: GitHub, **provider: Any) -> dict[str, Any]:
    return {
        "model": "github-copilot/gpt-4.1",
        "providers": {"github-copilot": {"domain": github.url, "clientId": CLIENT_ID, **provider}},
    }


def begin(one: Editor, **params: Any) -> int:
    return one.start("llm-ls/signIn", {"provider": "github-copilot", "workDoneToken": "w", **params})


def questions(one: Editor) -> list[dict[str, Any]]:
    return [params for method, params in one.asked if method == ASK]


async def signed_in(one: Editor, github: GitHub) -> None:
    number = begin(one)
    await github.next(TOKEN)
    github.approve()
    assert (await one.answer(number))["status"] == "signedIn"
