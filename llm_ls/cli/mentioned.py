"""What a question in a terminal mentions with `@`: files of the project. The rest is an editor's to know."""

import os
from pathlib import Path

from llm_ls import errors
from llm_ls.documents import split_lines
from llm_ls.messages import Attachment
from llm_ls.prompts import mentions
from llm_ls.prompts.mentions import Mention, Name
from llm_ls.workspace.workspace import Workspace


async def attachments(text: str, workspace: Workspace) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """The files that `text` mentions, and sentences about what of it may not or cannot be attached."""
    attached: list[Attachment] = []
    left_out: list[str] = []
    for mention in mentions.found(text):
        try:
            if (file := await _file(mention, workspace)) is not None:
                attached.append(file)
        except errors.LlmLsError as error:
            left_out.append(f"{mention.written} is left out: {error.message}")
    return tuple(attached), tuple(left_out)


async def _file(mention: Mention, workspace: Workspace) -> Attachment | None:
    """What it names; `None` if it names nothing, as a decorator does."""
    if mention.kind != "file":
        raise errors.Unsupported("only an editor knows it")
    refused: errors.LlmLsError | None = None
    for name in mention.names:
        try:
            if (read := await _read(name, workspace)) is not None or not mention.certain:
                return read
            raise errors.InvalidRequest("it is a folder")
        except errors.NotFound:
            continue
        except errors.InvalidRequest as error:
            refused = error  # the end of a sentence may be no part of the name
    if refused is not None:
        raise refused
    if mention.certain:
        raise errors.NotFound("there is no such file")
    return None


async def _read(name: Name, workspace: Workspace) -> Attachment | None:
    """The file, as it is called from the current folder or from the project's top; `None` of a folder.

    Raises:
        errors.NotFound: There is none.
        errors.InvalidRequest: It may not be read, or has not so many lines.
    """
    (top,) = workspace.folders
    try:
        path = await workspace.path(_from(top, name.path))
    except errors.NotFound:
        path = await workspace.path(name.path)
    if path.is_dir():
        return None
    text, title = await workspace.read(str(path)), workspace.name_of(path)
    language = path.suffix[1:] if path.suffix[1:].isalnum() else ""
    if name.lines is None:
        return Attachment(title, text, language)
    first, last = name.lines
    lines = split_lines(text)[first - 1 : last]
    if not "".join(lines):
        raise errors.InvalidRequest(f"it has no line {first}")
    where = f"line {first}" if len(lines) == 1 else f"lines {first} to {first + len(lines) - 1}"
    return Attachment(f"{title}, {where}", "".join(lines), language)


def _from(top: Path, name: str) -> str:
    """What `name`, which is one of the current folder, is from `top`."""
    return os.path.relpath(Path.cwd() / name, top)
