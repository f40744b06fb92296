"""The types of the Neovim plugin fit. Not part of the usual run, since the checker is compiled first.

python -m tests.rigs.install emmylua_check && python -m pytest tests/editors/neovim/check_types.py
"""

from tests.rigs import lua


def test_the_types_fit() -> None:
    assert lua.type_errors() == ""
