"""Takes secrets out of text that is about to be shown: those that are held now, and what looks like one."""

import re
from collections.abc import Iterable

from llm_ls.auth.secret import held

_LEAST_LENGTH = 8

_LOOKS = re.compile(
    r"\b(?:sk|pk|rk|gsk|hf|xai|gh[a-z]|github_pat|r8|tid|oaiapp|tgp|GOCSPX)[-_=][\w*.;=:-]{6,}"
    r"|\bAIza[\w-]{6,}"
    r"|\bya29\.[\w-]{6,}"
    r"|\b1//0[\w-]{6,}"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"
    r"|(?<=\bBearer )\S+"
    r"|(?<=\bBasic )(?=\S*[0-9=])[\w+/=-]{8,}"
    r"|(?<=://)[^/@\s]+:[^/@\s]+(?=@)",
    re.IGNORECASE,
)
_MEMBERS = re.compile(
    r"""(\b(?:access_token|refresh_token|id_token|client_secret|code_verifier|device_code|api[-_]?key|password)
    \\?["']?\s*[=:]\s*\\?["']?|[?&](?:code|state)=)[^\s"'&,}\\]+""",
    re.IGNORECASE | re.VERBOSE,
)
_ODD = re.compile(r"[^\w.~-]", re.ASCII)
"""What addresses, JSON, HTML or programs may write in another way than it is."""


def redacted(text: str) -> str:
    """`text` with `****` in place of what is or looks like a secret."""
    return _LOOKS.sub("****", without_held(text))


def for_log(text: str) -> str:
    """The same for a log, where also the members of OAuth messages are taken out by their names."""
    return _MEMBERS.sub(r"\1****", redacted(text))


def without_held(text: str) -> str:
    """`text` without the secrets that this process holds, however they are escaped."""
    return without(text, held())


def without(text: str, secrets: Iterable[str]) -> str:
    """`text` without these secrets, however they are escaped, but for those that are too short to be any."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) < _LEAST_LENGTH:
            continue
        text = text.replace(secret, "****")
        if _ODD.search(secret):
            text = _escaped(secret).sub("****", text)
    return text


def _escaped(secret: str) -> re.Pattern[str]:
    """`secret` as addresses (RFC 3986), forms, JSON, HTML and Python write it."""
    return re.compile("".join(_ways(char) if _ODD.match(char) else re.escape(char) for char in secret))


def _ways(char: str) -> str:
    """The ways to write one character, and again what that is written with."""
    code = ord(char)
    percent = "".join(_percent(byte) for byte in char.encode("utf-8", "surrogatepass"))
    name = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}.get(char, "(?!)")
    space = r"\+" if char == " " else "(?!)"
    entity = rf"{_AMPERSAND}(?:{_HASH}x0*{code:x}|{_HASH}0*{code}|{name}){_SEMICOLON}"
    return rf"(?i:{_BACKSLASH}*(?:{re.escape(char)}|{percent})|{_BACKSLASH}+u{code:04x}|{entity}|{space})"


def _percent(byte: int) -> str:
    return f"%(?:25)*{byte:02x}"


_BACKSLASH = rf"(?:\\|{_percent(0x5C)})"
_AMPERSAND = rf"(?:&|{_percent(0x26)})(?:amp;)*"
_HASH = rf"(?:\#|{_percent(0x23)})"
_SEMICOLON = rf"(?:;|{_percent(0x3B)})"
