"""Where llm-ls keeps what it writes for the user."""

from pathlib import Path

import platformdirs

from llm_ls import errors


def data_file(name: str) -> Path:
    """The file of that name in the user's data folder.

    Raises:
        errors.StorageFailed: The user has no home.
    """
    try:
        return platformdirs.user_data_path("llm-ls", appauthor=False) / name
    except RuntimeError as error:
        raise errors.StorageFailed(
            "there is no folder for data: the user has no home", hint="set HOME, or XDG_DATA_HOME, to a full path"
        ) from error


def state_folder(name: str) -> Path:
    """The folder of that name in the user's state folder.

    Raises:
        errors.StorageFailed: The user has no home.
    """
    try:
        return platformdirs.user_state_path("llm-ls", appauthor=False) / name
    except RuntimeError as error:
        raise errors.StorageFailed(
            "there is no folder for documents: the user has no home", hint="set HOME, or XDG_STATE_HOME, to a full path"
        ) from error
