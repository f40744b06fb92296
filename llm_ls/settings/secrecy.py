"""Which names promise a secret: what is under them is refused unread, and never shown."""

import re

_HINT = "put the key into the environment variable that apiKeyEnv names, or let the command in apiKeyCommand print it"
_HINTS = {
    "env": "put it into the environment of your editor, and name the variable in envVars",
    "headers": "put it into the environment of your editor, and name the variable in bearerTokenEnv",
}

_SECRET = re.compile(
    r"api_?key|access_?key|private_?key|secret|token|passw|passphrase|credential|bearer|cookie"
    r"|authorization|authentication|(?:^|_)auth(?:_|$)|(?:^|_)key$|(?:^|_)(?:pwd|pass)(?:_|$)"
)
_HARMLESS = re.compile(r"(?:_(?:env|command|url|uri|endpoint|file|path|id|name|type))$|tokens(?:_|$)")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


_FOLDERS = ("PWD", "OLDPWD")
"""Variables of the shell, in upper case and by themselves: the folder that it is in."""


def looks_secret(name: str) -> bool:
    """Whether `name`, of a member, a header or a query parameter, is that of a secret."""
    if name in _FOLDERS:
        return False
    words = _WORD_START.sub("_", name).lower()
    return _SECRET.search(words) is not None and _HARMLESS.search(words) is None


def hint(path: str) -> str:
    """What to do instead of giving the setting `path`, such as `providers.openai.apiKey`, a secret."""
    steps = path.split(".")
    return _HINTS.get(steps[-2], _HINT) if steps[0] == "mcpServers" and len(steps) > 1 else _HINT
