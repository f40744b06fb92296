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
    plain = path.replace("\\", "/").lstrip("/")
    kept = True
    for glob in globs:
        if _pattern(glob.removeprefix("!")).match(plain):
            kept = glob.startswith("!")
    return not kept


@functools.lru_cache(maxsize=256)
def _pattern(glob: str) -> re.Pattern[str]:
    start = "" if glob.startswith("/") else "(?:.*/)?"
    folder_only = glob.endswith("/")
    pieces = re.split(r"(\*\*/|/\*\*$|\*|\?|\[!?[^\]]+\])", glob.strip("/"))
    body = "".join(_piece(piece) for piece in pieces)
    return re.compile(start + body + ("/.*" if folder_only else "(?:/.*)?") + "$", re.IGNORECASE | re.DOTALL)


def _piece(piece: str) -> str:
    match piece:
        case "**/":
            return "(?:.*/)?"
        case "/**":
            return "/.*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
        case _ if piece.startswith("[") and piece.endswith("]") and len(piece) > 2:
            return "[" + piece[1:-1].replace("\\", r"\\").replace("!", "^", 1) + "]"
        case _:
            return re.escape(piece)
