"""What `make` promises on a fresh clone: the real script in a copy of its own, a real venv, real interpreters."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


class Clone:
    """A copy of the set-up script with requirement files of its own, in which nothing is installed yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        (folder / "tools").mkdir(parents=True)
        (folder / "requirements").mkdir()
        shutil.copy(ROOT / "tools" / "setup.py", folder / "tools")
        shutil.copy(ROOT / "Makefile", folder)

    def require(self, version: str, *, digest: str = "") -> None:
        """Pin a package that lies beside the requirement files, so that no index is asked."""
        wheel = probe_wheel(self.folder, version)
        digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
        for name in ("run.txt", "dev.txt"):
            (self.folder / "requirements" / name).write_text(f"./{wheel.name} --hash=sha256:{digest}\n")

    def start(self, *options: str, program: str = sys.executable, **environment: str) -> subprocess.Popen[str]:
        command = [program, str(self.folder / "tools" / "setup.py"), "dev", *options]
        variables = {**os.environ, **environment}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=self.folder, env=variables)

    def run(self, *options: str, program: str = sys.executable, **environment: str) -> tuple[int, list[str]]:
        """Exit code and the lines said."""
        process = self.start(*options, program=program, **environment)
        out, err = process.communicate()
        assert out == ""
        return process.returncode, err.splitlines()

    def installed(self) -> str:
        """Version of the package that the environment holds."""
        code = "import probe; print(probe.VERSION)"
        return subprocess.check_output([self.venv / "bin" / "python", "-c", code], text=True).strip()


