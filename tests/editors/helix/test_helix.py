"""Helix without a plugin: code actions, an edit that is reviewed or refused, instructions, cancelling, signing in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.github import CLIENT_ID, TOKEN, GitHub
from tests.rigs.helix import helix
from tests.rigs.openai import environment, whole, words
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ENTER
from tests.rigs.vendor import PAUSE, LoopbackVendor

BEFORE = "def add(a, b):\n    return a - b\n\n\ndef times(a, b):\n    return a / b\n"
AFTER = "def add(a, b):\n    return a + b\n\n\ndef times(a, b):\n    return a * b\n"
HALF = "def add(a, b):\n    return a + b\n\n\ndef times(a, b):\n    return a / b\n"
MEND = ':lsp-workspace-command llm-ls.edit {"instruction": "mend both"}'


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with prepared_model(tmp_path_factory.mktemp("model"), {"": f"```python\n{AFTER}```\n"}) as environment:
        yield environment


async def test_a_code_action_lands_and_is_undone_with_one_u(model: dict[str, str], tmp_path: Path) -> None:
    async with helix(tmp_path, f"# llm: mend both\n{BEFORE}", model) as one:
        one.terminal.keys("%")
        await one.choose("AI: Edit: mend both")
        await one.terminal.shows("tok · llamacpp/tiny · ", "return a + b", "[+]")
        landed = await one.text()
        one.terminal.keys("u")
        await one.terminal.hides("[+]")

        assert landed == AFTER
        assert await one.text() == f"# llm: mend both\n{BEFORE}"


async def test_an_instruction_makes_an_edit_that_is_accepted(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole(AFTER))
    async with helix(tmp_path, BEFORE, environment(vendor), reviewed=True) as one:
        one.runs(MEND)
        await one.terminal.shows("AI edit ready (+2 −2).")
        untouched = await one.text()
        await one.choose("✓ Apply AI edit (+2 −2)")
        await one.terminal.shows("[+]")

        assert untouched == BEFORE
        assert await one.text() == AFTER


async def test_one_hunk_of_an_edit_is_accepted_and_the_rest_refused(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole(AFTER))
    async with helix(tmp_path, BEFORE, environment(vendor), reviewed=True) as one:
        one.runs(MEND)
        await one.terminal.shows("AI edit ready (+2 −2).")
        one.terminal.keys("2gg")
        await one.choose("✓ Apply this hunk (+1 −1)")
        await one.terminal.shows("[+]")
        await one.terminal.asked(" a", "✓ Apply AI edit (+1 −1)")
        await one.dismiss("✓ Apply AI edit")
        await one.choose("✗ Discard")
        offered = await one.terminal.asked(" a", "AI: Edit")
        await one.dismiss("AI: Edit")

        assert "Discard" not in offered
        assert await one.text() == HALF


async def test_a_refused_edit_leaves_the_text(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole(AFTER))
    async with helix(tmp_path, BEFORE, environment(vendor), reviewed=True) as one:
        one.runs(MEND)
        await one.terminal.shows("AI edit ready (+2 −2).")
        await one.choose("≠ Show diff")
        diff = await one.terminal.shows(".diff")
        one.runs(":buffer-close")
        await one.terminal.hides(".diff")
        await one.choose("✗ Discard")
        offered = await one.terminal.asked(" a", "AI: Edit")
        await one.dismiss("AI: Edit")

        assert "-    return a - b" in diff
        assert "+    return a + b" in diff
        assert "Apply" not in offered
        assert await one.text() == BEFORE


async def test_asks_what_to_do_where_nobody_has_said(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole(AFTER))
    async with helix(tmp_path, BEFORE, environment(vendor)) as one:
        one.terminal.keys("%")
        await one.choose("AI: Edit…")
        await one.terminal.shows("What should be changed?", "Simplify")
        one.terminal.keys(ENTER)
        await one.terminal.shows("[+]")

        assert await one.text() == AFTER


async def test_a_command_stops_what_runs(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with helix(tmp_path, BEFORE, environment(vendor)) as one:
        one.runs(MEND)
        await vendor.paused()
        one.runs(":lsp-workspace-command llm-ls.cancel")
        await vendor.client_closed()

        assert await one.text() == BEFORE


async def test_leaving_in_the_middle_of_an_answer_leaves_no_process(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with helix(tmp_path, BEFORE, environment(vendor)) as one:
        one.runs(MEND)
        await vendor.paused()
        one.runs(":quit!")
        code = await one.terminal.ended()
        await vendor.client_closed()
        await one.command.all_ended()

        assert code == 0
        assert one.file.read_text() == BEFORE


async def test_a_helix_that_is_killed_leaves_no_process(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("def add"), PAUSE)
    async with helix(tmp_path, BEFORE, environment(vendor)) as one:
        one.runs(MEND)
        await vendor.paused()
        command = one.command
    await command.all_ended()


async def test_without_a_model_says_so(tmp_path: Path) -> None:
    async with helix(tmp_path, BEFORE, {"LLAMACPP_BASE_URL": "http://127.0.0.1:9"}) as one:
        one.runs(MEND)
        await one.terminal.shows("No model is configured: ")


async def test_signs_in_through_a_dialog(tmp_path: Path) -> None:
    async with GitHub() as github:
        github.interval = 1
        configured = (
            "\n[language-server.llm-ls.config.providers.github-copilot]\n"
            f'domain = "{github.url}"\nclientId = "{CLIENT_ID}"\n'
        )
        async with helix(tmp_path, BEFORE, {}, configured=configured) as one:
            one.runs(':lsp-workspace-command llm-ls.signIn {"provider": "github-copilot"}')
            await one.terminal.shows("and enter the code ", "Open browser", "Cancel")
            await github.next(TOKEN)
            github.approve()
            await one.dismiss("Open browser")
            await one.terminal.shows("llm-ls is signed in to github-copilot as octocat.")
