"""How fast text becomes tokens and forms get lemmas.

    python -m tools.bench_text NEWS.jsonl[.xz] [--documents N]

Warm: words a second on one core once the words are known, without offsets (what indexing does) and with (what
marking does). Cold: the first pass. Lemmas: new forms a second, alone and in processes (the one row in seconds of the
clock; the others are in those of the processor). Memory: what the process holds at the end.
"""

from __future__ import annotations

import lzma
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
import orjson
import psutil

from index.text import Analyzer

_BATCH = 500


def _texts(path: Path, most: int) -> list[str]:
    found = []
    with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as lines:
        for line in lines:
            item = orjson.loads(line)
            found.append(f"{item.get('title') or ''}\n{item.get('text') or ''}")
            if len(found) == most:
                break
    return found


def _pass(analyzer: Analyzer, texts: list[str]) -> Iterator[int]:
    for start in range(0, len(texts), _BATCH):
        batch = analyzer.stream_many(texts[start : start + _BATCH])
        # A compound has more tokens than words: positions count what a reader would.
        yield sum(int(tokens.positions[-1]) + 1 for tokens in batch if len(tokens))


def _timed(work: Callable[[], int]) -> tuple[int, float]:
    # Seconds of this process's own work: what one core does does not depend on who else uses the machine.
    started = time.process_time()
    done = work()
    return done, time.process_time() - started


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--documents", default=175_352, show_default=True, help="Read no more than this many.")
@click.option("--jobs", default=0, show_default=True, help="Processes for lemmas; 0 is one for each core.")
def main(path: Path, documents: int, jobs: int) -> None:
    """Prints words and forms a second over the documents in PATH."""
    texts = _texts(path, documents)
    analyzer = Analyzer()

    def report(name: str, done: int, seconds: float) -> None:
        click.echo(f"{name:32}{done:>12,} in {seconds:6.1f} s: {done / seconds:>12,.0f} a second")

    report("words, first met", *_timed(lambda: sum(_pass(analyzer, texts))))
    forms = sorted({analyzer.form(number) for number in _numbers(analyzer, texts)})
    # As many documents as the remembered raw strings hold: known words, as the claim goes.
    known = texts[: max(1, len(texts) // 4)]
    sum(_pass(analyzer, known))
    report("words, known", *_timed(lambda: sum(_pass(analyzer, known))))
    some = known[:3000]
    report("words with offsets, known", *_timed(lambda: sum(len(analyzer.tokens(text)) for text in some)))
    sample = forms[:: max(1, len(forms) // 60_000)]
    report("forms to lemmas, one process", *_timed(lambda: len(Analyzer().lemmas_many(sample))))
    started = time.perf_counter()
    done = len(Analyzer().lemmas_many(forms, jobs=jobs))
    report("forms to lemmas, in processes", done, time.perf_counter() - started)
    click.echo(f"{'memory':32}{psutil.Process().memory_info().rss / 2**20:>12,.0f} MB, texts included")


def _numbers(analyzer: Analyzer, texts: list[str]) -> list[int]:
    batches = (analyzer.stream_many(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH))
    seen: set[int] = set()
    for batch in batches:
        seen.update(np.unique(batch.forms).tolist())
    return sorted(seen)


if __name__ == "__main__":
    main()
