"""Takes secrets out of text that is about to be shown: those that are held now, and what looks like one."""

import re

from llm_ls.auth.secret import held

_LEAST_LENGTH = 8

_LOOKS = re.compile(
    r"\b(?:sk|pk|rk|gsk|hf|xai|gh[a-z]|github_pat|r8|tid|oaiapp)[-_=][\w*.;=:-]{6,}"
    r"|\bAIza[\w-]{6,}"
    r"|\bya29\.[\w-]{6,}"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"
    r"|(?<=Bearer )\S+"
    r"|(?<=://)[^/@\s]+:[^/@\s]+(?=@)",
    re.IGNORECASE,
)
_MEMBERS = re.compile(
    r"""(\b(?:access_token|refresh_token|id_token|client_secret|code_verifier|device_code|api_?key|password)
    ["']?\s*[=:]\s*["']?|[?&](?:code|state)=)[^\s"'&,}]+""",
    re.IGNORECASE | re.VERBOSE,
)


def redacted(text: str) -> str:
    """`text` with `****` in place of what is or looks like a secret."""
    return _LOOKS.sub("****", without_held(text))


def for_log(text: str) -> str:
    """The same for a log, where also the members of OAuth messages are taken out by their names."""
    return _MEMBERS.sub(r"\1****", redacted(text))


def without_held(text: str) -> str:
    """`text` without the secrets that this process holds."""
    for secret in held():
        if len(secret) >= _LEAST_LENGTH and secret in text:
            text = text.replace(secret, "****")
    return text
