"""Where settings come from: the client's three ways, the user's file, a workspace's file, the environment.

Reading blocks; an event loop has it done on a thread.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import attrs
import platformdirs

from llm_ls.settings import shapes, workspace
from llm_ls.settings.problems import Problem

SECTION = "llm-ls"
INITIALIZATION_OPTIONS = "initializationOptions"
CONFIGURATION = "workspace/configuration"
DID_CHANGE_CONFIGURATION = "workspace/didChangeConfiguration"


@attrs.frozen
class Source:
    """Settings as one place gives them.

    Attributes:
        name: What messages call it: a file's path, or the message it came in.
        values: Any JSON; `None` is nothing. Not shown, since nobody has looked for secrets in it yet.
        restricted: Whether somebody other than the user wrote it.
        problem: Why it could not be read.
    """

    name: str
    values: Any = attrs.field(default=None, repr=False)
    restricted: bool = False
    problem: Problem | None = None


def from_initialization_options(payload: Any) -> Source:
    """`initializationOptions` of `initialize`: the settings, or an object that has them under `llm-ls`."""
    section = _section(payload)
    if isinstance(section, dict):
        options = cast(dict[str, Any], section)
        names = options.keys() - _OTHER_OPTIONS
        if _COPILOT in options:
            names &= shapes.settings_shape().members.keys()  # its clients have other options of their own
        section = {name: value for name, value in options.items() if name in names}
    return Source(INITIALIZATION_OPTIONS, section)


def from_configuration(payload: Any) -> Source:
    """The client's answer to `workspace/configuration` for the section `llm-ls`: one item of the result."""
    return Source(CONFIGURATION, _section(payload))


def from_did_change(payload: Any, *, of_copilot: bool = False) -> Source:
    """The params, or the `settings` of the params, of `workspace/didChangeConfiguration`.

    Args:
        of_copilot: Whether the client is one of GitHub Copilot's language server. What it sends is its own, and
            LSP-copilot's `proxy` would be taken for ours: only what it has under `llm-ls` counts, and the model that
            the user has chosen in it, if that is one of ours.
    """
    section = _section(payload)
    if of_copilot and not _has_section(_unwrapped(payload)):
        return Source(DID_CHANGE_CONFIGURATION, _chosen_in_copilot(section))
    return Source(DID_CHANGE_CONFIGURATION, None if _is_of_others(section) else section)


def from_disk(environment: Mapping[str, str], folders: Iterable[Path]) -> tuple[Source, ...]:
    """All that ranks below what a client sends: the environment, `folders`' own files, the user's file."""
    return (
        Source("LLM_LS_MODEL", {"model": environment.get("LLM_LS_MODEL") or None}),
        Source("LLM_LS_LOG", {"log": {"level": environment.get("LLM_LS_LOG") or None}}),
        *(read(folder / workspace.FILE, restricted=True) for folder in folders),
        read(user_file(environment), expected=bool(environment.get("LLM_LS_CONFIG"))),
    )


def user_file(environment: Mapping[str, str]) -> Path:
    """Where the user's own settings are: `LLM_LS_CONFIG`, or `config.toml` in the platform's folder."""
    named = environment.get("LLM_LS_CONFIG")
    if named:
        return Path(named).expanduser()
    return platformdirs.user_config_path("llm-ls", appauthor=False) / "config.toml"


def read(path: Path, *, restricted: bool = False, expected: bool = False) -> Source:
    """A TOML file; one that is not there sets nothing, and is a problem only if it is `expected`."""
    name = str(path)

    def failed(what: str, hint: str = "") -> Source:
        return Source(name, None, restricted, Problem("", name, what, hint))

    try:
        if not path.exists():
            return failed("does not exist", "correct LLM_LS_CONFIG") if expected else Source(name)
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return failed("is no file of settings")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return failed("is not UTF-8 text")
    except OSError as error:
        return failed(f"cannot be read ({error.strerror})")
    import tomllib  # takes half a megabyte, and many have no such file

    try:
        return Source(name, tomllib.loads(text), restricted)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return failed(f"is not TOML: {_with_line(error, text)}", "correct that line; until then the file sets nothing")


def _with_line(error: Exception, text: str) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    what, _, place = str(error).rpartition(" (at ")
    line = re.search(r"line (\d+)", place)
    return f"{what[:1].lower()}{what[1:]} in line {line[1] if line else text.rstrip().count(chr(10)) + 1}"


def stamps(environment: Mapping[str, str], folders: Iterable[Path]) -> tuple[tuple[int, int] | None, ...]:
    """What tells whether the files that `from_disk` reads have changed since."""
    return tuple(map(_stamp, (user_file(environment), *(folder / workspace.FILE for folder in folders))))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _section(payload: Any) -> Any:
    """Our settings out of `payload`: within `settings`, within `llm-ls`, under dotted names, or the whole."""
    payload = _unwrapped(payload)
    if not isinstance(payload, dict):
        return payload
    values = cast(dict[str, Any], payload)
    prefix = f"{SECTION}."
    if _has_section(values):
        own: Any = values.get(SECTION) or {}
        if not isinstance(own, dict):
            return own
        dotted = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
        return _nested({**cast(dict[str, Any], own), **dotted})
    return _nested(values)


def _unwrapped(payload: Any) -> Any:
    match payload:
        case {"settings": wrapped, **others} if not others:
            return wrapped
        case _:
            return payload


def _has_section(payload: Any) -> bool:
    names = cast(dict[str, Any], payload) if isinstance(payload, dict) else ()
    return any(name == SECTION or name.startswith(f"{SECTION}.") for name in names)


def _chosen_in_copilot(section: Any) -> dict[str, Any] | None:
    match section:
        case {"github": {"copilot": {"selectedCompletionModel": str(model)}}} if "/" in model:
            return {"models": {"inlineCompletion": model}}
        case _:
            return None


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with names such as `codeActions.review` taken apart."""
    nested = {name: value for name, value in values.items() if "." not in name}
    for name, value in values.items():
        if "." in name:
            _put(nested, name, value)
    return nested


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set `path` within `values`, unless something there is no object; what it goes through is copied."""
    group, _, rest = path.partition(".")
    steps = [group, rest] if group == "fallbacks" else path.split(".")
    *groups, name = steps
    for step in groups:
        inner: Any = values.get(step) or {}
        if not isinstance(inner, dict):
            return
        values[step] = values = {**cast(dict[str, Any], inner)}
    values.setdefault(name, value)


def _is_of_others(section: Any) -> bool:
    """Whether `section` is a client's whole configuration, without our part (eglot 1.17 sends all)."""
    import difflib  # not in the memory of a server that nothing was asked of

    if not isinstance(section, dict):
        return False
    known = shapes.settings_shape().members
    values = cast(dict[str, Any], section)
    return all(
        isinstance(value, dict) and not difflib.get_close_matches(name, known, n=1, cutoff=0.75)
        for name, value in values.items()
    )


_LARGEST = 1_048_576
_COPILOT = "editorPluginInfo"
_OTHER_OPTIONS = frozenset(("token", "editorInfo", _COPILOT, "editorConfiguration"))
"""What else may be there: the token of a socket, and what Copilot's clients say of themselves."""
