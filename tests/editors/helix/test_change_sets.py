"""Helix without a plugin makes a model's change set of five files, from the chat that it was proposed in."""

from pathlib import Path

from tests.rigs import proposed_files
from tests.rigs.helix import helix
from tests.rigs.openai import environment
from tests.rigs.vendor import LoopbackVendor

MARKDOWN = '\n[[language]]\nname = "markdown"\nlanguage-servers = ["llm-ls"]\n'
ASK = ':lsp-workspace-command llm-ls.chat {"question": "Count from two."}'


async def test_a_change_set_is_made_saved_and_undone_file_by_file(vendor: LoopbackVendor, tmp_path: Path) -> None:
    proposed_files.propose(vendor)
    async with helix(tmp_path, "x = 1\n", environment(vendor), configured=MARKDOWN) as one:
        folder = one.file.parent
        proposed_files.write(folder)
        one.runs(":open a.py")
        await one.terminal.shows("a = 1")
        one.runs(ASK)
        await one.terminal.shows("Proposed.", "tok · openai/gpt-test · ")
        await one.choose(proposed_files.APPLY)
        await one.terminal.shows("Applied: 5 files. Not saved yet: a.py, b.py, n/n.py, m/s.py.")
        unsaved = proposed_files.on_disk(folder)
        one.runs(":write-all")
        await one.terminal.shows(" written, ")
        for name, line in (("n/n.py", "n = 2"), ("m/s.py", "s = 2"), ("b.py", "b = 2")):
            one.runs(f":open {name}")
            await one.terminal.shows(line)
        saved = proposed_files.on_disk(folder)
        one.terminal.keys("u")
        await one.terminal.shows("b = 1", "[+]")
        one.runs(":open a.py")
        await one.terminal.shows("a = 2")
        one.terminal.keys("u")
        await one.terminal.shows("a = 1", "[+]")

    assert vendor.requests[-1].json["messages"][-1]["content"] == proposed_files.TOLD
    assert unsaved == {"sum.py": "x = 1\n", "a.py": "a = 1\n", "b.py": "b = 1\n", "n/n.py": "", "m/s.py": "r = 1\n"}
    assert saved == {"sum.py": "x = 1\n", **proposed_files.AFTER}