def probe_wheel(folder: Path, version: str) -> Path:
    """A package of one line, as pip wants it."""
    info = f"probe-{version}.dist-info"
    files = {
        "probe.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: probe\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}"
        for name, text in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,\n"])
    path = folder / f"probe-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "clone")
    made.require("1.0")
    return made


def interpreters(*versions: str) -> list[Path]:
    """Pythons of this machine, `3.10` and so on, that are not ours to make."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    paths = [path for version in versions for path in pyenv.glob(f"versions/{version}.*/bin/python")]
    named = (shutil.which(f"python{version}") for version in versions)
    working = [
        Path(name) for name in named if name and not subprocess.run([name, "-c", ""], capture_output=True).returncode
    ]
    return paths + working


@pytest.fixture(scope="session")
def old_python() -> Path:
    found = interpreters("3.10", "3.9", "3.8")
    if not found:
        pytest.skip("no Python 3.8, 3.9 or 3.10 on this machine to be refused")
    return found[0]


def test_the_first_run_installs_and_the_second_has_nothing_to_do(clone: Clone) -> None:
    code, said = clone.run()
    assert (code, len(said)) == (0, 2)
    assert clone.installed() == "1.0"
    assert clone.run() == (0, [])


def test_a_changed_requirement_is_installed_into_the_same_environment(clone: Clone) -> None:
    clone.run()
    clone.require("2.0")
    code, said = clone.run()
    assert (code, len(said)) == (0, 1)
    assert clone.installed() == "2.0"


def test_what_serves_needs_nothing_more_once_the_tests_packages_are_there(clone: Clone) -> None:
    clone.run()
    command = [sys.executable, "tools/setup.py", "run"]
    assert subprocess.run(command, cwd=clone.folder, capture_output=True, text=True, check=True).stderr == ""


def test_two_at_once_wait_for_each_other_and_install_once(clone: Clone) -> None:
    both = [clone.start(), clone.start()]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert "".join(said).count("Making .venv") == 1
    assert clone.installed() == "1.0"


def test_a_set_up_that_was_killed_is_taken_up_again(clone: Clone) -> None:
    process = clone.start()
    assert process.stderr is not None
    assert "Making .venv" in process.stderr.readline()
    process.kill()
    process.communicate()
    assert clone.run()[0] == 0
    assert clone.installed() == "1.0"


def test_what_a_killed_set_up_left_running_is_waited_for(clone: Clone) -> None:
    process = clone.start()
    assert process.stderr is not None
    process.stderr.readline()
    # The module venv is at work by then, and goes on when its parent is killed.
    while not (clone.venv / "pyvenv.cfg").exists():
        time.sleep(0.01)
    process.kill()
    process.communicate()
    code, said = clone.run()
    assert (code, clone.installed()) == (0, "1.0")
    assert any("waiting" in line for line in said)
    # Nobody had said that it was whole.
    assert any("Making .venv" in line for line in said)


def test_an_environment_that_was_not_made_to_its_end_is_made_anew(clone: Clone) -> None:
    clone.run()
    (clone.venv / "installed.json").unlink()
    shutil.rmtree(next(clone.venv.glob("lib/python*/site-packages/pip")))
    assert clone.run()[0] == 0
    assert clone.installed() == "1.0"


def test_a_package_that_is_not_the_pinned_one_is_refused_in_one_line(clone: Clone) -> None:
    clone.require("1.0", digest="0" * 64)
    code, said = clone.run()
    assert code == 2
    assert "its hash differs" in said[-1]
    assert len([line for line in said if "failed" in line]) == 1
    clone.require("1.0")
    assert clone.run()[0] == 0


def test_a_package_index_that_can_not_be_reached_is_said_in_one_line(clone: Clone) -> None:
    pinned = "slovo-is-not-there==1.0 --hash=sha256:" + "0" * 64
    (clone.folder / "requirements" / "dev.txt").write_text(pinned + "\n")
    # Nobody listens on port 9, so the refusal comes at once. One retry: pip names the cause only when it tries again.
    code, said = clone.run(PIP_PROXY="127.0.0.1:9", PIP_RETRIES="1")
    assert code == 2
    assert said[-1].startswith("Set-up failed: packages could not be installed: no connection to the package index")
    assert not [line for line in said if line.startswith(("WARNING", "ERROR", "Traceback"))]


def test_an_older_python_that_is_asked_for_is_refused_in_one_line(clone: Clone, old_python: Path) -> None:
    code, said = clone.run("--python", str(old_python))
    assert code == 2
    assert len(said) == 1
    assert "Slovo needs Python 3.11, 3.12 or 3.13" in said[0]
    assert f"PYTHON={old_python} is Python 3." in said[0]
    assert not clone.venv.exists()


def test_where_only_an_older_python_exists_it_says_so_itself(clone: Clone, old_python: Path, tmp_path: Path) -> None:
    empty = str(tmp_path)
    code, said = clone.run(program=str(old_python), PATH=empty, HOME=empty, PYENV_ROOT=empty)
    assert code == 2
    assert len(said) == 1
    assert re.search(r"needs Python 3\.11, 3\.12 or 3\.13; found: 3\.\d+\.\d+\. ", said[0])


def test_an_older_python_finds_the_newer_one_beside_it(clone: Clone, old_python: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python3.11").symlink_to(sys.executable)
    empty = str(tmp_path)
    assert clone.run(program=str(old_python), PATH=str(folder), HOME=empty, PYENV_ROOT=empty)[0] == 0
    assert clone.installed() == "1.0"


def test_a_command_that_exists_but_does_not_start_is_passed_over(
    clone: Clone, old_python: Path, tmp_path: Path
) -> None:
    # As pyenv's shims do for a version that is not chosen.
    folder = tmp_path / "bin"
    folder.mkdir()
    shim = folder / "python3"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    (folder / "python3.12").symlink_to(sys.executable)
    empty = str(tmp_path)
    assert clone.run(program=str(old_python), PATH=str(folder), HOME=empty, PYENV_ROOT=empty)[0] == 0


def test_of_several_pythons_the_first_optimised_one_is_taken(clone: Clone, old_python: Path, tmp_path: Path) -> None:
    version = " ".join(map(str, sys.version_info[:3]))
    folders = [tmp_path / name for name in ("plain", "optimised_without_venv", "optimised", "optimised_too")]
    for folder in folders:
        folder.mkdir()
        python = folder / "python3"
        # Itself but for what it says of how it was compiled.
        python.write_text(
            "#!/bin/sh\ncase $2 in"
            f" *sysconfig*) printf '%s\\n' {python} '{version}' {folder.name.startswith('optimised')};;"
            f" *ensurepip*) exit {int('without' in folder.name)};;"
            f' *) exec {sys.executable} "$@";; esac\n'
        )
        python.chmod(0o755)
    path, empty = os.pathsep.join(map(str, folders)), str(tmp_path)
    code, said = clone.run(program=str(old_python), PATH=path, HOME=empty, PYENV_ROOT=empty)
    assert code == 0
    assert f"({tmp_path}/optimised/python3)" in said[0]


def test_a_python_that_does_not_exist_is_named(clone: Clone) -> None:
    code, said = clone.run("--python", "/nowhere/python3")
    assert code == 2
    assert said == ["Set-up failed: PYTHON=/nowhere/python3 can't be run. Slovo needs Python 3.11, 3.12 or 3.13."]


def test_a_python_without_the_venv_module_is_told_how_to_get_it(clone: Clone, tmp_path: Path) -> None:
    # What Debian's python3 is like before python3-venv is installed.
    (tmp_path / "ensurepip.py").write_text("raise ModuleNotFoundError('No module named ensurepip')")
    code, said = clone.run(PYTHONPATH=str(tmp_path))
    assert code == 2
    assert re.search(r"^Set-up failed: .* has no venv module\. .*apt-get install python3\.\d+-venv$", said[-1])
    assert not clone.venv.exists()


def test_another_python_makes_the_environment_anew(clone: Clone) -> None:
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    others = interpreters(*({"3.11", "3.12", "3.13"} - {ours}))
    if not others:
        pytest.skip(f"no supported Python but {ours} on this machine")
    clone.run("--python", sys.executable)
    assert clone.run("--python", str(others[0]))[0] == 0
    version = subprocess.check_output([clone.venv / "bin" / "python", "--version"], text=True)
    assert not version.startswith(f"Python {ours}.")
    assert clone.installed() == "1.0"


def test_a_file_in_the_way_of_the_environment_is_named_and_kept(clone: Clone) -> None:
    clone.venv.write_text("mine")
    code, said = clone.run()
    assert code == 2
    assert said[-1] == f"Set-up failed: {clone.venv} is in the way: it is not a folder. Move it elsewhere."
    assert clone.venv.read_text() == "mine"


def test_a_folder_that_can_not_be_made_is_named_without_a_traceback(clone: Clone) -> None:
    venv = clone.folder / "Makefile" / ".venv"
    code, said = clone.run("--venv", str(venv))
    assert code == 2
    assert said == [f"Set-up failed: {venv}.lock: Not a directory. Use a folder that you may write to."]


def test_a_folder_without_write_permission_is_named_without_a_traceback(clone: Clone, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        # Root may write anywhere but here.
        folder = Path("/sys")
    if not folder.is_dir():
        pytest.skip("this user may write everywhere")
    code, said = clone.run("--venv", str(folder / ".venv"))
    assert code == 2
    assert len(said) == 1
    assert said[0].startswith(f"Set-up failed: {folder}/.venv.lock: ")


def test_make_says_in_one_line_that_there_is_no_python(clone: Clone, tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make, "make is how Slovo is started"
    done = subprocess.run(
        [make, "setup"], cwd=clone.folder, capture_output=True, text=True, env={"PATH": str(tmp_path)}
    )
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if not line.startswith("make: ")]
    assert said == ["Set-up failed: no Python found. Slovo needs Python 3.11, 3.12 or 3.13."]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(path: Path) -> None:
    # A requirement goes on over lines that end in a backslash.
    requirements = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    assert len(requirements) > 20
    loose = [line for line in requirements if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}\b", line)]
    assert loose == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").iterdir()), ids=lambda path: path.name)
def test_no_requirement_file_holds_an_address_or_a_path(path: Path) -> None:
    text = re.sub(r"(^|\s)#.*", "", path.read_text(encoding="utf-8"))
    assert "==" in text or "-r " in text
    assert re.findall(r"\S*[/@]\S*|-\S*(?:index|links|host)\S*", text) == []


def test_the_index_library_is_pinned_where_people_edit_and_where_machines_install() -> None:
    for name in ("run.in", "run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert re.search(r"^whoosh3==3\.54\.0\s", text, re.MULTILINE), name


def test_what_serves_has_the_same_versions_where_it_is_tested() -> None:
    run, dev = (
        set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("run.txt", "dev.txt")
    )
    assert run - dev == set()
