"""Makes an index equal to its sources: new, changed and vanished documents only. See ``python reindex.py --help``.

Exit status: 0; 1 when documents were rejected (each named with its reason, the others published); 2 when nothing could
be published. Progress and rejections go to stderr, the summary to stdout.
"""

from __future__ import annotations

import contextlib
import gc
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson

from index.build import Report, build, compare
from index.engines.registry import ENGINES, writer_factory
from index.errors import Interrupted, SettingsError, SlovoError
from index.generations import Store, faults
from index.progress import Progress
from index.settings import Settings, load
from index.sources import read
from index.text import Analyzer

REJECTED, FAILED = 1, 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--index", type=click.Path(path_type=Path), help="Folder of the index (default: var/index).")
@click.option("--engine", type=click.Choice(ENGINES), help="Engine that keeps the index.")
@click.option("--jobs", type=click.IntRange(0), help="Processes that analyse new words; 0 means one a core.")
@click.option("--add", is_flag=True, help="Keep documents that are not in these sources.")
@click.option("--rebuild", is_flag=True, help="Analyse and write every document again.")
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--list", "do_list", is_flag=True, help="List the kept generations.")
@click.option("--rollback", "do_rollback", is_flag=True, help="Publish the generation before the current one.")
@click.option("--verify", "do_verify", is_flag=True, help="Read every byte of the current generation and check it.")
def main(
    sources: tuple[str, ...], as_json: bool, do_list: bool, do_rollback: bool, do_verify: bool, **given: Any
) -> int:
    """Make the index equal to SOURCES: folders, files or globs of .txt, .jsonl, .csv (also .gz .xz .zst), .html, .docx,
    .pdf, RSS and Atom. Without SOURCE, those of slovo.toml."""
    settings = load(options={key: given[key] for key in ("index", "engine", "jobs")})
    store = Store(settings.index)
    if do_list:
        return _list(store, as_json)
    if do_rollback:
        with store.writing():
            return _say({"generation": store.rollback().name}, as_json)
    if do_verify:
        return _verify(store, as_json)
    named = sources or tuple(map(str, settings.sources))
    if not named:
        raise SettingsError("No SOURCE was given and slovo.toml names none. Run: python reindex.py FOLDER")
    return _run(named, store, settings, as_json=as_json, **{key: given[key] for key in ("add", "rebuild", "dry_run")})


def _run(
    sources: tuple[str, ...],
    store: Store,
    settings: Settings,
    *,
    add: bool,
    rebuild: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    analyzer = Analyzer(lexicons=settings.lexicons)
    with Progress() as progress:
        items = progress.follow(read(sources, progress=progress.bytes))
        if dry_run:
            report = compare(items, store, keep=add)
        else:
            factory = writer_factory(settings)
            report = build(items, store, analyzer=analyzer, open_writer=factory, keep=add, rebuild=rebuild)
    _say(_summary(report, dry_run=dry_run), as_json)
    return REJECTED if report.rejected else 0


def _summary(report: Report, *, dry_run: bool) -> dict[str, object]:
    counts = ("added", "changed", "unchanged", "removed", "kept")
    summary: dict[str, object] = {"would": True} if dry_run else {}
    summary |= {name: getattr(report, name) for name in counts if name != "kept" or report.kept}
    summary["rejected"] = [asdict(rejection) for rejection in report.rejected]
    summary["seconds"] = round(report.seconds, 2)
    summary["documents/s"] = round(report.documents / report.seconds) if report.seconds else 0
    summary["peak_mb"] = _peak_mb()
    summary["generation"] = report.generation
    summary["published"] = report.published
    return summary


def _peak_mb() -> int:
    """Greatest resident memory of this process or a child, in MiB (ru_maxrss: KiB on Linux, bytes on macOS)."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(peaks) // unit


def _list(store: Store, as_json: bool) -> int:
    with contextlib.suppress(SlovoError):
        current = store.current().name
    rows = []
    for name in store.names():
        generation = store.read(name)
        rows.append({"generation": name, "created": generation.created.isoformat(), "documents": generation.documents})
        rows[-1]["current"] = name == current
    if as_json:
        return _say({"generations": rows}, as_json)
    for row in rows:
        click.echo(
            f"{'*' if row['current'] else ' '} {row['generation']}  {row['created']}  {row['documents']:,} documents"
        )
    return 0


def _verify(store: Store, as_json: bool) -> int:
    generation = store.current()
    found = faults(generation)
    for fault in found:
        click.echo(fault, err=True)
    _say({"generation": generation.name, "files": len(generation.files), "faults": found}, as_json)
    return FAILED if found else 0


def _say(summary: dict[str, object], as_json: bool) -> int:
    if as_json:
        click.echo(orjson.dumps(summary).decode())
    else:
        for name, value in summary.items():
            shown = len(value) if isinstance(value, list) else value
            click.echo(
                f"{name}: {shown:,}" if isinstance(shown, int) and not isinstance(shown, bool) else f"{name}: {shown}"
            )
    return 0


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Turns SIGINT and SIGTERM into Interrupted, once: cleaning up is not interrupted again."""

    def stop(number: int, _frame: object) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        raise Interrupted(f"Stopped by {signal.Signals(number).name}; the published index is whole, run again to go on")

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    yield


if __name__ == "__main__":
    # Millions of strings and tuples come and go, hardly any in cycles: looking for those more seldom saves 5% of a run.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    try:
        with _stoppable():
            sys.exit(main(standalone_mode=False))
    except SlovoError as error:
        click.echo(f"reindex.py: {error}", err=True)
        sys.exit(FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
