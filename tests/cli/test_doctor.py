"""`llm-ls doctor`: what it looks at, what it says to do, and that no secret is in it."""

import email.utils
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from llm_ls.cli.doctor import installation, providers
from llm_ls.cli.doctor.check import Check, presentable
from llm_ls.cli.doctor.command import examine_setup
from llm_ls.providers.registry import Registry
from llm_ls.settings import Settings
from tests.cli.command import configure, run
from tests.cli.terminal import Terminal
from tests.providers.registries import HELLO
from tests.rigs.vendor import Answer, LoopbackVendor

KEY = "sk-doctor-0123456789"
STATES = {"ok", "warning", "failed", "skipped"}
QUIET = "".join(f"[providers.{name}]\ndisabled = true\n" for name in ("ollama", "lmstudio", "vllm", "llamacpp"))
SERVER = '[providers.mine]\nkind = "openai"\nbaseUrl = "{url}/v1"\napiKeyEnv = "MINE"\n'


def settings(vendor: LoopbackVendor, top: str = 'model = "mine/small"\n') -> None:
    """One provider, `mine`, and nobody else."""
    configure(top + SERVER.format(url=vendor.url) + QUIET)


def lists(vendor: LoopbackVendor, *ids: str, headers: dict[str, str] | None = None) -> None:
    vendor.refuses(200, {"data": [{"id": id} for id in ids]}, headers)


def named(checks: Iterable[Check], name: str) -> Check:
    (found,) = [check for check in checks if check.name == name]
    return found


def unwell(checks: Iterable[Check]) -> dict[str, str]:
    """The state of each check that is not `ok`."""
    return {check.name: check.state for check in checks if check.state != "ok"}


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", KEY)


async def test_all_is_well(vendor: LoopbackVendor) -> None:
    settings(vendor)
    lists(vendor, "small")
    vendor.says(HELLO)

    checks = await examine_setup()

    assert unwell(checks) == {}
    assert named(checks, "default model").found == "mine/small (the setting 'model')"
    assert named(checks, "tiers").found == "fast is mine/small, mid is mine/small, best is mine/small"
    assert named(checks, "mine: address").found == f"{vendor.url}/v1"
    assert named(checks, "mine: credential").found == "from the environment; it was accepted"
    assert named(checks, "mine: model").found.startswith("mine/small began to answer after ")
    assert named(checks, "mine: reachable").found == "straight, without a proxy"
    assert {request.headers["authorization"] for request in vendor.requests} == {f"Bearer {KEY}"}


async def test_every_provider_that_is_configured_is_asked(vendor: LoopbackVendor) -> None:
    async with LoopbackVendor() as other:
        row = SERVER.format(url=other.url).replace("mine", "other")
        settings(vendor, f'model = "mine/small"\n{row}')
        for one in (vendor, other):
            lists(one, "small")
            one.says(HELLO)

        checks = await examine_setup()

    assert unwell(checks) == {}
    assert named(checks, "other: model").found.startswith("other/small began to answer after ")


async def test_nothing_configured_is_a_failure_that_says_what_to_do() -> None:
    configure(QUIET)

    checks = await examine_setup()

    assert unwell(checks) == {"default model": "failed", "tiers": "skipped"}
    assert "ANTHROPIC_API_KEY" in named(checks, "default model").found
    assert named(checks, "default model").remedy.startswith("give a key or sign in")


async def test_wrong_key_is_told_from_everything_else(vendor: LoopbackVendor) -> None:
    settings(vendor)
    vendor.refuses(401, {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}})

    checks = await examine_setup()

    assert unwell(checks) == {"mine: credential": "failed", "mine: model": "skipped"}
    assert named(checks, "mine: credential").found.startswith("from the environment; mine refused the credential")
    assert named(checks, "mine: credential").remedy == "give 'mine' a valid key"


