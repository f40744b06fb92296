"""Names of files as one line that a person and a model can read and say, whatever characters they have."""

import re


def shown(name: str) -> str:
    """`name`, with what cannot be seen escaped as in Python; one that has nothing of it stays as it is."""
    if name.isprintable():
        return name
    return "".join(one if one.isprintable() and one != "\\" else _escaped(one) for one in name)


def meant(name: str) -> str:
    """What `shown` was given."""
    return _ESCAPE.sub(lambda found: found[0].encode().decode("unicode_escape"), name)


def _escaped(one: str) -> str:
    return one.encode("unicode_escape").decode()


_ESCAPE = re.compile(r"\\(?:[\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U000[0-9a-f]{5}|U0010[0-9a-f]{4})")
