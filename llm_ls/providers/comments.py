"""Other files as comments, for models that have no other place for them."""

from collections.abc import Iterable
from pathlib import PurePath

_HASH, _SLASHES = ("# ", ""), ("// ", "")

_MARKS: dict[str, tuple[str, str]] = {
    suffix: marks
    for suffixes, marks in (
        (".py .pyi .rb .sh .bash .zsh .fish .pl .pm .r .jl .nix .ex .exs .tcl .awk .cmake .tf .gd", _HASH),
        (".yaml .yml .toml .conf .properties .dockerfile .mk .ps1 .coffee .cr .nim .graphql", _HASH),
        (".sql .lua .hs .elm .adb .ads .vhd .vhdl .purs", ("-- ", "")),
        (".lisp .el .clj .cljs .scm .rkt .asm .s .ini", ("; ", "")),
        (".tex .erl .hrl .pro .sty", ("% ", "")),
        (".vim", ('" ', "")),
        (".html .htm .xml .md .vue .svelte .svg .xaml", ("<!-- ", " -->")),
        (".css", ("/* ", " */")),
        (".ml .mli .pas", ("(* ", " *)")),
    )
    for suffix in suffixes.split()
}
"""What begins and ends a comment of one line, by the end of a file's name; in all others it is as in C++."""

_NAMED = {"makefile": _HASH, "dockerfile": _HASH, "gemfile": _HASH, "rakefile": _HASH, "cmakelists.txt": _HASH}


def commented(files: Iterable[tuple[str, str]], name: str) -> str:
    """`files`, as `(name, text)`, as comments in the language of the file called `name`."""
    path = PurePath(name.lower())
    opening, closing = _NAMED.get(path.name) or _MARKS.get(path.suffix, _SLASHES if name else _HASH)
    lines = (line for file, text in files for line in (file, *text.rstrip().splitlines(), ""))
    return "".join(f"{opening}{line}{closing}\n" if line else "\n" for line in lines)
