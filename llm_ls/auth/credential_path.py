"""Where keys and sign-ins are saved: known without what reads them, which takes half a megabyte."""

from pathlib import Path

import platformdirs

from llm_ls import errors


def default_path() -> Path:
    """The file in the user's data folder.

    Raises:
        errors.StorageFailed: The user has no home.
    """
    try:
        return platformdirs.user_data_path("llm-ls", appauthor=False) / "credentials.json"
    except RuntimeError as error:
        raise errors.StorageFailed(
            "there is no folder for data: the user has no home", hint="set HOME, or XDG_DATA_HOME, to a full path"
        ) from error
