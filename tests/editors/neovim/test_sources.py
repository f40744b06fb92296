"""The Lua of the plugin and of the tests is formatted, and the plugin's types fit."""

from tests.rigs import lua


def test_stylua_would_change_nothing() -> None:
    assert lua.misformatted() == []


def test_the_types_fit() -> None:
    assert lua.type_errors() == ""
