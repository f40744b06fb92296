"""`python -m tests.evaluation NAME ...`: how good suggestions are, and what they cost. By hand."""

import importlib
import sys

NAMES = {
    "infill": "tests.evaluation.infill",
    "typing": "tests.evaluation.typing_session",
    "next-edits": "tests.evaluation.next_edits",
    "context": "tests.evaluation.context",
}


def main(arguments: list[str]) -> int:
    """Run the named evaluation with its own arguments."""
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m tests.evaluation {{{','.join(NAMES)}}} [--help]")
        return 2
    return importlib.import_module(NAMES[arguments[0]]).main(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
