"""Which files a model is never shown, by globs."""

import functools
import re


def excluded(path: str, globs: tuple[str, ...]) -> bool:
    r"""Whether a file must never be shown to a model.

    Globs are those of a `.gitignore`: one without a slash matches a name anywhere, and a folder's name all that
    is in it; `**` crosses folders; `!` takes an exclusion back; the last that matches wins. To keep rather too
    much than too little, case does not matter, and one with a slash matches below any folder unless it begins
    with one.

    Args:
        path: Relative to the workspace where it is inside, with `/` or `\\` between names.
    """
    return bool(verdict(path, globs))


def verdict(path: str, globs: tuple[str, ...]) -> bool | None:
    """What the last glob that matches says: excluded, or taken back; `None` if none does."""
    plain = path.replace("\\", "/").lstrip("/")
    said = None
    for glob in globs:
        if _pattern(glob.removeprefix("!")).match(plain):
            said = not glob.startswith("!")
    return said


@functools.lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    """Somebody else may have written the glob, so it must not take long: no part is tried at more than one place."""
    names = [name for name in glob.split("/") if name]
    if not glob.startswith("/"):
        names.insert(0, "**")
    runs: list[list[str]] = [[]]
    for name in names:
        if name == "**":
            runs.append([])
        else:
            runs[-1].append(_name(name))
    if not any(runs):
        return re.compile("" if "*" in glob else "(?!)")
    inside = glob.endswith("/") or not runs[-1]
    anchored, *floating = ["/".join(run) for run in runs]
    floating = [run for run in floating if run]
    body = "".join(rf"(?>(?:[^/]*/)*?{run}/)" for run in floating[:-1])
    body += "".join(rf"(?:[^/]*/)*?{run}" for run in floating[-1:])
    between = "/" if anchored and floating else ""
    return re.compile(anchored + between + body + ("/" if inside else "(?:/|$)"), re.IGNORECASE | re.DOTALL)


def _name(glob: str) -> str:
    first, *others = ["".join(map(_piece, _PIECES.findall(part))) for part in re.split(r"(?<!\\)\*+", glob)]
    return (
        first + "".join(f"(?>[^/]*?{part})" for part in others[:-1]) + "".join(f"[^/]*{part}" for part in others[-1:])
    )


_PIECES = re.compile(r"\\.|\[!?[^\]]+\]|.", re.DOTALL)


def _piece(piece: str) -> str:
    if piece == "?":
        return "[^/]"
    if piece.startswith("[") and len(piece) > 2:
        inner = piece[1:-1].replace("\\", r"\\").replace("[", r"\[").replace("!", "^", 1)
        try:
            re.compile(f"[{inner}]")
        except re.error:  # such as `[z-a]`
            return re.escape(piece)
        return f"(?!/)[{inner}]"
    return re.escape(piece[1:] if len(piece) == 2 else piece)
