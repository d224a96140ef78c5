"""How fast the writer is, what it needs and what it leaves on disk: `python -m tools.bench_write`.

Builds twice over the archive that SLOVO_DATA names (the second time with the forms known from the first), then adds 100
documents. Time inside the writer is told apart from reading and analysis.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import lzma
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from index.build import records
from index.documents import Document
from index.engines.whoosh.segment import open_generation
from index.engines.whoosh.writer import Writer
from index.generations import Generation, Store
from index.text import Analyzer

_BATCH = 1_000
_DATA = Path(os.environ.get("SLOVO_DATA", "../shared/data"))


def documents(path: Path) -> Iterator[Document]:
    """The documents of a .jsonl.xz file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            date = dt.date.fromisoformat(item["date"][:10]) if item.get("date") else None
            title, text = item.get("title") or "", item.get("text") or ""
            yield Document(item["id"], title, text, date, item.get("url") or "", item.get("source") or "")


def build(
    store: Store, source: Iterator[Document], analyzer: Analyzer, base: Generation | None, memory_mb: int
) -> tuple[Generation, dict[str, float]]:
    """One generation, and how many seconds went where."""
    spent = {"add": 0.0, "publish": 0.0}
    started = time.perf_counter()
    count = 0
    with store.writing():
        writer = Writer(store.begin(base), analyzer, memory_mb=memory_mb, jobs=1)
        while batch := list(islice(source, _BATCH)):
            analysed = list(records(batch, analyzer))
            begun = time.perf_counter()
            for record in analysed:
                writer.add(record)
            spent["add"] += time.perf_counter() - begun
            count += len(batch)
        begun = time.perf_counter()
        generation = writer.publish()
        spent["publish"] = time.perf_counter() - begun
    spent["all"] = time.perf_counter() - started
    inside = spent["add"] + spent["publish"]
    print(f"{count} documents: " + ", ".join(f"{name} {value:.2f} s" for name, value in spent.items()))
    print(f"  writer {count / inside:,.0f} documents/s, all {count / spent['all']:,.0f}; peak {_peak_mb():,.0f} MiB")
    return generation, spent


def sizes(generation: Generation) -> None:
    """Prints bytes on disk, by section."""
    total: dict[str, int] = {}
    for segment in open_generation(generation.folder):
        for sections in segment.files:
            for name, size in sections.sizes().items():
                total[name] = total.get(name, 0) + size
    for name, size in sorted(total.items(), key=lambda item: -item[1])[:20]:
        print(f"  {name:20} {size:12,}")
    stored = sum(size for name, size in total.items() if name.startswith("stored."))
    print(f"  all {sum(total.values()):,}, without stored texts {sum(total.values()) - stored:,}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=None, help="documents to take")
    parser.add_argument("--memory", type=int, default=1024, help="the writer's memory in MiB")
    parser.add_argument("--once", action="store_true", help="leave out the second build")
    parser.add_argument("--keep", type=Path, help="where to leave the index")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="bench-"))
    store = Store(folder)
    path = _DATA / "news.jsonl.xz"
    try:
        generation, _ = build(store, islice(documents(path), options.limit), Analyzer(), None, options.memory)
        sizes(generation)
        if not options.once:
            analyzer = Analyzer()
            for segment in open_generation(generation.folder):
                analyzer.learn(segment.lemma_sets())
            generation, _ = build(store, islice(documents(path), options.limit), analyzer, None, options.memory)
        few = (dataclasses.replace(document, id=f"new-{document.id}") for document in islice(documents(path), 100))
        generation, _ = build(store, few, Analyzer(), generation, options.memory)
        begun = time.perf_counter()
        opened = open_generation(generation.folder)
        print(f"opening {len(opened)} segments: {1000 * (time.perf_counter() - begun):.1f} ms")
    finally:
        if not options.keep:
            shutil.rmtree(folder)


def _peak_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


if __name__ == "__main__":
    main()
