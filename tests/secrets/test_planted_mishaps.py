"""No secret comes out where the store, a command, the network or llm-ls itself fails, or the process is killed."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.authority import Authority
from tests.rigs.openai import words
from tests.rigs.raw_client import SERVER
from tests.rigs.vendor import CUT, PAUSE, LoopbackVendor
from tests.secrets.house import UNFILTERED, Conversation, House

BROKEN = ("-m", "tests.secrets.broken")
STORE = ".local/share/llm-ls/credentials.json"
NOBODY = "http://127.0.0.1:9"
CHAT = {"message": "Hi", "model": "openai/m", "partialResultToken": "p", "workDoneToken": "w"}


def at(vendor: LoopbackVendor) -> dict[str, Any]:
    return {"providers": {"openai": {"baseUrl": vendor.url, "retry": {"maxRetries": 0}}}}


def damaged(house: House) -> None:
    house.write(STORE, '{"version": 1, "entries": {"' + house.plant("half of a store"))


def from_the_future(house: House) -> None:
    house.write(STORE, {"version": 99, "secrets": house.plant("of the future")})


def open_to_others(house: House) -> None:
    house.write(STORE, {"key": house.plant("that others may read")}).chmod(0o644)


def a_folder(house: House) -> None:
    (house.home / STORE).mkdir(parents=True)


def without_a_folder(house: House) -> None:
    shutil.rmtree((house.home / STORE).parent)
    (house.home / STORE).parent.write_text("")


async def keep_keys(one: Conversation, house: House, where: str) -> None:
    """Save, look at and delete keys, and make the mistakes that one can make with them."""
    for provider in ("openai", "nobody"):
        given = {"provider": provider, "apiKey": house.plant(f"planted for {provider} {where}")}
        await one.ask("llm-ls/saveApiKey", given)
        await one.ask("llm-ls/getApiKey", {"provider": provider})
        await one.ask("llm-ls/deleteApiKey", {"provider": provider})
    await one.ask("llm-ls/saveApiKey", {"provider": "openai", "apiKey": f"two {house.plant(f'words {where}')}"})
    await one.ask("llm-ls/saveApiKey", {"provider": "openai", "apiKey": [house.plant(f"in a list {where}")]})
    await one.ask("llm-ls/saveApiKey", {"provider": "openai", "key": house.plant(f"misnamed {where}")})
    await one.ask("llm-ls/listSavedProviders", {})


async def test_store_that_cannot_be_used(house: House) -> None:
    async with house.server({}, UNFILTERED) as one:
        for happens in (damaged, from_the_future, open_to_others, a_folder, without_a_folder):
            happens(house)
            await keep_keys(one, house, happens.__name__)
            shutil.rmtree(house.home / STORE, ignore_errors=True)
            if (house.home / STORE).is_file():
                (house.home / STORE).unlink()

    assert house.leaks() == []


@pytest.mark.parametrize("store", ["auto", "keyring"])
async def test_keyring_that_quotes_what_it_does_not_take(store: str, house: House) -> None:
    os.environ["PYTHON_KEYRING_BACKEND"] = "tests.secrets.telltale_keyring.Telltale"
    os.environ["LLM_LS_PASSPHRASE"] = house.plant("passphrase")
    async with house.server({"credentials": {"store": store}}, UNFILTERED) as one:
        await keep_keys(one, house, "and sealed")

    assert b"PasswordSetError" in house.said["traffic" if store == "keyring" else "stderr"]
    assert house.leaks() == []


SCRIPTS = (
    "cat {file} >&2; exit 3",
    "cat {file}; cat {file} >&2; exit 3",
    "echo; cat {file}",
    "printf 'a b '; cat {file}",
    "cat {file}; kill -9 $$",
)


async def test_command_that_fails(house: House) -> None:
    file = house.write("key", house.plant("printed"))
    commands = [["sh", "-c", script.format(file=file)] for script in SCRIPTS]
    commands.append([str(house.write("no-program", house.plant("in a program")))])
    providers = {
        f"acme{number}": {"kind": "openai", "baseUrl": NOBODY, "apiKeyCommand": command}
        for number, command in enumerate(commands)
    }
    async with house.server({"providers": providers}, UNFILTERED) as one:
        for provider in providers:
            answer = await one.ask("llm-ls/chat", {**CHAT, "model": f"{provider}/m"})
            assert "apiKeyCommand" in answer["error"]["message"]

    assert house.leaks() == []


async def test_network_that_fails(house: House, vendor: LoopbackVendor, tmp_path: Path) -> None:
    key = os.environ["OPENAI_API_KEY"] = house.plant("key")
    vendor.says(*words("a", "b"), f'data: {{"error": "{key}'.encode(), CUT)
    async with LoopbackVendor(Authority(tmp_path).server("127.0.0.1")) as unknown:
        urls = (NOBODY, unknown.url, NOBODY.replace("//", f"//ann:{house.plant('user', '{name}-{core}')}@"))
        acme = {"kind": "openai", "apiKeyEnv": "OPENAI_API_KEY", "retry": {"maxRetries": 0}}
        providers = {f"acme{number}": {**acme, "baseUrl": url} for number, url in enumerate(urls)}
        async with house.server({"providers": {**providers, **at(vendor)["providers"]}}, UNFILTERED) as one:
            failed = [await one.ask("llm-ls/chat", {**CHAT, "model": f"{name}/m"}) for name in providers]
            cut = await one.ask("llm-ls/chat", CHAT)

    assert [answer["error"]["data"]["kind"] for answer in failed] == ["connection", "connection", "settings"]
    assert cut["error"]["data"]["partial"] is True
    assert house.leaks() == []


async def test_bug_that_quotes_a_key(house: House, vendor: LoopbackVendor) -> None:
    """The second line at work: here the first has failed."""
    os.environ.update(OPENAI_API_KEY=house.plant("key"), PYTHONASYNCIODEBUG="1")
    async with house.server(at(vendor), BROKEN) as one:
        answer = await one.ask("llm-ls/chat", CHAT)

    assert answer["error"]["code"] == -32603
    assert house.said["stderr"].count(b"RuntimeError: cannot send **** and '****' to http://127.0.0.1") == 2
    assert house.leaks() == []


async def test_bug_that_quotes_a_key_in_a_terminal(house: House, vendor: LoopbackVendor) -> None:
    os.environ.update(OPENAI_API_KEY=house.plant("key"), OPENAI_BASE_URL=vendor.url)
    crashed = await house.runs("chat", "--model", "openai/m", "Hi", program=BROKEN)

    assert (crashed.code, crashed.out) == (1, "")
    assert crashed.err.count("RuntimeError: cannot send **** and '****' to http://127.0.0.1") == 2
    assert house.leaks() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGABRT])
async def test_process_that_is_ended_within_an_answer(number: int, house: House, vendor: LoopbackVendor) -> None:
    os.environ["OPENAI_API_KEY"] = house.plant("key")
    vendor.says(*words("Hello"), PAUSE)
    async with house.server(at(vendor), SERVER, leaves=False) as one:
        one.begin("llm-ls/chat", CHAT)
        await one.client.message(lambda message: "Hello" in str(message))
        one.client.process.send_signal(number)
        await one.client.exit_code()

    assert (b"Fatal Python error" in house.said["stderr"]) is (number == signal.SIGABRT)
    assert house.leaks() == []


async def test_process_that_aborts_with_a_key_in_hand(house: House, vendor: LoopbackVendor) -> None:
    os.environ.update(OPENAI_API_KEY=house.plant("key"), LLM_LS_ABORTS="1")
    async with house.server(at(vendor), BROKEN, leaves=False) as one:
        one.begin("llm-ls/chat", CHAT)
        await one.client.exit_code()

    assert b"Fatal Python error: Aborted" in house.said["stderr"]
    assert house.leaks() == []
