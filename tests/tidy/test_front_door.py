"""What may be imported before `initialize` is answered: our few modules and the standard library."""

import json
import subprocess
import sys

MODULES = ("llm_ls.__main__", "llm_ls.front_door", "llm_ls.framing", "llm_ls.protocol.initialize")
LOADED = f"""
import json, sys
before = set(sys.modules)
import {", ".join(MODULES)}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded() -> list[str]:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    names: list[str] = json.loads(done.stdout)
    return names


def test_front_door_imports_nothing_but_the_standard_library() -> None:
    foreign = {name.partition(".")[0] for name in loaded()} - set(sys.stdlib_module_names) - {"llm_ls"}

    assert foreign == set()


def test_front_door_imports_no_other_room() -> None:
    rooms = {name.split(".")[1] for name in loaded() if name.startswith("llm_ls.")}

    assert rooms == {"__main__", "front_door", "framing", "protocol"}
