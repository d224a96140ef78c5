"""Makes .venv and installs the pinned packages into it; done already, it ends at once.

Why a script of our own: `make run` and `make test` are the first command on a fresh clone, so nothing is installed yet,
and what is missing must be said in one line instead of a traceback. Standard library only, and any Python from 3.8 on
can run it: it is often started by a Python too old for Slovo, whose one job is then to find another or to say so.

Knows nothing of Slovo's own code.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO, Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ((3, 11), (3, 12), (3, 13))
NEEDED = "Slovo needs Python 3.11, 3.12 or 3.13"

# Lines of pip's output that tell the cause, and how we say it; the first that matches wins. Without a connection pip's
# last word is the misleading "no matching distribution", so the connection is looked for first.
PIP_CAUSES = (
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Connection reset",
        "no connection to the package index; check the network or pip's own settings",
    ),
    (r"DO NOT MATCH THE HASHES", "a package is not the one that was pinned: its hash differs"),
    (r"No space left on device", "no space left on the disk"),
)


class SetupError(Exception):
    """What is missing and what to do about it, in one line."""


# What a Python says of itself. Whether it was optimised by profiles when it was compiled: distributions do that in
# their own way, all others by this switch, which pyenv does not set unasked.
ABOUT = """
import sys, sysconfig
print(sys.executable)
print(*sys.version_info[:3])
print(sys.base_prefix == "/usr" or "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS")))
"""


class Interpreter(NamedTuple):
    """A Python that was run and answered."""

    path: str
    version: tuple[int, ...]
    optimised: bool

    @property
    def supported(self) -> bool:
        return self.version[:2] in SUPPORTED

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


def ask(command: str) -> Interpreter | None:
    """The Python behind *command*, or None when it can't be run.

    It is run, not looked up: pyenv's shims are on PATH for versions that then refuse to start.
    """
    try:
        answer = subprocess.run([command, "-c", ABOUT], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = answer.stdout.splitlines()
    if answer.returncode or len(lines) != 3:
        return None
    # sys.executable, not the command: a shim would choose again, and perhaps another one, in another folder.
    return Interpreter(lines[0], tuple(map(int, lines[1].split())), lines[2] == "True")


def candidates() -> Iterator[str]:
    """Commands that may be a Python, the likeliest first: PATH, all of it, then pyenv's versions, newest first."""
    yield sys.executable
    for folder in os.get_exec_path():
        named = (Path(folder, name) for name in ("python3", "python3.13", "python3.12", "python3.11", "python"))
        yield from (str(path) for path in named if path.exists())
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for major, minor in reversed(SUPPORTED):
        yield from map(str, sorted(pyenv.glob(f"versions/{major}.{minor}.*/bin/python"), reverse=True))


def find_python(wanted: str = "") -> Interpreter:
    """The Python to build .venv with: *wanted* when given, else the first optimised, else the first supported one.

    An optimised Python answers a query in an eighth less time (docs/decisions/081-answer.md).
    """
    if wanted:
        return the_one(wanted)
    supported: list[Interpreter] = []
    others: list[Interpreter] = []
    for found in filter(None, map(ask, candidates())):
        if found.supported and found.optimised and has_venv(found):
            return found
        (supported if found.supported else others).append(found)
    if supported:
        return supported[0]
    known = ", ".join(dict.fromkeys(map(str, others))) or "none"
    raise SetupError(f"{NEEDED}; found: {known}. Install one, or name it: PYTHON=/path/to/python3.12")


def the_one(command: str) -> Interpreter:
    """The Python that was asked for by PYTHON=*command*."""
    found = ask(command)
    if found is None:
        raise SetupError(f"PYTHON={command} can't be run. {NEEDED}.")
    if not found.supported:
        raise SetupError(f"PYTHON={command} is Python {found}. {NEEDED}.")
    return found


def has_venv(python: Interpreter) -> bool:
    """Whether it can make an environment: Debian's has neither module until they are installed."""
    return not subprocess.run([python.path, "-c", "import venv, ensurepip"], capture_output=True).returncode


