"""Brings the real peers of the tests into the folder of `places`, each once. Standard library only.

python -m tests.rigs.install nvim aimock
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.rigs import debian, npm, places, terminal_editors, vscode_install

NEEDED_BY_TESTS = (
    "nvim",
    "helix",
    "emacs",
    "vim-ale",
    "aimock",
    "oidc-provider",
    "chromium",
    "gnome-keyring",
    "mcp-everything",
    "mcp-filesystem",
    "ripgrep",
    "stylua",
    "code-server",
    "playwright",
    "vscode-extension",
)
_WRAPPER = """\
#!/bin/sh
export VIM={prefix}/usr/share/nvim VIMRUNTIME={prefix}/usr/share/nvim/runtime
exec {prefix}/usr/bin/nvim "$@"
"""

# Some of its libraries look for others at fixed places of the system, unless this says better.
_CHROMIUM_WRAPPER = """\
#!/bin/sh
export FONTCONFIG_SYSROOT={prefix} LD_LIBRARY_PATH={libraries}:{libraries}/pulseaudio
exec {program} "$@"
"""


def install(name: str) -> str | None:
    """Bring the peer `name`; the reason when it cannot be had, which `places.why_missing` then tells too."""
    program = places.program(name)
    missing = places.folder() / f"{name}.missing"
    prefix = places.folder() / name
    if program.exists() and not (name == "vscode-extension" and vscode_install.is_outdated(prefix)):
        missing.unlink(missing_ok=True)
        return None
    shutil.rmtree(prefix, ignore_errors=True)
    prefix.mkdir(parents=True)
    try:
        _INSTALLERS[name](prefix)
    except (debian.UnavailableError, OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(prefix, ignore_errors=True)
        reason = str(error)
        missing.write_text(reason, encoding="utf-8")
        return reason
    missing.unlink(missing_ok=True)
    return None


def _chromium(prefix: Path) -> None:
    """Chromium: the one on `PATH`, else Debian's without windows."""
    mine = next(filter(None, map(shutil.which, ("chromium", "chromium-headless-shell", "google-chrome"))), None)
    if mine:
        (prefix / "chromium").symlink_to(Path(mine).resolve())
        return
    debian.unpack(prefix, "forky", "chromium-headless-shell", "patchelf")
    program = prefix / "usr/lib/chromium/chromium-headless-shell"
    debian.relink(prefix, program)
    libraries = next(prefix.glob("usr/lib/*/libc.so.6")).parent
    wrapper = prefix / "chromium.new"
    wrapper.write_text(_CHROMIUM_WRAPPER.format(prefix=prefix, libraries=libraries, program=program))
    wrapper.chmod(0o755)
    subprocess.run([wrapper, "--version"], check=True, capture_output=True)
    wrapper.rename(prefix / "chromium")


def _neovim(prefix: Path) -> None:
    """Neovim 0.12 or newer: the one on `PATH`, else Debian's."""
    mine = shutil.which("nvim")
    if mine and _neovim_version(mine) >= (0, 12):
        (prefix / "nvim").symlink_to(Path(mine).resolve())
        return
    debian.unpack(prefix, "forky", "neovim", "patchelf")
    debian.relink(prefix, prefix / "usr/bin/nvim")
    wrapper = prefix / "nvim.new"
    wrapper.write_text(_WRAPPER.format(prefix=prefix))
    wrapper.chmod(0o755)
    if _neovim_version(str(wrapper)) < (0, 12):
        raise debian.UnavailableError("Debian's Neovim does not start, or is older than 0.12")
    wrapper.rename(prefix / "nvim")


def _neovim_version(program: str) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        if version := re.match(r"NVIM v(\d+)\.(\d+)", said):
            return int(version[1]), int(version[2])
    return 0, 0


def _npm(package: str) -> Callable[[Path], None]:
    """An installer of an npm package at the version that `package.json` pins."""
    return lambda prefix: npm.install(prefix, package)


def _gnome_keyring(prefix: Path) -> None:
    """The GNOME keyring and a D-Bus for it: those on `PATH`, else Debian's."""
    programs = ("gnome-keyring-daemon", "dbus-daemon")
    mine = [shutil.which(program) for program in programs]
    if not all(mine):
        debian.unpack(prefix, "trixie", "gnome-keyring", "dbus-daemon", "patchelf")
        for program in programs:
            debian.relink(prefix, prefix / "usr/bin" / program)
        shutil.rmtree(prefix / "usr/share")
        mine = [str(prefix / "usr/bin" / program) for program in programs]
    for program, found in reversed(list(zip(programs, mine, strict=True))):
        (prefix / program).symlink_to(Path(str(found)).resolve())


def _ripgrep(prefix: Path) -> None:
    """ripgrep: the one on `PATH`, else Debian's."""
    mine = shutil.which("rg")
    if mine is None:
        debian.unpack(prefix, "trixie", "ripgrep", "patchelf")
        mine = str(prefix / "usr/bin/rg")
        debian.relink(prefix, Path(mine))
        subprocess.run([mine, "--version"], check=True, capture_output=True)
    (prefix / "rg").symlink_to(Path(mine).resolve())


def _litellm(prefix: Path) -> None:
    """LiteLLM's proxy in an environment of its own; 740 MB, so only the check of a team's gateway asks for it."""
    uv, python = debian.need("uv"), str(prefix / "bin" / "python")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(prefix)], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "litellm[proxy]==1.106.2"], check=True)


def _emmylua_check(prefix: Path) -> None:
    """The type checker of EmmyLua's language server: the one on `PATH`, else compiled, which takes a minute or two."""
    mine = shutil.which("emmylua_check")
    if mine:
        (prefix / "bin").mkdir()
        (prefix / "bin/emmylua_check").symlink_to(Path(mine).resolve())
        return
    options = ("--quiet", "--locked", "--no-default-features", "--features", "cli", "--root", str(prefix))
    command = [debian.need("cargo"), "install", *options, "emmylua_check@0.25.1"]
    quickly = {"CARGO_PROFILE_RELEASE_OPT_LEVEL": "0", "CARGO_PROFILE_RELEASE_LTO": "off"}
    done = subprocess.run(command, env={**os.environ, **quickly}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise debian.UnavailableError(f"cargo failed: {(done.stderr.strip().splitlines() or ['no output'])[-1]}")


_INSTALLERS: dict[str, Callable[[Path], None]] = {
    "nvim": _neovim,
    "helix": terminal_editors.helix,
    "emacs": terminal_editors.emacs,
    "vim-ale": terminal_editors.vim_with_ale,
    "aimock": _npm("@copilotkit/aimock"),
    "oidc-provider": _npm("oidc-provider"),
    "chromium": _chromium,
    "tabby-agent": _npm("tabby-agent"),
    "gnome-keyring": _gnome_keyring,
    "litellm": _litellm,
    "mcp-everything": _npm("@modelcontextprotocol/server-everything"),
    "mcp-filesystem": _npm("@modelcontextprotocol/server-filesystem"),
    "ripgrep": _ripgrep,
    "stylua": _npm("@johnnymorganz/stylua"),
    "emmylua_check": _emmylua_check,
    "code-server": vscode_install.code_server,
    "playwright": _npm("playwright-core"),
    "vscode-extension": vscode_install.extension,
}


def main(names: list[str]) -> int:
    """Install each of `names`, say how it went; 1 when one could not be had."""
    failed = False
    for name in names or NEEDED_BY_TESTS:
        started = time.monotonic()
        reason = install(name)
        failed |= reason is not None
        print(f"{name}: {reason or places.program(name)} ({time.monotonic() - started:.1f} s)", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
