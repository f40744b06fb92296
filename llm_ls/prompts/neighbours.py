"""Which parts of other documents help most to fill a gap, by what they have in common with the text around it."""

import attrs


@attrs.frozen
class Neighbour:
    """Part of another document.

    Attributes:
        name: The file as the model should call it: its path in the workspace, or its name.
    """

    name: str
    text: str