async def test_dead_server_is_told_from_everything_else() -> None:
    configure('model = "mine/small"\n' + SERVER.format(url="http://127.0.0.1:9") + QUIET)

    checks = await examine_setup()

    assert unwell(checks) == {
        "mine: reachable": "failed",
        "mine: credential": "skipped",
        "mine: model": "skipped",
        "mine: clock": "skipped",
    }
    assert named(checks, "mine: reachable").found.startswith("no connection to 127.0.0.1:9")
    assert "start the server at 127.0.0.1:9" in named(checks, "mine: reachable").remedy


@pytest.mark.parametrize("address", ["http://[::", "nonsense", "ftp://bob:planted-word@127.0.0.1"])
async def test_address_that_is_none_is_told_without_showing_it(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(f'model = "openai/small"\n{QUIET}')
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", address)

    checks = await examine_setup()

    assert (named(checks, "openai: address").state, named(checks, "openai: reachable").state) == ("skipped", "failed")
    assert named(checks, "openai: reachable").found == "OPENAI_BASE_URL is no address of an API"
    assert address not in str(checks)


async def test_missing_key_of_the_default_model_is_a_failure(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(vendor)
    monkeypatch.delenv("MINE")

    checks = await examine_setup()

    assert unwell(checks) == {"default model": "failed", "mine: configured": "warning"}
    assert "MINE is not set" in named(checks, "default model").found
    assert named(checks, "mine: configured").remedy == "set MINE"


async def test_unknown_model_is_told_with_the_nearest(vendor: LoopbackVendor) -> None:
    settings(vendor, 'model = "mine/smal"\n')
    lists(vendor, "small", "large")
    vendor.refuses(404, {"error": {"message": "The model does not exist", "code": "model_not_found"}})

    checks = await examine_setup()

    assert unwell(checks) == {"mine: model": "failed"}
    assert named(checks, "mine: model").remedy == "use 'mine/small' or 'mine/large'"


@pytest.mark.parametrize(
    ("ahead_s", "told"),
    [
        (7_300, "its clock is 2 hours ahead of that"),
        (-130, "its clock is 2 minutes behind that"),
        (95, " seconds ahead of that"),
    ],
)
async def test_clock_that_differs_is_a_warning(ahead_s: int, told: str, vendor: LoopbackVendor) -> None:
    settings(vendor)
    lists(vendor, "small", headers={"date": email.utils.formatdate(time.time() + ahead_s, usegmt=True)})
    vendor.says(HELLO)

    checks = await examine_setup()

    assert unwell(checks) == {"mine: clock": "warning"}
    assert told in named(checks, "mine: clock").found
    assert "clock of this machine" in named(checks, "mine: clock").remedy


async def test_clock_that_hardly_differs_is_well(vendor: LoopbackVendor) -> None:
    settings(vendor)
    lists(vendor, "small", headers={"date": email.utils.formatdate(time.time() - 30, usegmt=True)})
    vendor.says(HELLO)

    assert unwell(await examine_setup()) == {}


async def test_broken_settings_file_is_a_failure_and_a_wrong_setting_a_warning(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lists(vendor, "small")
    vendor.says(HELLO)
    settings(vendor, 'model = "mine/small"\nmodell = "x"\n')
    wrong = [check for check in await examine_setup() if check.name == "settings"]
    configure("model = \n")
    broken = [check for check in await examine_setup() if check.name == "settings"]
    monkeypatch.setenv("LLM_LS_CONFIG", str(tmp_path / "nowhere.toml"))
    missing = [check for check in await examine_setup() if check.name == "settings"]

    assert [check.state for check in wrong] == ["ok", "warning"]
    assert wrong[0].found == f"read {os.environ['XDG_CONFIG_HOME']}/llm-ls/config.toml"
    assert "'modell'" in wrong[1].found
    assert [check.state for check in broken] == ["ok", "failed"]
    assert broken[0].found.startswith("no file was read")
    assert "is not TOML" in broken[1].found
    assert missing[1].found.endswith("nowhere.toml' does not exist")
    assert missing[1].remedy == "correct LLM_LS_CONFIG"


async def test_settings_of_the_folder_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".llm-ls.toml").write_text('model = "mine/small"\n')
    monkeypatch.chdir(tmp_path)
    configure(QUIET)

    checks = await examine_setup(offline=True)

    assert f" and {tmp_path / '.llm-ls.toml'} (of this folder)" in named(checks, "settings").found


@pytest.mark.parametrize("damage", ["folder", "garbage"])
async def test_storage_that_cannot_be_used_is_a_failure(damage: str) -> None:
    configure(QUIET)
    file = Path(os.environ["XDG_DATA_HOME"]) / "llm-ls" / "llm-ls.sqlite3"
    file.parent.mkdir(parents=True)
    file.mkdir() if damage == "folder" else file.write_bytes(b"no database " * 100)

    check = named(await examine_setup(offline=True), "storage")

    assert check.state == "failed"
    assert str(file) in check.found
    assert str(file) in check.remedy


async def test_storage_with_a_broken_page_is_a_failure() -> None:
    configure(QUIET)
    await examine_setup(offline=True)
    file = Path(os.environ["XDG_DATA_HOME"]) / "llm-ls" / "llm-ls.sqlite3"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * 4096 + content[8192:])

    check = named(await examine_setup(offline=True), "storage")

    assert check.state == "failed"
    assert check.remedy == f"move {file} away, and llm-ls begins a new one"


async def test_fallbacks_that_cannot_be_asked_are_a_warning(vendor: LoopbackVendor) -> None:
    settings(
        vendor,
        'model = "mine/small"\n[fallbacks]\n"mine/small" = ["mine/lost", "nobody/x"]\n"*" = ["mine/large"]\n'
        '[deployments]\n"mine/small" = ["mine/large"]\n',
    )
    lists(vendor, "small", "large")
    vendor.says(HELLO)

    checks = await examine_setup()
    lost, nobody = [check for check in checks if check.name == "fallbacks of mine/small"]

    assert unwell(checks) == {"fallbacks of mine/small": "warning"}
    assert lost.found == "'mine/lost' is not among the models that its provider lists"
    assert nobody.found.startswith("there is no provider 'nobody'")
    assert named(checks, "deployments of mine/small").found == "mine/small, mine/large"


async def test_proxy_and_certificates_in_effect_are_named(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure(QUIET)
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:hidden-word@proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "example.org")
    of_environment = await examine_setup(offline=True)
    configure(f'proxy = "socks5://127.0.0.1:9"\ncaFile = "{tmp_path}/none.pem"\n{QUIET}')
    of_settings = await examine_setup(offline=True)

    assert named(of_environment, "proxy for https").found == (
        "proxy.test:3128 (HTTPS_PROXY), but not for the hosts of NO_PROXY"
    )
    assert named(of_environment, "proxy for http").found == "none"
    assert named(of_environment, "certificates").found == "trusts the system"
    assert unwell(of_settings).keys() >= {"proxy for https", "proxy for http", "certificates"}
    assert "'socksio'" in named(of_settings, "proxy for https").found
    assert "the setting 'caFile'" in named(of_settings, "certificates").found


async def test_trusting_nobody_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configure(QUIET)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))

    check = named(await examine_setup(offline=True), "certificates")

    assert (check.state, check.found.partition(",")[0]) == ("warning", "trusts SSL_CERT_DIR")


