"""What may be sent as a token, and where to."""

from urllib.parse import urlsplit


def is_token(text: object) -> bool:
    """Whether `text` can stand in a header."""
    return isinstance(text, str) and bool(text) and text.isascii() and text.isprintable() and " " not in text


def is_safe(url: str) -> bool:
    """Whether `url` is https, or http on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".").lower()
    near = host in ("localhost", "127.0.0.1", "::1")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and near)) and not parts.username
