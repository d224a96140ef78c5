"""How fast the real server answers over loopback: ``python -m tools.bench_serve --index DIR --queries FILE``.

One worker with one connection gives the time of an answer; four connections on one worker and on two give how many
answers a second, and what the second worker adds. The load is made by a process of its own, which needs a share of the
machine: with two cores the second worker has less than one. Suggestions, which nobody waits for longer than for a key,
are timed in this process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click

from tools.serve_bench.completing import completed
from tools.serve_bench.load import Load
from tools.serve_bench.server import Memory, Server, indexed

ROUTES = {"JSON": "/api/v1/search", "page": "/search"}
# What words mean and where their lists lie is remembered: a worker is itself behind so many queries, its first minute.
_WARMING = 1_500
_AT_ONCE = 4


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


def measured(index: Path, queries: Path, workers: int, requests: int) -> dict[str, float]:
    """Prints the figures of a server with that many *workers*; returns answers a second for each route."""
    rates = {}
    with Server(index, workers=workers) as server:
        connections = 1 if workers == 1 else _AT_ONCE
        new = loaded(server, ROUTES["JSON"], queries, skip=0, requests=_WARMING, connections=connections)
        if workers == 1:
            print(f"JSON of a server just started: {new}")
        for number, (name, route) in enumerate(ROUTES.items()):
            # Other queries for each: what one route has warmed is no merit of the next.
            at = {"skip": _WARMING + 2 * number * requests, "requests": requests}
            if workers == 1:
                before = server.worked()
                one = loaded(server, route, queries, **at, connections=1)
                work = (server.worked() - before) / requests * 1000
                print(f"{name}: {one}; {work:.1f} ms of processor time an answer")
            at["skip"] += requests
            rates[name] = loaded(server, route, queries, **at, connections=_AT_ONCE).rate
            print(f"{name}: {_AT_ONCE} connections, {workers} worker(s): {rates[name]:.0f} a second")
        for number, memory in enumerate(server.memory(), start=1):
            print(f"worker {number} of {workers}: {_shown(memory)}")
    return rates


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
    one, two = (measured(folder, queries, workers, requests) for workers in (1, 2))
    for name in ROUTES:
        print(f"{name}: two workers answer {two[name] / one[name]:.2f} times as much as one")


if __name__ == "__main__":
    main()
