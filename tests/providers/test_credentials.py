"""Where a credential comes from, and what is said when it does not."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.auth.credentials import Credentials
from llm_ls.auth.fetching import Fetched
from llm_ls.auth.grant import Grant
from llm_ls.auth.lookup import Lookup
from llm_ls.auth.secret import Secret
from llm_ls.auth.whereabouts import Whereabouts

ACME = Lookup("acme", names=("ACME_API_KEY", "ACME_TOKEN"))


async def nobody(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
    raise AssertionError("nobody is to be asked")


def looking_in(environment: Mapping[str, str]) -> Credentials:
    return Credentials(environment, Whereabouts(environment), nobody)


def source(environment: Mapping[str, str], lookup: Lookup) -> str:
    return Whereabouts(environment).source(lookup)


def printing(script: str) -> Lookup:
    return Lookup("acme", command=(sys.executable, "-c", script), names=("ACME_API_KEY",))


async def failure(credentials: Credentials, lookup: Lookup) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await credentials.get(lookup)
    return caught.value


async def test_first_variable_that_is_set_counts() -> None:
    credentials = looking_in({"ACME_API_KEY": " ", "ACME_TOKEN": " t0ken\n", "OTHER": "x"})

    assert await credentials.get(ACME) == Grant(Secret("t0ken"))
    assert source({"ACME_API_KEY": " ", "ACME_TOKEN": "t"}, ACME) == "environment"


async def test_names_every_place_looked_at() -> None:
    error = await failure(looking_in({}), ACME)

    assert error.kind == "missing_credentials"
    assert error.sentence == (
        "No credential for acme: no apiKeyCommand in settings, ACME_API_KEY is not set, ACME_TOKEN is not set and no "
        "key is saved. Run `llm-ls keys set acme`, or set ACME_API_KEY or ACME_TOKEN."
    )


async def test_none_is_needed() -> None:
    lookup = Lookup("acme", names=("ACME_API_KEY",), needed=False)

    assert await looking_in({}).get(lookup) is None
    assert source({}, lookup) == "not_needed"
    assert await looking_in({"ACME_API_KEY": "k"}).get(lookup) == Grant(Secret("k"))


async def test_command_gives_its_first_line() -> None:
    credentials = looking_in({"ACME_API_KEY": "other"})
    lookup = printing("print(' k3y '); print('second line')")

    assert await credentials.get(lookup) == Grant(Secret("k3y"))
    assert source({"ACME_API_KEY": "other"}, lookup) == "command"


async def test_command_sees_the_environment() -> None:
    lookup = printing("import os; print(os.environ['GIVEN'])")

    assert await looking_in({"GIVEN": "k3y"}).get(lookup) == Grant(Secret("k3y"))


async def test_command_runs_once_also_for_two_at_a_time(tmp_path: Path) -> None:
    count = tmp_path / "count"
    credentials = looking_in({})
    lookup = printing(f"open({str(count)!r}, 'a').write('x'); print('k3y')")

    await asyncio.gather(credentials.get(lookup), credentials.get(lookup))
    await credentials.get(lookup)

    assert count.read_text() == "x"


async def test_refused_key_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("old")
    credentials = looking_in({})
    lookup = printing(f"print(open({str(file)!r}).read())")
    await credentials.get(lookup)
    same = await credentials.renewed(lookup, Grant(Secret("old")))
    file.write_text("new")

    assert not same
    assert await credentials.renewed(lookup, Grant(Secret("old")))
    assert await credentials.get(lookup) == Grant(Secret("new"))


async def test_variable_that_was_refused_is_no_new_credential() -> None:
    assert not await looking_in({"ACME_API_KEY": "k"}).renewed(ACME, Grant(Secret("k")))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import sys; print('s3cret'); sys.exit(3)", "its apiKeyCommand failed with exit status 3"),
        ("print(); print('s3cret')", "its apiKeyCommand printed no key on its first line"),
        ("print('s3cret key')", "a key is one word of printable ASCII"),
        ("print('s3crét')", "a key is one word of printable ASCII"),
    ],
)
async def test_what_a_command_prints_is_never_repeated(
    script: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    error = await failure(looking_in({"PYTHONUTF8": "1"}), printing(script))

    assert error.kind == "missing_credentials"
    assert said in error.message
    assert "s3cr" not in repr(error) + error.sentence + caplog.text


async def test_command_that_cannot_start_is_a_wrong_setting() -> None:
    error = await failure(looking_in({}), Lookup("acme", command=("no-such-program-of-ours",)))

    assert error.kind == "settings"
    assert error.message == "the apiKeyCommand of 'acme' cannot be started: No such file or directory"


async def test_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("llm_ls.auth.key_commands._COMMAND_S", 1.0)
    pid = tmp_path / "pid"
    script = f"import os, threading; open({str(pid)!r}, 'w').write(str(os.getpid())); threading.Event().wait()"

    error = await failure(looking_in({}), printing(script))

    assert error.message == "no credential for acme: its apiKeyCommand did not finish within 1 s"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_key_refused_to_two_at_a_time_is_new_for_both(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("old")
    credentials = looking_in({})
    lookup = printing(f"print(open({str(file)!r}).read())")
    await credentials.get(lookup)
    file.write_text("new")

    renewed = await asyncio.gather(*(credentials.renewed(lookup, Grant(Secret("old"))) for _ in range(2)))

    assert renewed == [True, True]
    assert await credentials.renewed(lookup, Grant(Secret("old")))


GRANDCHILD = Lookup("acme", command=("bash", "-c", "sleep 6; echo k"))


async def test_command_is_ended_with_what_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_ls.auth.key_commands._COMMAND_S", 0.2)
    began = time.monotonic()

    error = await failure(looking_in({"PATH": os.environ["PATH"]}), GRANDCHILD)

    assert error.kind == "missing_credentials"
    assert time.monotonic() - began < 2


async def test_cancel_ends_a_command_with_what_it_started() -> None:
    began = time.monotonic()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await looking_in({"PATH": os.environ["PATH"]}).get(GRANDCHILD)

    assert time.monotonic() - began < 2
