"""What a setting must be beyond its JSON type: in words for the user, as a test, and as JSON schema.

A limit never shows the value it refuses: a value in the wrong place may be a secret.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from llm_ls.settings import secrecy


@attrs.frozen(eq=False)
class Limit:
    """The text or number of a setting, narrowed down.

    Attributes:
        expected: Completes "must be ...".
        accepts: Is given a value of the right JSON type.
        schema: The same as JSON schema keywords, as far as they can say it.
        hint: What to do about a value that is refused; may be empty.
        stand_in: Kept in place of a value that is refused, where doing without it could do harm.
    """

    expected: str
    accepts: Callable[[Any], bool]
    schema: Mapping[str, Any]
    hint: str = ""
    stand_in: str | None = None


def pattern(expected: str, expression: str, hint: str = "") -> Limit:
    """Text that a regular expression fits as a whole."""
    matches = re.compile(expression).fullmatch
    return Limit(expected, lambda text: matches(text) is not None, {"pattern": f"^(?:{expression})$"}, hint)


def _between(expected: str, least: float, most: float) -> Limit:
    return Limit(
        f"{expected} from {least} to {most}",
        lambda number: least <= number <= most,
        {"minimum": least, "maximum": most},
    )


def is_open_address(text: str, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    """Whether `text` is a URL of one of `schemes` that carries no credential."""
    try:
        parts = urlsplit(text)
        query = parse_qsl(parts.query)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    secret = any(name.lower() == "key" or secrecy.looks_secret(name) for name, _ in query)
    return usable and "@" not in parts.netloc and not secret and _ONE_WORD.fullmatch(text) is not None


_ONE_WORD = re.compile(r"[^\s\x00-\x1f\x7f]+")

Text = Annotated[str, pattern("text that is not empty", r"[\s\S]*\S[\s\S]*")]
Line = Annotated[str, pattern("one line of text", r"[^\r\n\x00]*[^\s\x00][^\r\n\x00]*")]
ModelName = Annotated[
    str, pattern('"provider/model", or one of the tiers fast, mid and best', r"[^\s/]+/\S+|fast|mid|best")
]
NamedModel = Annotated[str, pattern('"provider/model"', r"[^\s/]+/\S+")]
FallbackKey = Annotated[
    str, pattern('"provider/model", a tier, or "*" for every model', r"[^\s/]+/\S+|fast|mid|best|\*")
]
ProviderId = Annotated[
    str, pattern("a provider's name: letters, digits, dots and dashes", r"[A-Za-z0-9][A-Za-z0-9._-]*")
]
EnvironmentName = Annotated[
    str,
    pattern(
        "the name of an environment variable",
        r"[A-Za-z_][A-Za-z0-9_]*",
        "name the variable that holds the key, and keep the key itself out of the settings",
    ),
]
_ADDRESS = Limit(
    "an http or https address without a user name, password or key in it",
    is_open_address,
    {"format": "uri", "pattern": r"^https?://[^/?#@\s]+([/?#]\S*)?$"},
)
Address = Annotated[str, _ADDRESS]
BaseUrl = Annotated[str, attrs.evolve(_ADDRESS, stand_in="://refused")]
"""Where text is sent. One that is refused must not lead to another server: its stand-in is no address of any."""
Proxy = Annotated[
    str,
    Limit(
        "an http, https or socks5 address without a user name or password in it",
        lambda text: is_open_address(text, ("http", "https", "socks5")),
        {"format": "uri", "pattern": r"^(https?|socks5)://[^/?#@\s]+([/?#]\S*)?$"},
        "put a proxy that needs a password into the environment variable HTTPS_PROXY",
    ),
]
Host = Annotated[str, pattern("a host name, or an http or https address of one", r"(?:https?://)?[^\s/?#@]+/?")]
HeaderName = Annotated[str, pattern("the name of an HTTP header", r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")]
HeaderValue = Annotated[
    str, pattern("one line of printable text without spaces around it", r"|[!-~](?:[\t -~]*[!-~])?")
]

Seconds = Annotated[float, _between("a number of seconds", 0.001, 86_400)]
Delay = Annotated[float, _between("a number of seconds", 0, 3_600)]
Factor = Annotated[float, _between("a number", 1, 10)]
Retries = Annotated[int, _between("a whole number", 0, 10)]
Milliseconds = Annotated[int, _between("a whole number of milliseconds", 0, 60_000)]
Count = Annotated[int, _between("a whole number", 1, 1_000_000_000)]
Size = Annotated[int, _between("a whole number", 0, 100_000)]
Money = Annotated[float, _between("a number of US dollars", 0, 1_000_000_000)]
