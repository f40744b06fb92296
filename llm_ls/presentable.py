"""The words of others (vendors, llama.cpp) as they may be shown: one line that no terminal obeys."""

import unicodedata


def presentable(text: str) -> str:
    """`text` without control characters, all white space being single spaces."""
    kept = (char for char in text if char.isspace() or unicodedata.category(char) != "Cc")
    return " ".join("".join(kept).split())
