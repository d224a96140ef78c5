"""Real indexes, the application over them, and a real server process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.service import Service
from web import create_app

ROOT = Path(__file__).resolve().parents[2]

# One of each kind of page, but a document: what it is called is for the archive to say.
PAGES = (
    "/",
    f"/search?q={quote('год')}",
    f"/search?q={quote('сталь')}&tag={quote('металлургия')}&from=2024&page=1&size=25",
    f"/search?q={quote('абвгдеёжз')}",
    f"/search?q={quote('стпль РК')}&explain=1",
    f"/search?q={quote('совещание металлургия')}&fold=0&verbatim=1&keep={quote('совещание')}",
    f"/search?q={quote('совещание')}&copies={quote('Жолан-Информ/2026-02-17-abylaev-chernaya-metallurgiya.txt')}",
    f"/search?q={quote('«сталь» чугун')}&sort=-date",
    "/search?page=0",
    "/nowhere",
    "/help",
    "/api",
    "/status",
)

# What an attacker would put into an archive; every field tries to leave its place.
SCRIPT = "<script>document.title='pwned'</script>"
HOSTILE = {
    "id": 'x/"><script>document.title=1</script>?q=1#f',
    "title": f"Сталь <img src=x onerror=document.title='pwned'> {SCRIPT}",
    "text": f"Марка стали {SCRIPT} & «кавычки» \"двойные\" 'одинарные'.\nФото: <b onclick=alert(1)>служба</b>",
    "url": "javascript:document.title='pwned'",
    "source": '"><b>Источник</b>',
    "date": "2025-05-05",
    "authors": [f"'{SCRIPT}"],
    "tags": ['" onmouseover="alert(1)', "<svg onload=alert(1)>"],
}
PLAIN = {
    "id": "/plain",
    "title": "Чугун",
    "text": "Чугун и сталь.",
    "url": "https://news.example.org/1",
    "tags": ["металл"],
}


def reindex(source: Path, folder: Path) -> None:
    """Makes *folder* an index of *source* by the command that operators use."""
    command = [sys.executable, "reindex.py", str(source), "--index", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=clean())
    assert done.returncode in (0, 1), done.stderr


def clean() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SLOVO_")}


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of sample/."""
    folder = tmp_path_factory.mktemp("web") / "index"
    reindex(ROOT / "sample", folder)
    return folder


@pytest.fixture(scope="session")
def app(index_folder: Path) -> Iterator[Flask]:
    """The application over sample/."""
    service = Service(index_folder)
    yield create_app(service)
    service.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a document that attacks whoever shows it, and of a harmless one."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = b"\n".join(orjson.dumps(document) for document in (HOSTILE, PLAIN))
    (folder / "archive.jsonl").write_bytes(lines)
    reindex(folder / "archive.jsonl", folder / "index")
    return folder / "index"


@pytest.fixture(scope="session")
def hostile_service(hostile_folder: Path) -> Iterator[Service]:
    service = Service(hostile_folder)
    yield service
    service.close()


@pytest.fixture(scope="session")
def hostile_app(hostile_service: Service) -> Flask:
    return create_app(hostile_service)


@pytest.fixture
def hostile(hostile_app: Flask) -> FlaskClient:
    return hostile_app.test_client()


class Running:
    """``python -m web`` in a process of its own; ``address`` is what it printed."""

    def __init__(self, *options: str, environment: dict[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "web", "--port", "0", *options]
        # A file and not a pipe: nobody reads while it runs, and a full pipe would stop it.
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # open as long as the process
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**clean(), **(environment or {})},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.address = line.rpartition(" ")[2].strip()

    def stop(self) -> tuple[int, str]:
        """Exit status and stderr after SIGTERM."""
        self.process.terminate()
        self.process.communicate()
        with self._errors as errors:
            errors.seek(0)
            return self.process.returncode, errors.read()


@pytest.fixture(scope="session")
def server(index_folder: Path) -> Iterator[Running]:
    """A server over sample/."""
    running = Running("--index", str(index_folder))
    yield running
    running.stop()
