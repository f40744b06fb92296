"""What stands at the top of a chat document between two lines of `---`: flat `key: value` lines, read leniently."""

import re
from collections.abc import Sequence

import attrs

KEY = "llm-ls"
_LINE = re.compile(r"([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*?)[ \t]*")
_ITEM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|([^,]*?))\s*(?:,|$)')


@attrs.frozen
class Front:
    """What a chat document says of itself; what is empty is not said.

    Attributes:
        conversation: Id of the conversation that the server keeps of it.
        context: Files that are attached to each question, by the names that mentions have too.
        system: Instructions in place of ours.
        workspace: The folder of the project, for an editor that starts another server for a file that lies elsewhere.
        tools: `off`, or the names of those that may be used, with commas between; empty is as the settings say.
        other: What else is written there, which is left alone.
    """

    conversation: str = ""
    title: str = ""
    model: str = ""
    context: tuple[str, ...] = ()
    system: str = ""
    tools: str = ""
    workspace: str = ""
    other: tuple[tuple[str, str], ...] = ()


def parse(lines: Sequence[str]) -> tuple[Front, int]:
    """The front matter, and the number of the first line after it; what is none of ours is kept as it is."""
    end = end_of(lines)
    values: dict[str, str] = {}
    key = ""
    for line in lines[1:end]:
        if found := _LINE.fullmatch(line):
            key = found[1]
            values[key] = "" if found[2] in ("|", ">", "|-", ">-") else found[2]
        elif key:
            values[key] = f"{values[key]}\n{_dedented(line)}" if values[key] else _dedented(line)
    values = {key: value.rstrip() for key, value in values.items()}
    values.pop(KEY, None)
    front = Front(
        conversation=_plain(values.pop("conversation", "")),
        title=_plain(values.pop("title", "")),
        model=_plain(values.pop("model", "")),
        context=_items(values.pop("context", "")),
        system=_plain(values.pop("system", "")),
        tools=", ".join(_items(values.pop("tools", ""))),
        workspace=_plain(values.pop("workspace", "")),
        other=tuple(values.items()),
    )
    return front, end + 1 if end else 0


def end_of(lines: Sequence[str]) -> int:
    """The number of the line that closes the front matter; 0 if there is none."""
    if not lines or lines[0].removeprefix("\ufeff").rstrip() != "---":
        return 0
    return next((number for number, line in enumerate(lines) if number and line.rstrip() in ("---", "...")), 0)


def render(front: Front) -> str:
    """As it is written, with both of its lines of `---` and a place for the model and the context."""
    rows = [(KEY, "chat")]
    rows += [("conversation", _line(front.conversation))] if front.conversation else []
    rows += [("title", _line(front.title))] if front.title else []
    rows += [("model", _line(front.model)), ("context", _list(front.context))]
    rows += [("system", _block(front.system))] if front.system else []
    rows += [("tools", front.tools)] if front.tools else []
    rows += [("workspace", _line(front.workspace))] if front.workspace else []
    rows += [(key, _block(value)) for key, value in front.other]
    return "".join((*("---\n",), *(f"{key}: {value}".rstrip(" ") + "\n" for key, value in rows), "---\n"))


def with_conversation(written: Sequence[str], id: str, title: str) -> list[str]:
    """Front matter, as lines without their ends, that says which conversation it is; a title it has stays.

    Args:
        written: What there is of it, with both of its lines of `---`; empty if there is none.
    """
    if not written:
        return [*render(Front(conversation=id, title=title)).removesuffix("\n").split("\n"), ""]
    kept = [line for line in written[1:-1] if not line.startswith("conversation:")]
    titled = any(re.match(r"title:[ \t]*\S", line) for line in kept)
    if not titled:
        kept = [line for line in kept if not line.startswith("title:")]
    at = next((number + 1 for number, line in enumerate(kept) if line.startswith(f"{KEY}:")), 0)
    said = [f"conversation: {id}", *([] if titled or not title else [f"title: {_line(title)}"])]
    return [written[0], *kept[:at], *said, *kept[at:], written[-1]]


def _dedented(line: str) -> str:
    return line.removeprefix("  ").rstrip()


def _plain(value: str) -> str:
    """A value without the quotes around it."""
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _items(value: str) -> tuple[str, ...]:
    """A list as people write it: `[a, b]`, `a, b`, or a line `- a` each."""
    flat = value.strip()
    if flat.startswith("["):
        flat = flat[1:].removesuffix("]")
    else:
        flat = ",".join(line.strip().removeprefix("- ") for line in flat.split("\n"))
    found = (re.sub(r"\\(.)", r"\1", item[1] or "") or item[2] or item[3] for item in _ITEM.finditer(flat))
    return tuple(item for item in found if item)


def _line(value: str) -> str:
    line = " ".join(value.split())
    return f'"{line}"' if _plain(line) != line or line in ("|", ">", "|-", ">-") else line


def _list(items: Sequence[str]) -> str:
    return f"[{', '.join(map(_item, items))}]" if items else ""


def _item(item: str) -> str:
    if re.search(r"""[,"'\\\[\]\n]""", item) or item != item.strip():
        escaped = item.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return item


def _block(value: str) -> str:
    if "\n" not in value:
        return _line(value)
    return "|\n" + "\n".join(f"  {line}" for line in value.split("\n"))
