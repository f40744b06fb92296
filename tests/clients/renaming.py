"""Something with a next edit: a function is renamed, and its callers stand below what UTF-16 counts otherwise."""

from contextlib import AbstractContextManager
from pathlib import Path

from tests.rigs.prepared_model import prepared_model

SOURCE = """\
greeting = "hé"


def total(a, b):
    return a + b


print("😀", total(1, 2))
print(greeting)
"""
CALLER = 'print("😀", add(1, 2))'
AFTER = SOURCE.replace("def total", "def add").replace("total(1, 2)", "add(1, 2)")
_ANSWERS = {
    f"+{CALLER}": "NOTHING",
    "+def add(a, b):": f"PLACE 1\n```python\n{AFTER}```\n",
}
"""What the model says, by what has been changed: to other changes nothing."""


def model(folder: Path) -> AbstractContextManager[dict[str, str]]:
    """Suggests to rename the callers too; its environment."""
    return prepared_model(folder, _ANSWERS)
