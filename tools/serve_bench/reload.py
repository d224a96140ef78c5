"""Reindexes again and again under a server that is being asked, and looks whether readers notice.

Each run replaces all documents that have one made-up word, and adds one: in an answer about that word the total, every
hit, the facet and the generation name the same run, or two generations were mixed. Other connections ask real queries.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

from tools.serve_bench.load import Load, addresses, ask
from tools.serve_bench.server import ROOT, Memory, Server

__all__ = ["Reloads", "Rounds", "copied", "reload"]

_WORD = "ыжпроба"
_FIRST = 20
_CONNECTIONS = 4
_PROBE = f"/api/v1/search?q={quote(_WORD)}&size=100&fold=0"


@dataclass(slots=True)
class Rounds:
    """What each generation must answer about the made-up word. Shared by the connections."""

    of_generation: dict[str, int] = field(default_factory=dict)

    def write(self, number: int, path: Path) -> None:
        """The documents of a run, one more than of the run before."""
        documents = (
            {"id": f"probe-{at}", "title": f"{_WORD} {number}", "text": f"{_WORD} {at}", "source": f"round {number}"}
            for at in range(_FIRST + number)
        )
        path.write_text("\n".join(json.dumps(document) for document in documents), "utf-8")

    def fault(self, path: str, body: bytes) -> str | None:
        """What is wrong with an answer to *path*, if anything."""
        answer = json.loads(body)
        if path != _PROBE:
            return None if len(answer["hits"]) <= answer["total"] + answer["relaxed"] else "more hits than found"
        sources = {hit["source"] for hit in answer["hits"]}
        facet = [(each["value"], each["count"]) for each in answer["facets"]["source"]]
        number = self.of_generation.setdefault(answer["generation"], answer["total"] - _FIRST)
        expected = f"round {number}"
        right = sources == {expected} and facet == [(expected, _FIRST + number)]
        return (
            None if right and len(answer["hits"]) == answer["total"] == _FIRST + number else f"mixed: {answer!r:.300}"
        )


@dataclass(frozen=True, slots=True)
class Reloads:
    """What was seen: generations that answered, the load, one worker's memory after the first run and at the end."""

    generations: int
    runs: int
    load: Load
    before: Memory
    after: Memory


def copied(index: Path, folder: Path) -> Path:
    """A copy of *index* to write to: files of a generation never change, so they are linked where that can be."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(index, folder, copy_function=_linked)
    return folder


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def reload(index: Path, queries: Sequence[str], *, seconds: float, every: float) -> Reloads:
    """Reindexes *index*, which is changed, each *every* seconds for so long, and asks *queries* all the while."""
    rounds = Rounds()
    archive = index.with_suffix(".probe.jsonl")
    _reindex(rounds, 0, archive, index)
    with Server(index) as server:
        until = time.monotonic() + seconds
        found: list[Load] = []
        paths = _paths(queries, until)
        asking = threading.Thread(
            target=lambda: found.append(ask(server.address, paths, connections=_CONNECTIONS, check=rounds.fault))
        )
        asking.start()
        runs, before = 0, None
        while time.monotonic() < until:
            began = time.monotonic()
            runs += 1
            _reindex(rounds, runs, archive, index)
            time.sleep(max(0.0, min(began + every, until) - time.monotonic()))
            before = before or server.memory()[0]
        asking.join()
        assert before is not None
        return Reloads(len(rounds.of_generation), runs, found[0], before, server.memory()[0])


def _paths(queries: Sequence[str], until: float) -> Iterator[str]:
    """Every second one about the made-up word."""
    for path in cycle(addresses("/api/v1/search", queries)):
        if time.monotonic() >= until:
            return
        yield path
        yield _PROBE


def _reindex(rounds: Rounds, number: int, archive: Path, index: Path) -> None:
    rounds.write(number, archive)
    command = [sys.executable, str(ROOT / "reindex.py"), str(archive), "--add", "--index", str(index)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
