"""Programs of a newer Debian suite, unpacked with all they need into a folder of their own.

Standard library only. Nothing of the host is changed, and the mirror is the one that its apt already uses.
"""

import re
import shutil
import subprocess
from pathlib import Path

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_MIRROR = re.compile(r"^'(\S*/debian/)dists/", re.MULTILINE)
_CONFIGURATION = """\
Dir "{apt}";
Dir::State "{apt}/state";
Dir::State::status "{apt}/state/status";
Dir::Cache "{apt}/cache";
Dir::Etc "{apt}/etc";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
"""


class UnavailableError(Exception):
    """Why a peer cannot be had on this machine."""


def need(program: str) -> str:
    """The path of `program`.

    Raises:
        UnavailableError: It is not on this machine.
    """
    found = shutil.which(program)
    if found is None:
        raise UnavailableError(f"{program} not found")
    return found


def unpack(prefix: Path, suite: str, *packages: str) -> None:
    """Unpack `packages` of the suite, and all they depend on down to the C library, under `prefix`."""
    apt_get, dpkg_deb, tar = need("apt-get"), need("dpkg-deb"), need("tar")
    if not _KEYRING.exists():
        raise UnavailableError(f"{_KEYRING} not found")
    apt = prefix / ".apt"
    for folder in ("state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "state/status").touch()
    listed = _run(apt_get, "-o", f"Dir::State={apt}/state", "--print-uris", "update")
    mirror = _MIRROR.search(listed)
    if mirror is None:
        raise UnavailableError("apt has no Debian mirror among its sources")
    (apt / "etc/sources.list").write_text(f"deb [signed-by={_KEYRING}] {mirror[1]} {suite} main\n")
    configuration = apt / "apt.conf"
    configuration.write_text(_CONFIGURATION.format(apt=apt))
    private = ("env", f"APT_CONFIG={configuration}", apt_get, "-qq", "-y")
    _run(*private, "update")
    _run(*private, "--download-only", "install", *packages)
    for archive in sorted((apt / "cache/archives").glob("*.deb")):
        files = apt / "files.tar"
        with files.open("wb") as out:
            subprocess.run([dpkg_deb, "--fsys-tarfile", archive], stdout=out, check=True)
        _run(tar, "-x", "-f", str(files), "-C", str(prefix), "--keep-directory-symlink")
    shutil.rmtree(apt)


def relink(prefix: Path, program: Path) -> None:
    """Make an unpacked `program` start with the C library beside it; `patchelf` must be unpacked too."""
    loader = next(iter(sorted(prefix.glob("usr/lib/*/ld-linux*.so.*"))), None)
    if loader is None:
        raise UnavailableError("the unpacked C library has no loader")
    libraries = str(loader.parent)
    _run(
        *(str(loader), "--library-path", libraries, str(prefix / "usr/bin/patchelf")),
        *("--set-interpreter", str(loader), "--force-rpath", "--set-rpath", libraries, str(program)),
    )


def _run(*command: str) -> str:
    """The standard output of `command`.

    Raises:
        UnavailableError: It failed; with the last line it said.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise UnavailableError(f"{Path(command[0]).name} failed: {said[-1]}")
    return done.stdout
