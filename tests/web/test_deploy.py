"""What deploy/ says works as plain commands: no container and no systemd is needed to find out."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from index.settings import load
from tests.web.conftest import ROOT, Running, clean

_DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def _steps(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", _DOCKERFILE, re.MULTILINE)


def _environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for step in _steps("ENV") for pair in shlex.split(step))


def test_the_image_installs_the_pinned_packages() -> None:
    (install,) = [step for step in _steps("RUN") if "pip install" in step]
    command = [sys.executable, "-m", *shlex.split(install)[2:], "--dry-run", "--no-index", "--quiet"]
    # Dry and offline: everything is installed here already, by the same hashes.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_the_image_copies_is_enough_to_index_and_serve(tmp_path: Path) -> None:
    for step in _steps("COPY"):
        source, target = step.split()
        place = tmp_path / (source if target == "./" else target)
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, place)
    environment = _environment() | {"SLOVO_INDEX": str(tmp_path / "index-volume"), "SLOVO_PORT": "0"}
    command = [sys.executable, *json.loads(_steps("CMD")[-1])[1:]]
    with subprocess.Popen(
        command, cwd=tmp_path, env=clean() | environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().rpartition(" ")[2].strip()
        probe = re.findall(r"HEALTHCHECK .*CMD (\[.*\])", _DOCKERFILE)[0].replace("http://127.0.0.1:8000", address)
        assert subprocess.run([sys.executable, *json.loads(probe)[1:]]).returncode == 0
        server.terminate()
    assert server.returncode == 0


def test_the_settings_of_image_and_unit_are_known() -> None:
    load(environ={name: value for name, value in _environment().items() if name.startswith("SLOVO_")})
    load(environ=dict(pair.split("=", 1) for pair in _unit_environment() if pair.startswith("SLOVO_")))


def test_the_unit_starts_what_answers(index_folder: Path) -> None:
    unit = _unit()
    assert unit["Service"]["ExecStart"].endswith("/.venv/bin/python -m web")
    environment = dict(pair.split("=", 1) for pair in _unit_environment() if not pair.startswith("NUMBA"))
    running = Running("--index", str(index_folder), environment=environment)
    try:
        assert running.address.startswith("http://127.0.0.1:")
    finally:
        status, _errors = running.stop()
    assert status == 0


def test_the_socket_of_the_unit_is_where_the_settings_say() -> None:
    unit = _unit("slovo.socket")
    settings = load(environ={})
    assert unit["Socket"]["ListenStream"] == f"{settings.host}:{settings.port}"
    assert _unit()["Unit"]["Requires"] == _unit()["Install"]["Also"] == "slovo.socket"


def _unit(name: str = "slovo.service") -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as the library's own documentation does it
    parser.read(ROOT / "deploy" / name, "utf-8")
    return parser


def _unit_environment() -> list[str]:
    # A key that may stand often; the parser keeps the last.
    return re.findall(r"^Environment=(.+)$", (ROOT / "deploy" / "slovo.service").read_text("utf-8"), re.MULTILINE)
