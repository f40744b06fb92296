"""What a model proposes to do to one file."""

from pathlib import Path
from typing import Literal

import attrs


@attrs.frozen
class FileChange:
    """What is to become of one file.

    Attributes:
        name: As `Workspace.name_of` calls it.
        path: Resolved.
        before: Its text; empty for a file to be created, and for one that is only renamed.
        after: Its text to be; empty for a file to be deleted, and for one that is only renamed.
        new_name: Of a renamed file; else empty.
        new_path: Of a renamed file.
    """

    kind: Literal["edit", "create", "rename", "delete"]
    name: str
    path: Path
    before: str = ""
    after: str = ""
    new_name: str = ""
    new_path: Path | None = None
