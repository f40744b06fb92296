"""No secret comes out of the command line, and none gets into the processes that llm-ls starts."""

import asyncio
import os
from pathlib import Path

import pytest

from llm_ls.cli import demo_model
from llm_ls.providers.vendors import VENDORS
from tests.cli.command import configure
from tests.rigs.github import CLIENT_ID
from tests.secrets.house import House
from tests.secrets.parrot import REPLIES, Parrot
from tests.secrets.searching import leaks, planted

COMMANDS = (
    # What comes in on stdin is part of the question, and that is kept: nothing else of it may be.
    ("chat", "--no-save", "--model", "openai/m", "Hi"),
    ("chat", "--no-save", "--model", "anthropic/m", "--json", "Hi"),
    ("chat", "--no-save", "--model", "gateway/m", "--json", "Hi"),
    ("login", "github-copilot"),
    ("auth", "--json"),
    ("keys", "list", "--json"),
    ("keys", "delete", "openai"),
    ("providers", "--json"),
    ("models", "--refresh", "--json"),
    ("doctor", "--json"),
    ("usage", "--by", "model", "--json"),
)
THAT_LIST_MODELS = (("models", "--refresh"), ("models", "--refresh", "--json"), ("doctor",))


def settle(house: House, url: str) -> None:
    """Leave secrets in every place that the command line knows, and lead every provider to one vendor."""
    house.plant_keys()
    lines = [f'[providers.{id}]\nbaseUrl = "{url}"' for id, vendor in VENDORS.items() if vendor.place != "file"]
    command = f'["cat", "{house.write("key", house.plant("printed"))}"]'
    lines.append(f'[providers.gateway]\nkind = "openai"\nbaseUrl = "{url}"\napiKeyCommand = {command}')
    lines.append(f'headers = {{ X-Gateway = "{house.plant("header", "{name}-{core}")}" }}')
    lines.append(f'[providers.acme]\nkind = "openai"\nbaseUrl = "{url}"\nclientId = "{CLIENT_ID}"')
    lines.append(f'[providers.acme.oauth]\nauthorizationUrl = "{url}/authorize"\ntokenUrl = "{url}/token"')
    configure(
        "\n".join(lines).replace("[providers.github-copilot]\n", f'[providers.github-copilot]\ndomain = "{url}"\n')
    )
    os.environ["GITHUB_COPILOT_OAUTH_CLIENT_ID"] = CLIENT_ID
    os.environ["GITHUB_COPILOT_OAUTH_CLIENT_SECRET"] = house.plant("client secret")
    house.own.append(house.home / ".config/llm-ls/config.toml")
    hosts = {"github.com": {"user": "octocat", "oauth_token": house.plant("hosts", "gho_{core}")}}
    house.write(".config/github-copilot/hosts.json", hosts)
    house.write(".codex/auth.json", {"OPENAI_API_KEY": house.plant("codex", "sk-{core}"), "tokens": None})
    proxy = f"http://ann:{house.plant('proxy', '{name}-{core}')}@127.0.0.1:9"
    os.environ.update(HTTPS_PROXY=proxy, LLM_LS_PASSPHRASE=house.plant("passphrase"))


@pytest.mark.parametrize(("reply", "commands"), [("HTTP 401", COMMANDS), ("models", THAT_LIST_MODELS)])
async def test_commands_show_no_secret(
    reply: str, commands: tuple[tuple[str, ...], ...], house: House, parrot: Parrot
) -> None:
    settle(house, parrot.url)
    parrot.reply = REPLIES[reply]
    saved = await house.runs("keys", "set", "acme", stdin=f"{house.plant('saved')}\n")
    mistaken = f"{house.plant('pasted at the wrong time')}\n"
    await asyncio.gather(*(house.runs(*arguments, stdin=mistaken) for arguments in commands))

    assert saved.code == 0
    assert len(house.said) == 2 * (1 + len(commands))
    assert parrot.heard(house.secrets) >= {"OPENAI_API_KEY", "printed", "header"}
    assert house.leaks() == []


async def test_key_that_is_given_as_an_argument_is_not_repeated(house: House) -> None:
    done = await house.runs("keys", "set", "openai", key := planted("key"))
    house.secrets["key"] = key

    assert done.code == 2
    assert leaks({"key": key}, {"out": done.out.encode(), "err": done.err.encode()}) == []


async def test_child_that_serves_a_model_gets_no_secret(house: House) -> None:
    house.plant_keys()
    proxy = f"http://ann:{house.plant('proxy', '{name}-{core}')}@127.0.0.1:9"
    os.environ.update(HTTPS_PROXY=proxy, https_proxy=proxy, LLM_LS_PASSPHRASE=house.plant("passphrase"))
    for name in ("AZURE_CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "GATEWAY_PASSWORD", "ACME_OAUTH_CLIENT_SECRET"):
        os.environ[name] = house.plant(name)
    os.environ["ACME"] = house.plant("named by apiKeyEnv")
    demo_model.write(house.home / "tiny.gguf", {"": "Hello."}, fill="")
    providers = {"local": {"modelPath": str(house.home / "tiny.gguf")}, "acme": {"kind": "openai", "apiKeyEnv": "ACME"}}
    async with house.server({"providers": providers}) as one:
        answer = await one.ask("llm-ls/chat", {"message": "Hi", "model": "local/tiny"})
        children = children_of(one.client.process.pid)
        for child in children:
            house.hears("argv of the child", (child / "cmdline").read_bytes())
            house.hears("environment of the child", (child / "environ").read_bytes())

    assert answer["result"]["text"] == "Hello."
    assert len(children) == 1
    assert house.leaks() == []


def children_of(process: int) -> list[Path]:
    """The folders in which Linux tells of a process's children."""
    numbers = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    return [Path(f"/proc/{number}") for number in numbers]