async def test_offline_asks_nobody(vendor: LoopbackVendor) -> None:
    settings(vendor)

    skipped = ("local servers", "mine: reachable", "mine: credential", "mine: model", "mine: clock")

    checks = await examine_setup(offline=True)

    assert vendor.connections == 0
    assert unwell(checks) == dict.fromkeys(skipped, "skipped")
    assert named(checks, "mine: credential").found.startswith("from the environment")


async def test_server_is_started_and_ended() -> None:
    check = await installation.server()

    assert (check.name, check.state) == ("server", "ok")


async def test_server_that_does_not_start_is_a_failure() -> None:
    check = await installation.server((sys.executable, "-c", "raise SystemExit(3)"))

    assert (check.name, check.state) == ("server", "failed")
    assert "`llm-ls --stdio`" in check.remedy


async def test_servers_found_on_this_machine_are_named(vendor: LoopbackVendor) -> None:
    lists(vendor, "a", "b")
    registry = Registry(Settings(), {"LLAMACPP_BASE_URL": vendor.url})
    try:
        await registry.discover()
        check = providers.servers(registry, known=())
    finally:
        await registry.aclose()

    assert check.found == f"llama.cpp at {vendor.url}/v1 with 2 models"


async def test_json_is_a_flag_and_a_list_of_checks(vendor: LoopbackVendor) -> None:
    settings(vendor)

    done = await run("doctor", "--offline", "--json")
    answer: dict[str, Any] = json.loads(done.out)

    assert (done.code, done.err) == (0, "")
    assert answer["ok"] is True
    assert {frozenset(check) for check in answer["checks"]} == {frozenset({"name", "state", "found", "remedy"})}
    assert {check["state"] for check in answer["checks"]} <= STATES
    assert next(iter(answer["checks"])) == {"name": "version", "state": "ok", "found": "llm-ls 0.1.0", "remedy": ""}


