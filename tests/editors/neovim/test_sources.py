"""The Lua of the plugin and of the tests is formatted; `check_types.py` checks its types."""

from tests.rigs import lua


def test_stylua_would_change_nothing() -> None:
    assert lua.misformatted() == []
