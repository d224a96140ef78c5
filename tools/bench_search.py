"""How fast answers come beside other engines, on the same analysed words: ``python -m tools.bench_search``.

Builds each engine's index at each size, asks all the same questions in one run, and writes docs/performance.md and its
plot. Needs the large archive ($SLOVO_DATA or ../shared/data). An engine that cannot run here is left out with a reason.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import platform
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from tools.search_bench import report
from tools.search_bench.engines import TURNS, Engine, OneLemma, Slovo, StockWhoosh, Tantivy
from tools.search_bench.lucene import Lucene, missing
from tools.search_bench.report import Costs, Measured, Table
from tools.search_bench.words import KINDS, Archive, Question, kept_questions, questions

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


def measure(engines: list[Engine], asked: list[Question], repeats: int) -> dict[str, Measured]:
    """What each engine takes for questions of one kind.

    In turns, so that what disturbs the machine for a moment does not fall on all askings of one engine.
    """
    found: dict[str, Measured] = {}
    for turn in range(TURNS):
        for engine in [engine for engine in engines if turn < engine.turns]:
            stock = isinstance(engine, StockWhoosh)
            own, times = (asked[:STOCK_QUESTIONS], 1) if stock else (asked, repeats * TURNS // engine.turns)
            spent, totals = engine.times(own, times)
            least = [min(times) for times in spent]
            if turn:
                least = list(map(min, least, found[engine.name].seconds))
            found[engine.name] = Measured(least, totals)
    return found


def costs(engine: Engine, size: int, *, reuse: bool) -> Costs:
    """Builds the index, and adds to a copy of it; with *reuse* both only where no earlier run has left its figures."""
    noted = engine.folder.with_name(f"{engine.folder.name}.json")
    if reuse and noted.exists():
        return Costs(**orjson.loads(noted.read_bytes()))
    noted.unlink(missing_ok=True)
    # The archive is analysed when it is first asked for, which is no part of building an index.
    _ = engine.archive.records
    before = _memory("VmRSS", reset=True)
    started = time.perf_counter()
    engine.build(size)
    seconds = time.perf_counter() - started
    peak = _memory("VmHWM") - before
    if isinstance(engine, Lucene):
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    files = [path for path in engine.folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    found = Costs(seconds, peak, _adding(engine), size, engine.stored(), engine.apart())
    noted.write_bytes(orjson.dumps(dataclasses.asdict(found)))
    print(f"{size:,} {engine.name}: built in {seconds:.1f} s", file=sys.stderr)
    return found


def _adding(engine: Engine) -> float:
    """Seconds to add 100 documents to a copy of the index."""
    own = engine.folder
    engine.folder = own.with_name(f"{own.name}-copy")
    shutil.rmtree(engine.folder, ignore_errors=True)
    shutil.copytree(own, engine.folder)
    try:
        return engine.add(100)
    finally:
        shutil.rmtree(engine.folder)
        engine.folder = own


def _memory(name: str, *, reset: bool = False) -> float:
    """A figure of /proc/self/status in MiB, 0 where there is none; *reset* begins a new VmHWM, the peak."""
    if not Path("/proc/self/clear_refs").exists():
        return 0.0
    if reset:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def at_size(
    size: int, folder: Path, archive: Archive, asked: list[Question], *, repeats: int, stock_limit: int, reuse: bool
) -> Table:
    """All engines at one size; of each kind of question all are asked before the next kind."""
    table = Table(size)
    running = list(engines(folder, archive, size, stock_limit))
    for engine in sorted(running, key=lambda engine: isinstance(engine, OneLemma)):
        if not isinstance(engine, OneLemma):
            table.costs[engine.name] = costs(engine, size, reuse=reuse)
        table.opened[engine.name] = min(_opening(engine) for _ in range(TURNS))
        table.measured[engine.name] = {}
    for kind in KINDS:
        own = [question for question in asked if question.kind == kind]
        for name, measured in measure(running, own, repeats).items():
            table.measured[name][kind] = measured
        print(f"{size:,} {kind}: asked", file=sys.stderr)
    for engine in running:
        if isinstance(engine, Lucene):
            table.opened[engine.name] = engine.opening
    return table


def _opening(engine: Engine) -> float:
    """Seconds."""
    started = time.perf_counter()
    engine.open()
    return time.perf_counter() - started


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
@click.option("--repeats", default=5, help=f"How often each question is asked in each of {TURNS} turns.")
@click.option("--stock-limit", default=STOCK_LIMIT, help="The largest size at which stock Whoosh takes part.")
@click.option("--reuse", is_flag=True, help="Take indexes and questions of an earlier run.")
@click.option("--data", type=click.Path(path_type=Path), help="The archive, a .jsonl.xz file.")
@click.option("--write/--no-write", default=True, help="Write docs/performance.md and its plot.")
def main(sizes: tuple[int, ...], repeats: int, stock_limit: int, reuse: bool, data: Path | None, write: bool) -> None:
    """Compare engines."""
    path = data or Path(os.environ.get("SLOVO_DATA", ROOT.parent / "shared" / "data")) / "news.jsonl.xz"
    if not path.is_file():
        raise click.ClickException(f"{path}: not there; SLOVO_DATA names the folder that has news.jsonl.xz")
    archive = Archive(path, max(sizes))
    folder = ROOT / "var" / "bench"
    kept = folder / "questions.json"
    folder.mkdir(parents=True, exist_ok=True)
    asked = kept_questions(kept) if reuse and kept.exists() else questions(archive)
    kept.write_bytes(orjson.dumps(asked))
    ask = functools.partial(at_size, repeats=repeats, stock_limit=stock_limit, reuse=reuse)
    tables = [ask(size, folder / str(size), archive, asked) for size in sizes]
    text = report.markdown(tables, machine())
    print(text)
    if write:
        (ROOT / "docs" / "performance.md").write_text(text, "utf-8")
        (ROOT / "docs" / "performance.svg").write_text(report.plot(tables), "utf-8")


if __name__ == "__main__":
    main()
