"""A real server in processes of its own, and what its workers hold of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Self

import click
import psutil

__all__ = ["Memory", "Server", "indexed"]

ROOT = Path(__file__).resolve().parents[2]
_MB = 1024 * 1024
# Nothing was published.
_FAILED = 2


def indexed(index: Path | None, archive: Path | None) -> Path:
    """*index*, or one of *archive* under var/bench: brought up to date, built anew when it is of another format."""
    if index:
        return index
    if not archive:
        raise click.UsageError("give --index or --archive")
    folder = ROOT / "var" / "bench" / "serve"
    command = [sys.executable, str(ROOT / "reindex.py"), str(archive), "--index", str(folder)]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode == _FAILED:
        subprocess.run([*command, "--rebuild"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return folder


class Memory(NamedTuple):
    """Of one worker, in MB: all it has mapped (rss), its share of what others map too (pss), what is its own (uss)."""

    rss: float
    pss: float
    uss: float
    descriptors: int


class Server:
    """``python -m web`` over *index*; to be used in a ``with``."""

    def __init__(self, index: Path, *, workers: int = 1) -> None:
        command = [sys.executable, "-m", "web", "--port", "0", "--index", str(index), "--workers", str(workers)]
        settings = {name: value for name, value in os.environ.items() if not name.startswith("SLOVO_")}
        self._process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the server did not start; it has said why")
        self.address = line.rpartition(" ")[2].strip()

    def memory(self) -> list[Memory]:
        """That of each worker, in order of their start."""
        return [_memory(worker) for worker in psutil.Process(self._process.pid).children()]

    def worked(self) -> float:
        """Seconds of processor time that the workers have taken: what a busy machine does not stretch much."""
        times = [worker.cpu_times() for worker in psutil.Process(self._process.pid).children()]
        return sum(time.user + time.system for time in times)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()


def _memory(worker: psutil.Process) -> Memory:
    full = worker.memory_full_info()
    return Memory(full.rss / _MB, getattr(full, "pss", 0) / _MB, full.uss / _MB, worker.num_fds())
