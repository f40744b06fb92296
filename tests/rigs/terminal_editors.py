"""Installers of Helix, Emacs, and Vim with ALE: those on `PATH` if new enough, else Debian's. Standard library only."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.rigs import debian

_EMACS_LEFT_OUT = ("usr/include", "usr/lib/gcc", "usr/share/icons", "usr/share/doc")
"""What only a compiler and a desktop want, 50 MB."""


def helix(prefix: Path) -> None:
    """Helix 25.07 or newer."""
    if _linked(prefix / "hx", "hx", (25, 7)):
        return
    debian.unpack(prefix, "forky", "hx", "patchelf")
    debian.relink(prefix, prefix / "usr/lib/hx/hx")
    _wrap(prefix / "hx", prefix / "usr/lib/hx/hx", {"HELIX_RUNTIME": prefix / "usr/lib/hx/runtime"})


def emacs(prefix: Path) -> None:
    """Emacs 30 or newer, for the terminal."""
    if _linked(prefix / "emacs", "emacs", (30, 0)):
        return
    debian.unpack(prefix, "trixie", "emacs-nox", "patchelf")
    program = prefix / "usr/bin/emacs-nox"
    debian.relink(prefix, program)
    for folder in _EMACS_LEFT_OUT:
        shutil.rmtree(prefix / folder, ignore_errors=True)
    shared = next(prefix.glob("usr/share/emacs/*/lisp")).parent
    dump = next(prefix.glob("usr/libexec/emacs/*/*/emacs-*.pdmp"))
    environment = {
        "EMACSLOADPATH": shared / "lisp",
        "EMACSDATA": shared / "etc",
        "EMACSDOC": shared / "etc",
        "EMACSPATH": dump.parent,
    }
    _wrap(prefix / "emacs", program, environment, f"--dump-file={dump}")


def vim_with_ale(prefix: Path) -> None:
    """Vim 9 that loads ALE 3.3; always Debian's, since a Vim on `PATH` says nothing of ALE."""
    debian.unpack(prefix, "trixie", "vim", "vim-ale", "patchelf")
    program = prefix / "usr/bin/vim.basic"
    debian.relink(prefix, program)
    runtime = next(prefix.glob("usr/share/vim/vim[0-9]*"))
    ale = prefix / "usr/share/vim-ale"
    environment = {"VIM": runtime.parent, "VIMRUNTIME": runtime}
    _wrap(prefix / "vim", program, environment, "--cmd", f"set runtimepath^={ale}")


def _linked(link: Path, name: str, oldest: tuple[int, int]) -> bool:
    """Link to the program of this name on `PATH`, if its version is at least `oldest`."""
    mine = shutil.which(name)
    if mine is None:
        return False
    said = subprocess.run([mine, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < oldest:
        return False
    link.symlink_to(Path(mine).resolve())
    return True


def _wrap(wrapper: Path, program: Path, environment: Mapping[str, Path], *arguments: str) -> None:
    """Write a script that starts an unpacked `program` with its files beside it; it must be able to say its version."""
    settings = " ".join(f"{name}='{path}'" for name, path in environment.items())
    given = " ".join(f"'{argument}'" for argument in arguments)
    new = wrapper.with_suffix(".new")
    new.write_text(f"#!/bin/sh\nexport {settings}\nexec '{program}' {given} \"$@\"\n", encoding="utf-8")
    new.chmod(0o755)
    done = subprocess.run([new, "--version"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise debian.UnavailableError(f"Debian's {wrapper.name} does not start: {done.stderr.strip()[:200]}")
    new.rename(wrapper)
