"""What is wrong with a setting, said by name, place and source, and never by its value."""

import attrs

from llm_ls import errors


@attrs.frozen
class Problem:
    """A setting that was left out; everything else applies.

    Attributes:
        path: The setting, such as `codeActions.review`; empty for the whole source.
        source: Where it was given: a file, or the name of the message it came in.
        what: What is wrong; completes "setting ...".
        hint: What to do, as one imperative sentence; may be empty.
    """

    path: str
    source: str
    what: str
    hint: str = ""

    @property
    def error(self) -> errors.SettingsInvalid:
        """The same as an error, for those who show errors."""
        place = f"setting '{self.path}' of {self.source}" if self.path else repr(self.source)
        return errors.SettingsInvalid(f"{place} {self.what}", hint=self.hint)

    @property
    def sentence(self) -> str:
        """What a person reads."""
        return self.error.sentence


def shown(name: str) -> str:
    """A name out of somebody's settings, fit for one line; a long one may be a secret and is cut."""
    printable = "".join(character if character.isprintable() else "?" for character in name)
    return printable if len(printable) <= _LONGEST else f"{printable[:_KEPT]}…"


_LONGEST = 48
_KEPT = 12
