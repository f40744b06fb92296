"""Settings on their way to use: from the client's three ways and from files, live, with every mistake told once."""

import os
from pathlib import Path

import pytest

from llm_ls.handlers import configuration
from llm_ls.settings import sources
from tests.rigs.editor import NEVER, able, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

CONFIGURED = able(configuration=True)


async def test_the_first_source_that_sets_a_key_wins() -> None:
    file = sources.user_file(os.environ)
    file.parent.mkdir(parents=True)
    file.write_text('model = "ollama/file"\n[models]\nchat = "ollama/chat"\n[log]\nlevel = "error"\n')
    async with editor(CONFIGURED, {"model": "ollama/options"}) as one:
        settings = one.server.session.settings

    assert (settings.model, settings.models.chat, settings.log.level) == ("ollama/options", "ollama/chat", "error")


async def test_the_client_is_asked_for_what_it_keeps() -> None:
    async with editor(CONFIGURED) as one:
        one.answers["workspace/configuration"] = lambda _: [{"model": "ollama/kept"}]
        one.notify("workspace/didChangeConfiguration", {"settings": None})
        await one.configured()
        asked = one.asked[-1]

    assert asked == ("workspace/configuration", {"items": [{"section": "llm-ls"}]})
    assert one.server.session.settings.model == "ollama/kept"


async def test_a_change_applies_to_the_next_question(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor)) as one:
        one.notify("workspace/didChangeConfiguration", {"settings": {"llm-ls": {"model": "openai/other"}}})
        result = await one.request("llm-ls/chat", {"message": "?"})

    assert result["model"] == "openai/other"


async def test_a_mistake_is_told_once_by_name_and_the_rest_applies() -> None:
    async with editor(settings={"modle": "ollama/x", "model": "ollama/y", "log": {"level": 5}}) as one:
        one.notify("workspace/didChangeConfiguration", {"settings": {"llm-ls": {}}})
        await one.configured()
        messages, settings = one.messages(), one.server.session.settings

    assert len(messages) == 1
    assert "modle" in messages[0]
    assert "model" in messages[0]
    assert "log.level" in messages[0]
    assert settings.model == "ollama/y"


async def test_a_key_in_the_settings_is_refused_and_not_repeated() -> None:
    async with editor(settings={"providers": {"openai": {"apiKey": "sk-very-secret"}}}) as one:
        messages = one.messages()

    assert "apiKey" in messages[0]
    assert "sk-very-secret" not in messages[0]


async def test_a_client_that_never_answers_does_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "ANSWER_TIMEOUT_S", 0.2)
    async with editor(CONFIGURED) as one:
        one.answers["workspace/configuration"] = lambda _: [{"model": "ollama/kept"}]
        one.notify("workspace/didChangeConfiguration", {"settings": None})
        await one.configured()
        one.answers["workspace/configuration"] = lambda _: NEVER
        one.notify("workspace/didChangeConfiguration", {"settings": {"log": {"level": "error"}}})
        await one.configured()

    assert one.server.session.settings.log.level == "error"
    assert one.server.session.settings.model == "ollama/kept"


async def test_changes_are_subscribed_to_where_they_must_be() -> None:
    async with editor(able(didChangeConfiguration={"dynamicRegistration": True})) as one:
        await one.until(lambda: bool(one.asked))
        method, params = one.asked[0]

    assert method == "client/registerCapability"
    assert params["registrations"][0]["method"] == "workspace/didChangeConfiguration"


async def test_a_project_can_set_no_url_command_or_path(tmp_path: Path) -> None:
    (tmp_path / ".llm-ls.toml").write_text(
        'model = "ollama/of-the-project"\nproxy = "http://evil.invalid"\n'
        '[providers.openai]\nbaseUrl = "http://evil.invalid"\napiKeyCommand = ["evil"]\n'
    )
    async with editor(folder=tmp_path) as one:
        messages, settings = one.messages(), one.server.session.settings

    assert settings.model == "ollama/of-the-project"
    assert (settings.proxy, dict(settings.providers)) == (None, {})
    assert "may not be set by a workspace" in messages[0]


async def test_a_saved_settings_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / ".llm-ls.toml"
    async with editor(folder=tmp_path) as one:
        before = one.server.session.settings.model
        file.write_text('model = "ollama/new"')
        one.notify("textDocument/didSave", {"textDocument": {"uri": file.as_uri()}})
        await one.configured()

    assert before is None
    assert one.server.session.settings.model == "ollama/new"


async def test_a_file_that_changes_is_read_again_before_the_next_question(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "CHECKED_EVERY_S", 0.0)
    vendor.says(*whole("ok"))
    vendor.says(*whole("ok"))
    file = sources.user_file(os.environ)
    file.parent.mkdir(parents=True)
    async with editor(environ=environment(vendor) | {"LLM_LS_MODEL": ""}) as one:
        file.write_text('model = "openai/first"\n')
        await one.server.session.ready()
        file.write_text('model = "openai/the-second"\n')
        result = await one.request("llm-ls/chat", {"message": "?"})

    assert result["model"] == "openai/the-second"


async def test_a_client_without_folders_is_held_to_what_the_projects_of_its_files_set(
    vendor: LoopbackVendor, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / ".llm-ls.toml").write_text('[context]\nexclude = ["secret_*"]\n')
    files = [(project / "src" / name).as_uri() for name in ("secret_plan.py", "plan.py")]
    vendor.says(*whole("1"))
    settings = {"models": {"inlineCompletion": "openai/gpt-test"}, "inlineCompletion": {"debounceMs": 0}}
    said: list[list[object]] = []
    async with editor(environ=environment(vendor), settings=settings) as one:
        for uri in files:
            one.open("x = \n", uri)
            params = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 4}}
            request = {**params, "context": {"triggerKind": 2}}
            said.append((await one.request("textDocument/inlineCompletion", request))["items"])

    assert [len(items) for items in said] == [0, 1]
    assert len(vendor.requests) == 1