def make_venv(venv: Path, python: Interpreter, lock: IO[str]) -> None:
    """A new empty environment in place of whatever *venv* holds; *lock* is held as long as it is being written."""
    if venv.exists() and not venv.is_dir():
        raise SetupError(f"{venv} is in the way: it is not a folder. Move it elsewhere.")
    # Asked beforehand: without ensurepip the module fails half-way and leaves a .venv without pip.
    if not has_venv(python):
        package = "python{}.{}-venv".format(*python.version)
        raise SetupError(f"{python.path} has no venv module. On Debian and Ubuntu: apt-get install {package}")
    command = [python.path, "-m", "venv", "--clear", str(venv)]
    made = subprocess.run(command, capture_output=True, text=True, pass_fds=[lock.fileno()])
    if made.returncode:
        raise SetupError(f"{venv} can't be made: {last_line(made.stderr + made.stdout)}")


def install(venv: Path, requirements: Path, lock: IO[str]) -> None:
    """Install exactly what *requirements* pins, *lock* held; pip's full output goes to install.log in *venv*.

    Wheels only: building from source would run a package's set-up code with build tools that no hash pins.
    """
    command = [str(venv / "bin/python"), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "-r", str(requirements)]
    log = venv / "install.log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[lock.fileno()],
        )
    if done.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")
        raise SetupError(f"packages could not be installed: {pip_cause(said)} (all of pip's output: {log})")


def pip_cause(output: str) -> str:
    """Why pip failed, from its *output*: a cause we know, else its own last words."""
    for pattern, cause in PIP_CAUSES:
        if re.search(pattern, output):
            return cause
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    return last_line("\n".join(errors) or output)


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


def fingerprint(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def stamped(venv: Path) -> dict[str, object]:
    """What *venv* holds: its Python, and which requirements. Nothing when it was not made to its end."""
    try:
        return dict(json.loads((venv / "installed.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def stamp(venv: Path, python: Interpreter, installed: dict[str, str]) -> None:
    (venv / "installed.json").write_text(json.dumps({"python": python.version, **installed}), encoding="utf-8")


def satisfied(venv: Path, requirements: Path, wanted: str) -> bool:
    """Whether *venv* already holds *requirements*, made by the Python that is *wanted*."""
    held = stamped(venv)
    if held.get(requirements.name) != fingerprint(requirements) or not (venv / "bin/python").exists():
        return False
    return not wanted or list(find_python(wanted).version) == held.get("python")


def set_up(venv: Path, requirements: Path, wanted: str, lock: IO[str]) -> None:
    """Bring *venv* to *requirements*. Each stamp is written last, so an interrupted set-up is taken up again.

    A .venv without one may lack anything, pip above all, and is made anew.
    """
    if satisfied(venv, requirements, wanted):
        return
    python = ask(str(venv / "bin/python")) if stamped(venv) else None
    base = find_python(wanted) if wanted or python is None or not python.supported else python
    if python is None or python.version != base.version:
        say(f"Making {venv.name} with Python {base} ({base.path})")
        make_venv(venv, base, lock)
    stamp(venv, base, {})
    count = len(re.findall(r"^\S+==", requirements.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"Installing {count} packages of {requirements.parent.name}/{requirements.name}")
    install(venv, requirements, lock)
    names = [requirements] + ([requirements.with_name("run.txt")] if requirements.name == "dev.txt" else [])
    stamp(venv, base, {path.name: fingerprint(path) for path in names})


@contextlib.contextmanager
def one_at_a_time(venv: Path) -> Iterator[IO[str]]:
    """Hold the lock beside *venv*: two makes at once would install over each other.

    It is released when the last process that holds it ends: one that was killed may leave a pip that still writes.
    """
    with venv.with_name(venv.name + ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another make is setting up; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("which", choices=("run", "dev"), help="enough to serve, or what tests need as well")
    options.add_argument("--python", default="", help="the Python to use instead of the first suitable one")
    options.add_argument("--venv", type=Path, default=ROOT / ".venv", help="default: .venv beside this folder")
    chosen = options.parse_args()
    try:
        with one_at_a_time(chosen.venv) as lock:
            set_up(chosen.venv, ROOT / "requirements" / f"{chosen.which}.txt", chosen.python, lock)
    except SetupError as error:
        say(f"Set-up failed: {error}")
    except OSError as error:
        place = error.filename or chosen.venv
        say(f"Set-up failed: {place}: {error.strerror}. Use a folder that you may write to.")
    except KeyboardInterrupt:
        say("Set-up stopped; the next run takes it up again.")
    else:
        return 0
    return 2


if __name__ == "__main__":
    sys.exit(main())
