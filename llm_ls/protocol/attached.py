"""What is attached to a question, with what of it had to be left out."""

from collections.abc import Iterable

import attrs

from llm_ls.messages import Attachment

_MISSING = "Not attached, though the user asked for it"


@attrs.frozen
class Attached:
    """What is attached.

    Attributes:
        left_out: What of it is not, and why, as a sentence without a full stop each.
    """

    attachments: tuple[Attachment, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[Attachment, ...]:
        """The attachments, with one that names what is missing: the model must not think that it has seen that."""
        if not self.left_out:
            return self.attachments
        missing = "\n".join(f"- {sentence}" for sentence in self.left_out)
        return (*self.attachments, Attachment(_MISSING, missing))

    def __add__(self, other: "Attached") -> "Attached":
        return Attached(self.attachments + other.attachments, self.left_out + other.left_out)


def shown(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Those that a user is shown, who is told by a notice of what is missing."""
    return tuple(one for one in attachments if one.title != _MISSING)
