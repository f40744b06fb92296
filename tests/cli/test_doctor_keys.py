"""What the doctor says of keys that are kept: where, how safely, and whether they can be read."""

from typing import Any

import pytest

from llm_ls.auth.credential_store import CredentialStore
from llm_ls.auth.entries import SavedKey
from llm_ls.auth.secret import Secret
from llm_ls.cli.doctor.check import Check
from llm_ls.cli.doctor.command import examine_setup
from tests.cli.command import configure
from tests.rigs.openai import whole
from tests.rigs.vendor import LoopbackVendor

KEY = SavedKey(Secret("k3y-0123456789"))


async def examined(vendor: LoopbackVendor, **top: Any) -> dict[str, Check]:
    """The checks by name, of a setup whose only provider is `mine`."""
    store = top.get("store", "auto")
    configure(f"""
        model = "mine/small"
        credentials.store = "{store}"
        [providers.mine]
        kind = "openai"
        baseUrl = "{vendor.url}/v1"
        models = ["small"]
    """)
    return {check.name: check for check in await examine_setup()}


async def test_key_in_a_plain_file_is_a_warning_with_a_way_out(vendor: LoopbackVendor) -> None:
    await CredentialStore({}, "file").save("mine", "API key", KEY)
    vendor.refuses(200, {"data": [{"id": "small"}]})
    vendor.says(*whole("hi"))
    found = await examined(vendor)

    assert found["keys"].state == "warning"
    assert found["keys"].found.startswith("1 saved; new ones go to a file of yours alone, not encrypted (no keyring: ")
    assert "LLM_LS_PASSPHRASE" in found["keys"].remedy
    assert found["mine: credential"].found == "from the file where llm-ls keeps keys; it was accepted"


async def test_key_that_cannot_be_read_is_not_called_accepted(vendor: LoopbackVendor) -> None:
    await CredentialStore({"LLM_LS_PASSPHRASE": "correct horse"}, "file").save("mine", "API key", KEY)
    found = await examined(vendor)

    assert found["mine: credential"].state == "failed"
    assert "LLM_LS_PASSPHRASE" in found["mine: credential"].found + found["mine: credential"].remedy
    assert found["mine: reachable"].state == "skipped"
    assert vendor.requests == []


async def test_keyring_that_is_wanted_and_not_there_is_a_warning(vendor: LoopbackVendor) -> None:
    found = await examined(vendor, store="keyring")

    assert found["keys"].state == "warning"
    assert found["keys"].found.startswith("0 saved; new ones are not kept")


@pytest.mark.parametrize("store", ["auto", "environment"])
async def test_nothing_that_is_saved_is_well(store: str, vendor: LoopbackVendor) -> None:
    assert (await examined(vendor, store=store))["keys"].state == "ok"
