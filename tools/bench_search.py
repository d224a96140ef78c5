"""How fast answers come beside other engines, on the same analysed words: ``python -m tools.bench_search``.

Builds each engine's index at each size, asks all the same questions in one run, and writes docs/performance.md and its
plot. Needs the large archive ($SLOVO_DATA or ../shared/data). An engine that cannot run here is left out with a reason.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from tools.search_bench import report
from tools.search_bench.engines import Engine, OneLemma, Slovo, StockWhoosh, Tantivy
from tools.search_bench.lucene import Lucene, missing
from tools.search_bench.report import Measured, Table
from tools.search_bench.words import KINDS, Archive, Question, questions, read

ROOT = Path(__file__).resolve().parent.parent
SIZES = (20_000, 100_000, 175_352, 1_000_000)
# Stock Whoosh takes an hour to build an index of a million, and a second for some of its answers.
STOCK_LIMIT, STOCK_QUESTIONS = 175_352, 5


def engines(folder: Path, archive: Archive, size: int, stock_limit: int) -> Iterator[Engine]:
    """Those that run at that size; our own second way of asking after the first, whose index it uses."""
    yield Tantivy(folder, archive)
    if reason := missing():
        print(f"Lucene is left out: {reason}", file=sys.stderr)
    else:
        yield Lucene(folder, archive)
    yield OneLemma(folder, archive)
    yield Slovo(folder, archive)
    if size <= stock_limit:
        yield StockWhoosh(folder, archive)
    else:
        print(f"Stock Whoosh is left out at {size:,} documents: building takes too long", file=sys.stderr)


def measure(engine: Engine, asked: list[Question], repeats: int) -> dict[str, Measured]:
    """What an engine takes for each kind of question."""
    found = {}
    for kind in KINDS:
        own = [question for question in asked if question.kind == kind]
        if isinstance(engine, StockWhoosh):
            own, repeats = own[:STOCK_QUESTIONS], 1
        spent, totals = engine.times(own, repeats)
        found[kind] = Measured(spent, totals)
    return found


def at_size(size: int, folder: Path, archive: Archive, asked: list[Question], repeats: int, stock_limit: int) -> Table:
    """All engines at one size."""
    table = Table(size)
    running = list(engines(folder, archive, size, stock_limit))
    for engine in sorted(running, key=lambda engine: isinstance(engine, OneLemma)):
        started = time.perf_counter()
        engine.build(size)
        built = time.perf_counter()
        engine.open()
        table.built[engine.name] = built - started
        table.opened[engine.name] = time.perf_counter() - built
        table.bytes[engine.name] = sum(path.stat().st_size for path in engine.folder.rglob("*") if path.is_file())
        print(f"{size:,} {engine.name}: built in {built - started:.1f} s", file=sys.stderr)
    for engine in running:
        table.measured[engine.name] = measure(engine, asked, repeats)
        if isinstance(engine, Lucene):
            table.opened[engine.name] = engine.opening
        print(f"{size:,} {engine.name}: asked", file=sys.stderr)
    return table


def machine() -> str:
    """What the figures were taken on."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    python = platform.python_version()
    return f"{model or platform.processor()}, {os.cpu_count()} cores, {platform.system()}, Python {python}"


@click.command()
@click.option("--size", "sizes", type=int, multiple=True, default=SIZES, help="Documents; may be repeated.")
@click.option("--repeats", default=5, help="How often each question is asked.")
@click.option("--stock-limit", default=STOCK_LIMIT, help="The largest size at which stock Whoosh takes part.")
@click.option("--data", type=click.Path(path_type=Path), help="The archive, a .jsonl.xz file.")
@click.option("--write/--no-write", default=True, help="Write docs/performance.md and its plot.")
def main(sizes: tuple[int, ...], repeats: int, stock_limit: int, data: Path | None, write: bool) -> None:
    """Compare engines."""
    path = data or Path(os.environ.get("SLOVO_DATA", ROOT.parent / "shared" / "data")) / "news.jsonl.xz"
    if not path.is_file():
        raise click.ClickException(f"{path}: not there; SLOVO_DATA names the folder that has news.jsonl.xz")
    archive = read(path, max(sizes))
    asked = questions(archive)
    folder = ROOT / "var" / "bench"
    tables = [at_size(size, folder / str(size), archive, asked, repeats, stock_limit) for size in sizes]
    text = report.markdown(tables, machine())
    print(text)
    if write:
        (ROOT / "docs" / "performance.md").write_text(text, "utf-8")
        (ROOT / "docs" / "performance.svg").write_text(report.plot(tables), "utf-8")


if __name__ == "__main__":
    main()
