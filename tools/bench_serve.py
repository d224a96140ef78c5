"""How fast the real server answers over loopback: ``python -m tools.bench_serve --index DIR --queries FILE``.

One worker with one connection gives the time of an answer; four connections on one worker and on two, in turns, give
how many answers a second, and what the second worker adds. The load is made by a process of its own, which needs a
share of the machine: with two cores the second worker has less than one. Suggestions, which nobody waits for longer
than for a key, are timed in this process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import click

from tools.serve_bench.completing import completed
from tools.serve_bench.load import Load
from tools.serve_bench.server import Memory, Server, indexed

ROUTES = {"JSON": "/api/v1/search", "page": "/search"}
# What words mean and where their lists lie is remembered: a worker is itself behind so many queries, its first minute.
_WARMING = 1_500
_AT_ONCE = 4
# A neighbour of the machine that wakes while one worker is asked, or two, makes the ratio of one turn anything.
_TURNS = 5


def loaded(server: Server, route: str, queries: Path, *, skip: int, requests: int, connections: int) -> Load:
    """What a load process measured."""
    command = [sys.executable, "-m", "tools.serve_bench.load", server.address, "--route", route]
    command += ["--queries", str(queries), "--skip", str(skip), "--requests", str(requests)]
    command += ["--connections", str(connections)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = Load(**json.loads(done.stdout))
    if found.failed:
        raise SystemExit(f"{found.failed} of {found.asked} requests failed: {found.told}")
    return found


def timed(server: Server, queries: Path, requests: int) -> int:
    """Prints how long the answers of a server just started take; returns how many queries it has been asked."""
    new = loaded(server, ROUTES["JSON"], queries, skip=0, requests=_WARMING, connections=1)
    print(f"JSON of a server just started: {new}")
    asked = _WARMING
    for name, route in ROUTES.items():
        # Other queries for each: what one route has warmed is no merit of the next.
        before = server.worked()
        one = loaded(server, route, queries, skip=asked, requests=requests, connections=1)
        work = (server.worked() - before) / requests * 1000
        print(f"{name}: {one}; {work:.1f} ms of processor time an answer")
        asked += requests
    return asked


def compared(one: Server, two: Server, queries: Path, skip: int, requests: int) -> None:
    """Prints how many answers a second a worker gives and two give; *skip* queries are behind both already."""
    each = max(1, requests // _TURNS)
    for name, route in ROUTES.items():
        rates = []
        for _ in range(_TURNS):
            at = {"skip": skip, "requests": each, "connections": _AT_ONCE}
            rates.append(tuple(loaded(server, route, queries, **at).rate for server in (one, two)))
            skip += each
        apart = [median(rate) for rate in zip(*rates, strict=True)]
        ratios = [second / first for first, second in rates]
        print(
            f"{name}, {_AT_ONCE} connections: one worker {apart[0]:.0f} a second, two {apart[1]:.0f};"
            f" {median(ratios):.2f} times as many (of {_TURNS} turns, {min(ratios):.2f} to {max(ratios):.2f})"
        )


def _shown(memory: Memory) -> str:
    return f"RSS {memory.rss:.0f} MB, PSS {memory.pss:.0f} MB, USS {memory.uss:.0f} MB"


@click.command()
@click.option("--archive", type=click.Path(path_type=Path), help="What to index first, when no index is given.")
@click.option("--index", type=click.Path(path_type=Path), help="Folder of an index.")
@click.option("--queries", type=click.Path(path_type=Path), required=True, help="A query a line, behind a tab if any.")
@click.option("--requests", default=1_000, help="How many each figure is taken from.")
def main(archive: Path | None, index: Path | None, queries: Path, requests: int) -> None:
    """Measure a server over INDEX."""
    folder = indexed(index, archive)
    asked = [line.rpartition("\t")[2] for line in queries.read_text("utf-8").splitlines()][: requests + _WARMING]
    print(completed(folder, asked, _WARMING))
    with Server(folder) as one:
        behind = timed(one, queries, requests)
        with Server(folder, workers=2) as two:
            # As many for each of the two, or their words are newer to them than to the one.
            for _ in range(2):
                loaded(two, ROUTES["JSON"], queries, skip=0, requests=behind, connections=_AT_ONCE)
            compared(one, two, queries, behind, requests)
            for workers in (one.memory(), two.memory()):
                for number, memory in enumerate(workers, start=1):
                    print(f"worker {number} of {len(workers)}: {_shown(memory)}")


if __name__ == "__main__":
    main()
