"""Something with a gap: a function without a body, below a line that is longer in UTF-8, and a model that fills it."""

from contextlib import AbstractContextManager
from pathlib import Path

from tests.rigs.prepared_model import prepared_model

SOURCE = 'greeting = "hé"\n\n\ndef add(a, b):\n    \n'
FILL = "total = a + b\n    print(total)\n    return total"
SOURCE_OF_A_LINE = 'é = "😀", add()\n'
"""Where the gap is inside a line."""


def model(folder: Path, fill: str = FILL) -> AbstractContextManager[dict[str, str]]:
    """Says that `fill` belongs into every gap; its environment."""
    return prepared_model(folder, {}, fill=fill)
