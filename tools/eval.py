"""Measures how well documents are ranked: ``make eval``, or ``python -m tools.eval [--baseline DIR]``.

Runs the query sets in TREC form (queries.tsv, qrels.txt) through the service and prints nDCG@10, MRR@10 and recall@100.
The small set over sample/ always runs; the large ones where their archive is ($SLOVO_DATA or ../shared/data). Runs are
written to var/eval/runs; against a folder of earlier runs each difference is given with its 95% interval (paired
bootstrap over queries), so that no ranking change is made blind.
"""

from __future__ import annotations

import lzma
import os
import random
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import ir_measures
import orjson
from ir_measures import RR, R, nDCG

from index.build import build
from index.documents import Document, Rejection
from index.engines.registry import writer_factory
from index.errors import IndexDamaged, IndexMismatch
from index.generations import Store
from index.settings import Settings
from index.sources import read
from index.text import Analyzer
from search.service import Service
from search.wire import trec_id
from tools import eval_lemmas

ROOT = Path(__file__).resolve().parent.parent
MEASURES = (nDCG @ 10, RR @ 10, R @ 100)
DEPTH = 100
# Enough for intervals that are stable in the third digit.
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class QuerySet:
    """Queries with judged documents, and the archive they are about."""

    name: str
    folder: Path
    archive: str


def main_sets(data: Path) -> list[QuerySet]:
    """The sets that can run here. Headlines look for their article by its text alone: its title would give it away."""
    found = [QuerySet("sample", ROOT / "tests" / "eval", "sample")]
    for name in ("headline_clean", "summary", "tags", "tagpairs"):
        folder = data / "relevance" / name
        if folder.is_dir():
            found.append(QuerySet(name, folder, "untitled" if name == "headline_clean" else "articles"))
    return found


def articles(data: Path, *, titled: bool) -> Iterator[Document]:
    """The judged articles of the large archive, those of rt and ng, with or without their titles."""
    with lzma.open(data / "news.jsonl.xz") as lines:
        for line in lines:
            item = orjson.loads(line)
            if item["source"] in ("rt", "ng"):
                title = item["title"] if titled else ""
                yield Document(id=item["id"], title=title, text=item["text"], source=item["source"])


def documents(archive: str, data: Path) -> Iterable[Document | Rejection]:
    """The documents of one of the archives, by name."""
    return read([ROOT / "sample"]) if archive == "sample" else articles(data, titled=archive == "articles")


def indexed(archive: str, data: Path, folder: Path) -> Path:
    """The *folder* of an index of that archive, brought up to date; one that cannot be read is made anew."""

    def bring_up() -> None:
        writers = writer_factory(Settings(index=folder))
        build(documents(archive, data), Store(folder), analyzer=Analyzer(), open_writer=writers)

    try:
        bring_up()
    except (IndexDamaged, IndexMismatch):
        shutil.rmtree(folder)
        bring_up()
    return folder


def run(queries: QuerySet, service: Service) -> list[ir_measures.ScoredDoc]:
    """The best documents of every query of the set."""
    lines = (queries.folder / "queries.tsv").read_text("utf-8").splitlines()
    return [
        ir_measures.ScoredDoc(qid, trec_id(scored.id), scored.score)
        for qid, text in (line.split("\t", 1) for line in lines)
        for scored in service.ranked(text, DEPTH)
    ]


def by_query(queries: QuerySet, scored: list[ir_measures.ScoredDoc]) -> dict[str, dict[str, float]]:
    """Measure -> query -> value."""
    qrels = list(ir_measures.read_trec_qrels(str(queries.folder / "qrels.txt")))
    values: dict[str, dict[str, float]] = {str(measure): {} for measure in MEASURES}
    for metric in ir_measures.iter_calc(list(MEASURES), qrels, scored):
        values[str(metric.measure)][metric.query_id] = metric.value
    return values


def interval(differences: list[float]) -> tuple[float, float]:
    """95% interval of the mean of paired *differences*, by bootstrap; the same every time."""
    draw = random.Random(0)
    means = sorted(sum(draw.choices(differences, k=len(differences))) / len(differences) for _ in range(DRAWS))
    return means[DRAWS // 40], means[-DRAWS // 40]


def compared(now: dict[str, float], before: dict[str, float]) -> str:
    """The change of a measure's mean with its interval; a star when zero lies outside."""
    differences = [value - before.get(qid, 0.0) for qid, value in now.items()]
    low, high = interval(differences)
    star = "*" if low > 0 or high < 0 else " "
    return f"{sum(differences) / len(differences):+.4f} [{low:+.4f}, {high:+.4f}]{star}"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder with news.jsonl.xz and relevance/.")
@click.option(
    "--baseline", type=click.Path(path_type=Path, exists=True), help="Folder of earlier runs to compare with."
)
@click.option("--only", multiple=True, help="Run only the set of this name.")
def main(data: Path | None, baseline: Path | None, only: tuple[str, ...]) -> None:
    """Print how well documents are ranked."""
    data = data or Path(os.environ.get("SLOVO_DATA", ROOT.parent / "shared" / "data"))
    runs = ROOT / "var" / "eval" / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    services: dict[str, Service] = {}
    for queries in main_sets(data):
        if only and queries.name not in only:
            continue
        if queries.archive not in services:
            folder = ROOT / "var" / "eval" / queries.archive
            services[queries.archive] = Service(indexed(queries.archive, data, folder))
        scored = run(queries, services[queries.archive])
        values = by_query(queries, scored)
        earlier = baseline / f"{queries.name}.run" if baseline else None
        old = by_query(queries, list(ir_measures.read_trec_run(str(earlier)))) if earlier and earlier.is_file() else {}
        write(runs / f"{queries.name}.run", scored)
        for measure, per_query in values.items():
            mean = sum(per_query.values()) / len(per_query)
            change = compared(per_query, old[measure]) if old else ""
            print(f"{queries.name:16} {measure:8} {mean:.4f}  {len(per_query):6} queries  {change}")
    for service in services.values():
        service.close()
    if not only and (data / "lemmas").is_dir():
        eval_lemmas.report(data / "lemmas")


def write(path: Path, scored: list[ir_measures.ScoredDoc]) -> None:
    """A run in TREC form, ranks counted within each query."""
    ranks: dict[str, int] = {}
    with path.open("w", encoding="utf-8") as file:
        for item in scored:
            ranks[item.query_id] = ranks.get(item.query_id, 0) + 1
            file.write(f"{item.query_id} Q0 {item.doc_id} {ranks[item.query_id]} {item.score:.6f} slovo\n")


if __name__ == "__main__":
    sys.exit(main())
