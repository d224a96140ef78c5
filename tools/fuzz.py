"""Asks an index what nobody would ask: ``make fuzz``, or ``python -m tools.fuzz --count 1000000``.

Every string (tools/fuzz_strings.py), and every query of $SLOVO_DATA/queries/real.tsv where that is, is answered by the
service, one in a hundred by the web application too. A fault is an exception, another status than 200, an answer that
contradicts itself or comes later than its limit; each is printed with the number that makes its string again, as is
what was stopped by the limit, with the processor's time it took: little means that others took it. Exit status 0
without a fault, 1 with one.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import click

from index.generations import Store
from index.settings import Settings
from index.text import Analyzer
from search.limits import LIMITS, Limits
from search.parse import parse
from search.results import Answer, Mark
from search.service import Ask, Service
from search.show import show
from tools.fuzz_strings import string
from web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
TODAY = dt.date(2026, 11, 20)
# Strings that a worker takes at a time; of each hundred one is also asked over HTTP, of each ten one for a whole page.
_CHUNK = 500
_HTTP = 100
_PAGE = 10
# Beyond the limit of an answer: the longest step between two looks at the clock.
_GRACE = 1.0
_SHOWN = 20
# For what is printed, which has more characters and brackets than what was typed.
_ROOMY = Limits(characters=1_000_000, words=100_000, depth=1_000)


@dataclass
class Report:
    """What some strings came to."""

    answered: int = 0
    stopped: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    faults: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        self.answered += other.answered
        self.stopped += other.stopped
        self.slowest = max(self.slowest, other.slowest)
        self.faults += other.faults


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--count", default=20_000, show_default=True, help="How many strings.")
@click.option("--first", default=0, help="Number of the first: a fault's, to meet it again.")
@click.option("--index", type=click.Path(path_type=Path), help="Folder of an index (default: one made of sample/).")
@click.option("--jobs", default=0, help="Processes (default: one for each core).")
def main(count: int, first: int, index: Path | None, jobs: int) -> None:
    """Answer strings by the thousand and look for contradictions."""
    with tempfile.TemporaryDirectory() as folder:
        index = index or sample(Path(folder))
        started = time.perf_counter()
        report = Report()
        with ProcessPoolExecutor(jobs or os.cpu_count(), mp_context=get_context("spawn")) as pool:
            chunks = [pool.submit(chunk, index, numbers) for numbers in _numbers(first, count)]
            chunks += [pool.submit(asked, index, queries) for queries in _real()]
            for done in as_completed(chunks):
                for fault in done.result().faults[: max(0, _SHOWN - len(report.faults))]:
                    print(fault, flush=True)
                report.add(done.result())
                _progress(report, count)
    seconds, text = report.slowest
    for name in report.stopped[:_SHOWN]:
        print(f"stopped: {name}")
    print(
        f"{report.answered:,} answered in {time.perf_counter() - started:,.0f} s, {len(report.stopped):,} of them "
        f"stopped by the limit of {LIMITS.seconds:g} s; slowest {seconds:.2f} s: {text[:60]!r}; "
        f"{len(report.faults):,} faults"
    )
    sys.exit(bool(report.faults))


def sample(folder: Path) -> Path:
    """An index of sample/ in *folder*."""
    from index.build import build
    from index.documents import Document
    from index.engines.registry import writer_factory
    from index.sources import read

    documents = (item for item in read([ROOT / "sample"]) if isinstance(item, Document))
    build(documents, Store(folder), analyzer=Analyzer(), open_writer=writer_factory(Settings()))
    return folder


def chunk(index: Path, numbers: range) -> Report:
    """The strings of *numbers*, each with its number in a fault."""
    return _all([(f"--first {number}", string(number)) for number in numbers], index)


def asked(index: Path, queries: Sequence[str]) -> Report:
    """The *queries*."""
    return _all([("real.tsv", text) for text in queries], index)


def _all(strings: Sequence[tuple[str, str]], index: Path) -> Report:
    report = Report()
    service, client = _opened(index)
    for at, (name, text) in enumerate(strings):
        # Of this process's own work: what else runs on the machine is no fault of the string.
        started = time.process_time()
        try:
            answer = service.answer(Ask(text, size=1 if at % _PAGE else 10))
            took = time.process_time() - started
            report.slowest = max(report.slowest, (took, text))
            report.stopped += [f"{name} ({took:.2f} s)"] if answer.timed_out else []
            found = [*contradictions(answer), *misprints(text)]
            if took > LIMITS.seconds + _GRACE:
                found.append(f"took {took:.2f} s")
            if not at % _HTTP:
                found += _statuses(client, text)
        # Whatever is raised is what is looked for.
        except Exception:  # noqa: BLE001
            found = [traceback.format_exc(limit=-4)]
        report.answered += 1
        report.faults += [f"{name} {text[:300]!r}: {fault}" for fault in found]
    return report


@cache
def _opened(index: Path):  # type: ignore[no-untyped-def]  # FlaskClient is generic over what it answers
    service = Service(index, today=lambda: TODAY)
    return service, create_app(service, Settings(rate=0)).test_client()


def contradictions(answer: Answer) -> Iterator[str]:
    """What in *answer* cannot be."""
    query = answer.query
    if len(answer.hits) > min(answer.size, answer.total - answer.folded + answer.relaxed):
        yield f"{len(answer.hits)} hits of {answer.total} and {answer.relaxed}, {answer.folded} of them folded"
    for word in query.words:
        if not 0 <= word.start <= word.end <= len(query.answered):
            yield f"word {word.text!r} at {word.start}..{word.end} of {len(query.answered)}"
    for hit in answer.hits:
        for shown, marks in ((hit.title, hit.title_marks), *((own.text, own.marks) for own in hit.snippets)):
            yield from _wrong_marks(shown, marks)
    if len({hit.id for hit in answer.hits}) < len(answer.hits):
        yield "a hit twice"
    if any(count.count > answer.total for counts in answer.facets.values() for count in counts):
        yield "a facet above the total"


def _wrong_marks(text: str, marks: Sequence[Mark]) -> Iterator[str]:
    """Marks that do not follow one another or cut a word."""
    at = 0
    for start, end in marks:
        if not at <= start < end <= len(text):
            yield f"mark {start}..{end} behind {at} of {text!r}"
        elif not text[start].isalnum() or (start and _is_inside(text[start - 1], text[start])):
            yield f"mark of {text[start:end]!r} in {text[max(0, start - 9) : end + 9]!r}"
        at = end


def _is_inside(before: str, letter: str) -> bool:
    """Whether a word goes on from *before* to *letter*: «PS5» is of two, as «COVID-19» is."""
    return before.isalnum() and before.isdigit() == letter.isdigit()


def misprints(text: str) -> Iterator[str]:
    """Whether the tree of *text*, printed and read again, is printed otherwise."""
    printed = show(parse(text, _analyzer(), today=TODAY).tree)
    again = show(parse(printed, _analyzer(), today=TODAY, limits=_ROOMY).tree)
    if again != printed:
        yield f"printed as {printed!r}, then as {again!r}"


@cache
def _analyzer() -> Analyzer:
    return Analyzer()


def _statuses(client, text: str) -> Iterator[str]:  # type: ignore[no-untyped-def]  # as above
    for address in ("/search", "/api/v1/search"):
        status = client.get(address, query_string={"q": text.encode("utf-8", "surrogatepass")}).status_code
        # An empty query leads back to the first page.
        if status != 200 and not (status == 302 and not text.strip()):
            yield f"{address}: {status}"


def _numbers(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, _CHUNK):
        yield range(start, min(start + _CHUNK, first + count))


def _real() -> Iterator[list[str]]:
    """The real queries, if they are there."""
    path = Path(os.environ.get("SLOVO_DATA", ROOT.parent / "shared" / "data")) / "queries" / "real.tsv"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    texts = [line.partition("\t")[2] for line in lines]
    for start in range(0, len(texts), _CHUNK):
        yield texts[start : start + _CHUNK]


def _progress(report: Report, count: int) -> None:
    if sys.stderr.isatty() or report.answered % 10_000 == 0:
        print(f"{report.answered:,} of {count:,}, {len(report.faults):,} faults", file=sys.stderr)


if __name__ == "__main__":
    main()
