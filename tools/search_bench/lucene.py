"""Lucene as an engine of the benchmark: a small Java program, where Java and Maven are there to run and to bring it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.search_bench.engines import Engine
from tools.search_bench.words import Archive, Question

__all__ = ["Lucene", "missing"]

_VERSION = "9.12.1"
_PROGRAM = Path(__file__).with_name("Lucene.java")


def missing() -> str:
    """Why Lucene cannot be asked; empty when it can."""
    lacking = [program for program in ("java", "mvn") if shutil.which(program) is None]
    return f"{' and '.join(lacking)} not found" if lacking else ""


class Lucene(Engine):
    """Lucene in a process of its own, which measures itself."""

    name = "Lucene"
    # Each turn would warm up a new machine.
    turns = 1

    def __init__(self, folder: Path, archive: Archive) -> None:
        super().__init__(folder, archive)
        self.jar = folder / f"lucene-core-{_VERSION}.jar"
        self.words = folder / "words.tsv"
        self.opening = 0.0

    def build(self, size: int) -> None:
        self.clear()
        if not self.jar.exists():
            artifact = f"-Dartifact=org.apache.lucene:lucene-core:{_VERSION}"
            _run("mvn", "-q", "dependency:copy", artifact, f"-DoutputDirectory={self.jar.parent}")
        self.words.write_text("".join(f"{line}\n" for line in self.archive.lines), "utf-8")
        self._java("build", str(self.words), str(size), str(self.folder))

    def add(self, count: int) -> float:
        return int(self._java("add", str(self.words), str(count), str(self.folder))) / 1e9

    def open(self) -> None:
        """Each asking opens it."""

    def prepare(self, question: Question) -> None:
        """The program does it."""

    def ask(self, question: Question) -> int:
        return self.times([question], 1)[1][0]

    def times(self, questions: Sequence[Question], repeats: int) -> tuple[list[list[float]], list[int]]:
        asked = self.folder.with_name("questions.tsv")
        asked.write_text("".join(map(_line, questions)), "utf-8")
        first, *rows = self._java("ask", str(self.folder), str(asked), str(repeats)).splitlines()
        self.opening = int(first.split("\t")[1]) / 1e9
        numbers = [list(map(int, row.split("\t"))) for row in rows]
        return [[time / 1e9 for time in row[1:]] for row in numbers], [row[0] for row in numbers]

    def _java(self, *arguments: str) -> str:
        return _run("java", "-Xmx2g", "-cp", str(self.jar), str(_PROGRAM), *arguments)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _line(question: Question) -> str:
    days = " ".join(map(str, question.days or ()))
    row = (question.join, " ".join(question.lemmas), days, str(int(question.facets)), str(question.offset))
    return "\t".join((*row, str(int(question.by_date)))) + "\n"
