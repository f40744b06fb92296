"""What a vendor's error body says, whatever its shape: an object, a list, a text."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import attrs

from llm_ls.auth import redaction

_LONGEST = 2000
"""So many characters of a message are read: the patterns that it is held against take the square of its length."""


@attrs.frozen
class Complaint:
    """An error body, read.

    Attributes:
        message: The vendor's own sentence, or how it begins; may be empty. A secret is out before anything is cut off.
        names: Its codes and types in lower case, the most telling first.
        status: The HTTP status that the body gives, if it gives one.
        body: The whole of it as JSON, for what some vendors hide in details.
    """

    message: str = attrs.field(converter=lambda text: redaction.without_held(text)[:_LONGEST])
    names: tuple[str, ...] = ()
    status: int | None = None
    request_id: str | None = None
    body: str = ""


def read(body: object) -> Complaint:
    """The complaint in a parsed JSON body, or in a plain text."""
    if isinstance(body, str):
        return Complaint(body)
    if isinstance(body, list) and body:
        return read(cast(list[object], body)[0])
    if not isinstance(body, dict):
        return Complaint("")
    members = cast(dict[str, Any], body)
    if not isinstance(members.get("error"), (dict, list)):
        return _of_object(members)
    found, request_id = read(members["error"]), members.get("request_id")
    return attrs.evolve(found, request_id=request_id) if isinstance(request_id, str) else found


def _of_object(body: Mapping[str, Any]) -> Complaint:
    given = (*_causes(body.get("details")), body.get("code"), body.get("type"), body.get("status"))
    statuses = map(_status, (body.get("code"), body.get("status"), body.get("status_code")))
    return Complaint(
        message=_sentence(body),
        names=tuple(name.lower() for name in given if isinstance(name, str)),
        status=next((status for status in statuses if status is not None), None),
        body=json.dumps(body),
    )


def _causes(details: object) -> Iterator[object]:
    """Anthropic's `details.error_code` and Google's `details[].reason`."""
    for detail in cast(list[object], details) if isinstance(details, list) else [details]:
        if isinstance(detail, dict):
            members = cast(dict[str, object], detail)
            yield members.get("error_code") or members.get("reason")


def _sentence(body: Mapping[str, Any]) -> str:
    """The words of an error object; of a list of misfits their messages and never the values."""
    for key in ("message", "detail", "error_description", "error"):
        match body.get(key):
            case str() as text if text:
                return text
            case [*misfits]:
                return "; ".join(_misfits(misfits))
            case {"message": str() as text}:
                return text
            case _:
                pass
    return ""


def _misfits(misfits: list[Any]) -> Iterator[str]:
    for misfit in misfits:
        match misfit:
            case {"msg": str() as text, "loc": [*path]}:
                yield f"{'.'.join(map(str, path))}: {text}"
            case str() as text:
                yield text
            case _:
                pass


def _status(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch("[45][0-9]{2}", value):
        value = int(value)
    return value if isinstance(value, int) and 400 <= value < 600 else None
