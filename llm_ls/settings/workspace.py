"""What a workspace's own `.llm-ls.toml` may set: somebody else wrote it, so only what cannot hurt.

It never says where requests go, which program runs, which file is read, what is paid or what is done unasked.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from llm_ls.settings.problems import Problem

FILE = ".llm-ls.toml"

ALLOWED: Mapping[str, tuple[Any, ...]] = {
    "model": (),
    "models": (),
    "fallbacks": (),
    "codeActions.lightbulb": (),
    "codeActions.review": ("confirm", "proposal"),
    "codeActions.custom": (),
    "inlineCompletion.enabled": (False,),
    "inlineCompletion.disabledLanguages": (),
    "nextEdit.enabled": ("off",),
    "chat.tools": ("off",),
    "chat.runCommands": (False,),
    "context.exclude": (),
}
"""By setting: the values that are accepted; none named is any."""

ADDED = ("codeActions.custom", "inlineCompletion.disabledLanguages", "context.exclude")
"""Lists that the file lengthens: it takes nothing out of what the user has."""


def restricted(values: Mapping[str, Any], source: str) -> tuple[dict[str, Any], list[Problem]]:
    """What of `values`, already checked, the workspace may set; and what is refused to it."""
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for path, value in _leaves(values):
        accepted = ALLOWED.get(path)
        if accepted is None:
            hint = "set it in your editor or in your config.toml"
            problems.append(Problem(path, source, "may not be set by a workspace", hint))
        elif accepted and value not in accepted:
            words = " or ".join(str(choice).lower() for choice in accepted)
            problems.append(Problem(path, source, f"may only be {words} in a workspace"))
        elif path == "context.exclude" and any(glob.startswith("!") for glob in value):
            problems.append(
                Problem(path, source, "may take no exclusion back in a workspace", "leave out what begins with !")
            )
        elif any(map(names_a_path, _models(path, value))):
            problems.append(Problem(path, source, "may not name a model by a path in a workspace"))
        else:
            put(kept, path, value)
    return kept, problems


def names_a_path(model: str) -> bool:
    """Whether that is no model's name, but a way out of the folder that a provider keeps its files in."""
    return _PATH.search(model) is not None


def put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set `path`, a dotted path of settings, within `values`."""
    *groups, name = path.split(".")
    for group in groups:
        values = values.setdefault(group, {})
    values[name] = value


def taken(values: dict[str, Any], path: str) -> Any:
    """Take `path` out of `values`; `None` if it is not there."""
    *groups, name = path.split(".")
    for group in groups:
        values = values.get(group, {})
    return values.pop(name, None)


def _leaves(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The settings in `values` by path; an object that is allowed or refused as a whole is one setting."""
    for name, value in values.items():
        if isinstance(value, dict) and any(path.startswith(f"{name}.") for path in ALLOWED):
            yield from ((f"{name}.{inner}", item) for inner, item in cast(dict[str, Any], value).items())
        else:
            yield name, value


def _models(path: str, value: Any) -> list[str]:
    """The models that the setting `path` names."""
    match path:
        case "model":
            return [value]
        case "models":
            return list(value.values())
        case "fallbacks":
            return [model for models in value.values() for model in models]
        case "codeActions.custom":
            return [action["model"] for action in value if "model" in action]
        case _:
            return []


_PATH = re.compile(r"//|/\.{1,2}(?:/|$)|\\")
