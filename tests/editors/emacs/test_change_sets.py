"""Emacs with eglot 1.17, which neither creates, renames nor deletes files, and shows edits of texts as a diff."""

from pathlib import Path

from tests.rigs import proposed_files
from tests.rigs.emacs import APPLY_HUNK, emacs
from tests.rigs.openai import environment
from tests.rigs.terminal import ENTER
from tests.rigs.vendor import LoopbackVendor

ASK = """(jsonrpc-async-request (eglot-current-server) :llm-ls/chat '(:message "Count from two.")
 :success-fn (lambda (_) (message "ANSWERED")))"""
QUESTION = "Shall llm-ls itself create n/n.py (+1 −0), rename r.py to m/s.py (+1 −1), delete d.py?"


async def test_what_is_shown_is_applied_and_saved_and_then_the_rest(vendor: LoopbackVendor, tmp_path: Path) -> None:
    proposed_files.propose(vendor)
    async with emacs(tmp_path, "x = 1\n", environment(vendor)) as one:
        folder = one.file.parent
        proposed_files.write(folder)
        await one.evaluates(ASK.replace("\n", ""))
        await one.terminal.shows("ANSWERED")
        await one.runs("eglot-code-actions", proposed_files.APPLY)
        await one.terminal.until(lambda screen: QUESTION in screen.replace("\\\n", ""), "it asks")
        one.terminal.keys(ENTER)
        await one.terminal.shows("is not made yet. Accept what the edito", "+a = 2")
        untouched = proposed_files.on_disk(folder)
        for _ in "ab":
            one.terminal.keys(APPLY_HUNK)
            await one.terminal.shows("Hunk applied")
            await one.evaluates('(upcase "next")')
            await one.terminal.shows('"NEXT"')
        await one.evaluates(f'(progn (save-some-buffers t) (pop-to-buffer "{one.file.name}") (upcase "saved"))')
        await one.terminal.shows('"SAVED"')
        await one.runs("eglot-code-actions", proposed_files.APPLY)
        await one.terminal.shows("Choose an option: Yes, do it")
        one.terminal.keys(ENTER)
        await one.terminal.shows("Applied: 3 files.")

    assert untouched == proposed_files.BEFORE
    assert proposed_files.on_disk(folder) == proposed_files.AFTER
