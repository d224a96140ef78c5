"""Whether readers notice a reindex: ``python -m tools.bench_reload --index DIR --queries FILE``.

Every 20 seconds for five minutes a copy of the index gets a new generation while four connections ask. Prints requests,
failures (an answer that mixes two generations is one), and a worker's memory and descriptors. Exit 1 on a failure.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tools.serve_bench.reload import copied, reload
from tools.serve_bench.server import ROOT, indexed

# So few that all of them have been asked, and all that they need is kept, long before the end: memory can be compared.
_QUERIES = 300


@click.command()
@click.option("--archive", type=click.Path(path_type=Path), help="What to index first, when no index is given.")
@click.option("--index", type=click.Path(path_type=Path), help="Folder of an index; it is copied.")
@click.option("--queries", type=click.Path(path_type=Path), required=True, help="A query a line, behind a tab if any.")
@click.option("--seconds", default=300.0, help="How long.")
@click.option("--every", default=20.0, help="Seconds from one reindex to the next.")
def main(archive: Path | None, index: Path | None, queries: Path, seconds: float, every: float) -> None:
    """Reindex under load."""
    lines = [line.rpartition("\t")[2] for line in queries.read_text("utf-8").splitlines()[:_QUERIES]]
    folder = indexed(index, archive)
    seen = reload(copied(folder, ROOT / "var" / "bench" / "reload"), lines, seconds=seconds, every=every)
    load = seen.load
    print(f"{seen.runs} runs, {seen.generations} generations answered; {load.asked} requests, {load.failed} failed")
    print(load)
    print(f"RSS {seen.before.rss:.0f} MB after the first run, {seen.after.rss:.0f} MB at the end")
    print(f"descriptors {seen.before.descriptors} and {seen.after.descriptors}")
    for fault in load.told:
        print(fault)
    sys.exit(load.failed > 0)


if __name__ == "__main__":
    main()
