"""The profiles of Anthropic's command line (https://platform.claude.com/docs/en/cli-sdks-libraries/cli/authentication).

A profile is a file of settings and one of tokens; or it is in the environment, where a workload has an identity.
The SDK reads them too, but without a lock between processes, by its own HTTP client, and at 80 MB of memory.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from llm_ls.auth import watched
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.secret import Secret
from llm_ls.auth.sendable import is_safe, is_token
from llm_ls.auth.watched import Unusable, Watched

TOOL = "Anthropic's profile"
BASE_URL = "https://api.anthropic.com"


@attrs.frozen
class Federation:
    """What a workload's identity is exchanged by for a token.

    Attributes:
        identity_file: Holds the identity's own token; `None` is the environment's `ANTHROPIC_IDENTITY_TOKEN`.
    """

    rule_id: str
    organization_id: str
    service_account_id: str
    workspace_id: str
    identity_file: Path | None


@attrs.frozen
class Profile:
    """Who asks Anthropic.

    Attributes:
        name: Empty where it is all in the environment.
        settings: The file; `None` where it is all in the environment.
        tokens: The file of its tokens; `None` where it keeps none.
        base_url: Of the API that gives out its tokens and takes them.
        client_id: By which its tokens are refreshed; empty where somebody else renews the file.
        workspace_id: Sent with each request; empty is none.
        federation: `None` where a person has signed in.
    """

    name: str
    settings: Path | None
    tokens: Path | None
    base_url: str = BASE_URL
    client_id: str = ""
    workspace_id: str = ""
    federation: Federation | None = None


def active(environment: Mapping[str, str]) -> Profile | None:
    """The profile that counts: the one that the environment names, the workload's, the active one, the default one.

    Raises:
        Unusable: It cannot be used; a default that nobody named does not count then, unless it is unsafe.
    """
    named = environment.get("ANTHROPIC_PROFILE", "").strip()
    if not named and (workload := _workload(environment)) is not None:
        return workload
    folder = _folder(environment)
    named = named or _pointed_at(folder / "active_config")
    name = named or "default"
    if name.startswith(".") or not name.isprintable() or set(name) & set('/\\:"<>|?*'):
        raise Unusable(f"{name!r} is no name of a profile", "correct ANTHROPIC_PROFILE, or run `ant auth login`")
    file = folder / "configs" / f"{name}.json"
    settings = _SETTINGS.get(file)
    if settings is None:
        if named:
            raise Unusable(f"there is no profile {name!r}: {file} is missing", "run `ant auth login`")
        return None
    try:
        profile = _profile(name, file, folder, watched.json_object(file, settings), environment)
    except Unusable:
        if named:
            raise
        return None
    return profile if named or profile.federation or (profile.tokens and profile.tokens.exists()) else None


def file(profile: Profile) -> Path | None:
    """Where its tokens come from, as people would look for them; `None` is the environment."""
    if profile.federation is None:
        return profile.tokens
    return profile.settings or profile.federation.identity_file


def settings_file(environment: Mapping[str, str]) -> Path:
    """Where the profile that counts would be, by its name alone."""
    folder = _folder(environment)
    name = environment.get("ANTHROPIC_PROFILE", "").strip() or _pointed_at(folder / "active_config") or "default"
    return folder / "configs" / f"{name}.json"


def tokens(file: Path) -> tuple[SignedIn, dict[str, Any]]:
    """What a file of tokens holds now, and the whole of it.

    Raises:
        Unusable: It is not as it has to be.
    """
    content = watched.json_object(file, watched.read(file, private=True))
    access, refresh, expires_at = (content.get(name) for name in ("access_token", "refresh_token", "expires_at"))
    if content.get("type", "oauth_token") != "oauth_token" or not isinstance(access, str) or not is_token(access):
        raise Unusable(f"{file} holds no token", "run `ant auth login`")
    if expires_at is not None and not _is_time(expires_at):
        raise Unusable(f"expires_at in {file} is no time in seconds", "run `ant auth login`")
    next_access = Secret(refresh) if isinstance(refresh, str) and is_token(refresh) else None
    return SignedIn(Secret(access), next_access, None if expires_at is None else float(expires_at)), content


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _profile(
    name: str, file: Path, folder: Path, settings: Mapping[str, Any], environment: Mapping[str, str]
) -> Profile:
    how = watched.members(settings, "authentication")
    base_url = watched.text(settings, "base_url").rstrip("/") or BASE_URL
    if not is_safe(base_url):
        raise Unusable(f"base_url in {file} is neither https nor on this machine", f"correct base_url in {file}")
    elsewhere = watched.text(how, "credentials_path")
    kept = _expanded(elsewhere, environment) if elsewhere else folder / "credentials" / f"{name}.json"
    if not kept.is_absolute():
        raise Unusable(f"credentials_path in {file} is not absolute", f"correct credentials_path in {file}")
    workspace_id = watched.text(settings, "workspace_id") or environment.get("ANTHROPIC_WORKSPACE_ID", "").strip()
    if workspace_id and not is_token(workspace_id):
        raise Unusable(f"workspace_id in {file} is none", f"correct workspace_id in {file}")
    match how.get("type"):
        case "user_oauth":
            return Profile(name, file, kept, base_url, watched.text(how, "client_id"), workspace_id)
        case "oidc_federation":
            federation = _federation(how, watched.text(settings, "organization_id"), workspace_id, environment)
            if federation is None:
                raise Unusable(f"the profile {name!r} says too little of the workload's identity", f"correct {file}")
            return Profile(name, file, None, base_url, federation=federation)
        case _:
            raise Unusable(f"{file} has no authentication of a type that is known", "run `ant auth login`")


def _workload(environment: Mapping[str, str]) -> Profile | None:
    """What the environment alone says; the deployment is Anthropic's own, and no gateway's."""
    workspace_id = environment.get("ANTHROPIC_WORKSPACE_ID", "").strip()
    federation = _federation({}, "", workspace_id, environment)
    return None if federation is None else Profile("", None, None, federation=federation)


def _federation(
    how: Mapping[str, Any], organization_id: str, workspace_id: str, environment: Mapping[str, str]
) -> Federation | None:
    def said(member: str, variable: str) -> str:
        return watched.text(how, member) or environment.get(variable, "").strip()

    rule_id = said("federation_rule_id", "ANTHROPIC_FEDERATION_RULE_ID")
    organization_id = organization_id or environment.get("ANTHROPIC_ORGANIZATION_ID", "").strip()
    identity = watched.members(how, "identity_token")
    file = watched.text(identity, "path") if identity else environment.get("ANTHROPIC_IDENTITY_TOKEN_FILE", "").strip()
    in_hand = not identity and environment.get("ANTHROPIC_IDENTITY_TOKEN", "").strip()
    if not rule_id or not organization_id or not (file or in_hand) or identity.get("source", "file") != "file":
        return None
    service_account_id = said("service_account_id", "ANTHROPIC_SERVICE_ACCOUNT_ID")
    at = _expanded(file, environment) if file else None
    return Federation(rule_id, organization_id, service_account_id, workspace_id, at)


def _folder(environment: Mapping[str, str]) -> Path:
    if sys.platform == "win32" and not environment.get("ANTHROPIC_CONFIG_DIR", "").strip():
        return watched.folder(environment, "APPDATA", "AppData", "Roaming") / "Anthropic"
    return watched.folder(environment, "ANTHROPIC_CONFIG_DIR", ".config", "anthropic")


def _expanded(path: str, environment: Mapping[str, str]) -> Path:
    return watched.home(environment) / path[2:] if path.startswith("~/") else Path(path)


def _pointed_at(file: Path) -> str:
    try:
        return (_POINTERS.get(file) or b"").decode().strip()
    except (Unusable, ValueError):
        return ""


def _read_settings(file: Path) -> bytes:
    return watched.read(file, others_write=False)


_POINTERS = Watched(watched.read)
_SETTINGS = Watched(_read_settings)
