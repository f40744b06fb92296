"""Neovim 0.12 without our plugin makes a model's change set of five files: what is saved, and what `u` takes back."""

from pathlib import Path

import pytest

from tests.rigs import nvim, proposed_files
from tests.rigs.openai import environment
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent
GONE = {"disk": False, "buffer": False, "modified": False}


@pytest.mark.parametrize("attached", ["everywhere", "to one buffer"])
async def test_a_change_set_is_made_and_undone_file_by_file(
    vendor: LoopbackVendor, attached: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTACHED", attached)
    proposed_files.propose(vendor)
    seen = await nvim.play(HERE / "change_sets.lua", environment=environment(vendor))

    assert vendor.requests[-1].json["messages"][-1]["content"] == proposed_files.TOLD
    assert seen["answer"] == "Proposed."
    assert seen["ready"].startswith(proposed_files.READY)
    assert seen["title"] == proposed_files.APPLY
    assert seen["said"] == "Applied: 5 files. Not saved yet: b.py, n/n.py."
    assert seen["applied"] == {
        "a.py": {"disk": "a = 1\n", "buffer": "a = 2", "modified": True},
        "b.py": {"disk": "b = 1\n", "buffer": "b = 2", "modified": True},
        "n/n.py": {"disk": "", "buffer": "n = 2", "modified": True},
        "r.py": GONE,
        "s.py": {"disk": "s = 2\n", "buffer": "s = 2", "modified": False},  # renaming saves
        "d.py": GONE,
    }
    assert seen["undone"] == {
        "a.py": {"disk": "a = 1\n", "buffer": "a = 1", "modified": False},
        "b.py": {"disk": "b = 1\n", "buffer": "b = 1", "modified": False},
        "n/n.py": {"disk": "", "buffer": "", "modified": False},
        "r.py": GONE,
        "s.py": {"disk": "s = 2\n", "buffer": "r = 1", "modified": True},
        "d.py": GONE,
    }