async def test_piped_it_is_lines_with_tabs_and_fails_if_anything_failed() -> None:
    configure(QUIET)

    done = await run("doctor", "--offline")
    rows = [line.split("\t") for line in done.out.splitlines()]

    assert (done.code, done.err) == (1, "")
    assert {len(row) for row in rows} == {4}
    assert [row[0] for row in rows if row[1] == "default model"] == ["failed"]
    assert {row[0] for row in rows} <= STATES


async def test_on_a_terminal_it_has_marks_and_a_sum() -> None:
    configure(QUIET)
    async with Terminal(sys.executable, "-m", "llm_ls", "doctor", "--offline") as terminal:
        shown = await terminal.everything()

    assert "✓" in shown
    assert "✗" in shown
    assert "→" in shown
    assert shown.rstrip().endswith("checks.")
    assert terminal.process.returncode == 1


async def test_no_secret_is_in_it(vendor: LoopbackVendor) -> None:
    """A vendor that repeats what it was sent, and secrets wherever one can be put."""
    secrets = {
        "MINE": KEY,
        "OPENAI_API_KEY": "planted-word-1",
        "HTTPS_PROXY": "http://ann:planted-word-2@127.0.0.1:9",
        "OPENAI_BASE_URL": f"http://bob:planted-word-3@{vendor.url.removeprefix('http://')}/v1?key=planted-word-4",
        "SOME_TOKEN": "planted-word-5",
        "LLM_LS_MODEL": "planted-word-5",
        "GROQ_API_KEY": "planted-word-6",
        "GROQ_BASE_URL": "https://vendor.test/planted-word-6?token=planted-word-7",
    }
    settings(vendor, "")
    echo = f"Incorrect key {KEY} planted-word-1 of http://bob:planted-word-3@host".encode()
    vendor.answers(Answer((json.dumps({"error": {"message": echo.decode()}}).encode(),), status=401))

    done = await run("doctor", environment=secrets)

    assert done.code == 1
    assert "planted-word" not in done.out + done.err
    assert KEY not in done.out + done.err
    assert os.environ["HOME"] not in done.out
    assert "~/.config/llm-ls/config.toml" in done.out
    assert "127.0.0.1:9" in done.out


def test_home_is_shown_as_its_short_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/people/ann")
    check = Check("x", "ok", "/people/ann/a, '/people/ann', /people/anne/a", "/people/ann.bak and //people/ann")

    assert presentable(check, {}) == Check("x", "ok", "~/a, '~', /people/anne/a", "/people/ann.bak and /~")
