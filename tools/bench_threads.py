"""Ten threads on one searcher for a minute while generations change under them: ``python -m tools.bench_threads``.

Every answer is compared with the one that a searcher of its own gives to a single thread over the same generation.
Tells how many there were, how many were wrong, memory as it went, and the files that are still open when all is closed.
Exit status 1 when an answer was wrong, a file is left or no change was seen. tests/engines/search/test_sharing.py is a
short one.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import click

from index.engines.whoosh.writer import Writer
from index.generations import Generation, Store
from index.records import Record
from search.engines import Request, Response
from search.engines.whoosh.searcher import WhooshSearcher
from search.live import Live
from tools.search_bench.engines import Slovo
from tools.search_bench.words import Archive, questions

THREADS = 10


# The first answer that any thread was given to each question, by generation and number.
Answers = dict[tuple[str, int], Response]


def ask(live: Live, requests: list[Request], stop: threading.Event, heard: Answers, seed: int) -> tuple[int, int]:
    """One thread: any question, again and again. Returns how many, and how many answers were unlike an earlier one."""
    chance = random.Random(seed)
    asked = unlike = 0
    while not stop.is_set():
        at = chance.randrange(len(requests))
        with live.reading() as (searcher, generation):
            answer = searcher.search(requests[at])
        asked += 1
        unlike += heard.setdefault((generation.name, at), answer) != answer
    return asked, unlike


def publish(
    store: Store, base: Generation | None, archive: Archive, added: list[Record], deleted: list[str]
) -> Generation:
    """A generation on top of *base*."""
    with store.writing():
        draft = store.begin(base)
        draft.versions |= {"analysis": archive.analyzer.fingerprint}
        writer = Writer(draft, archive.analyzer, memory_mb=256, jobs=1)
        for record in added:
            writer.add(record)
        for doc_id in deleted:
            writer.delete(doc_id)
        return writer.publish()


def alone(generation: Generation, requests: list[Request]) -> list[Response]:
    """The answers of a searcher that nobody shares."""
    searcher = WhooshSearcher(generation.folder)
    answers = [searcher.search(request) for request in requests]
    searcher.close()
    return answers


def held(folder: Path) -> list[str]:
    """Files below *folder* that this process has open or mapped."""
    mapped = [line.split()[-1] for line in Path("/proc/self/maps").read_text("utf-8").splitlines()]
    links = [str(path.resolve()) for path in Path("/proc/self/fd").iterdir()]
    return sorted({name for name in mapped + links if name.startswith(str(folder))})


def memory() -> int:
    """Resident memory in MiB."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def changes(
    store: Store, generation: Generation, archive: Archive, requests: list[Request], *, seconds: float, every: float
) -> tuple[dict[str, list[Response]], list[int]]:
    """Publishes a generation now and then, until *seconds* are over; right answers of each, and memory at each."""
    expected = {generation.name: alone(generation, requests)}
    ends, sizes, fresh = time.monotonic() + seconds, [memory()], 0
    while time.monotonic() < ends:
        time.sleep(every)
        added = []
        for _ in range(100):
            record = archive.records[fresh % len(archive.records)]
            added.append(Record(replace(record.document, id=f"fresh-{fresh}"), record.tokens, record.sketch))
            fresh += 1
        gone = [f"fresh-{number}" for number in range(fresh - 250, fresh - 200)]
        generation = publish(store, generation, archive, added, gone)
        expected[generation.name] = alone(generation, requests)
        sizes.append(memory())
    return expected, sizes


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--documents", default=20_000, help="Documents to begin with.")
@click.option("--seconds", default=60.0, help="How long the threads ask.")
@click.option("--every", default=3.0, help="Seconds between two generations.")
def main(path: Path, documents: int, seconds: float, every: float) -> None:
    """Ask PATH, a .jsonl.xz archive, from ten threads while it changes."""
    archive = Archive(path, documents)
    asking = questions(archive)[::7]
    with tempfile.TemporaryDirectory() as name:
        folder, stop = Path(name), threading.Event()
        heard: Answers = {}
        engine = Slovo(folder, archive)
        engine.requests = {}
        for question in asking:
            engine.prepare(question)
        requests = [engine.requests[question] for question in asking]
        store = Store(folder)
        first = publish(store, None, archive, archive.records, [])
        live = Live(folder, archive.analyzer.fingerprint)
        with ThreadPoolExecutor(THREADS) as threads:
            running = [threads.submit(ask, live, requests, stop, heard, seed) for seed in range(THREADS)]
            try:
                expected, sizes = changes(store, first, archive, requests, seconds=seconds, every=every)
            finally:
                stop.set()
        live.close()
        # The error of a thread that failed is raised here.
        asked, unlike = (sum(counts) for counts in zip(*(thread.result() for thread in running), strict=True))
        wrong = unlike + sum(answer != expected[name][at] for (name, at), answer in heard.items())
        left = held(folder)
    served = len({name for name, _ in heard})
    print(f"{THREADS} threads, {seconds:.0f} s: {asked:,} answers of {served} generations, {wrong} wrong")
    print(f"memory, MiB, at each of {len(sizes)} generations: {' '.join(map(str, sizes))}")
    print(f"files left open: {left or 'none'}")
    sys.exit(bool(wrong or left or served < 2))


if __name__ == "__main__":
    main()
