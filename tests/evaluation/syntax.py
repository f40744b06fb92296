"""Whether a text is valid syntax, by a real parser: Python's own, esbuild for TypeScript, Neovim's for Lua."""

import ast
import contextlib
import json
import subprocess
import warnings
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.evaluation.corpus import Language
from tests.rigs import places

_HERE = Path(__file__).parent


class Syntax:
    """Parsers, started when they are first needed."""

    def __init__(self) -> None:
        self._running: dict[Language, subprocess.Popen[str]] = {}
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def valid(self, language: Language, text: str) -> bool:
        """Whether all of `text` can be parsed."""
        return _python(text) if language == "python" else self._ask(language, text)

    def _ask(self, language: Language, text: str) -> bool:
        parser = self._running.get(language)
        if parser is None:
            command = _command(language)
            parser = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self._running[language] = self._open.enter_context(parser)
            assert parser.stdin is not None
            self._open.callback(parser.stdin.close)
        assert parser.stdin is not None
        assert parser.stdout is not None
        parser.stdin.write(json.dumps(text) + "\n")
        parser.stdin.flush()
        return parser.stdout.readline().strip() == "valid"


def _python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


def _command(language: Language) -> list[str]:
    if language == "lua":
        return [str(places.program("nvim")), "--clean", "-l", str(_HERE / "syntax.lua")]
    return ["node", str(_HERE / "syntax.mjs"), str(places.folder() / "vscode-extension-sources" / "package.json")]
