"""Answers in the terminal: ``python -m search "запрос"``; ``--json`` as HTTP does; ``--trec`` for evaluation.

Exit status: 0, also when nothing was found; 2 when there is no index or an option is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.text import Text

from index.errors import SlovoError, SourceError
from index.settings import load
from search.limits import Limits
from search.results import Answer, Hit, Mark
from search.service import DEPTH, Ask, Service
from search.wire import answer_json, trec_id

FAILED = 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("query", required=False)
@click.option("--index", type=click.Path(path_type=Path), help="Folder of the index (default: var/index).")
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True, help="Hits to show.")
@click.option("--page", type=click.IntRange(1), default=1, help="Page of hits, from 1.")
@click.option("--sort", type=click.Choice(["relevance", "date", "-date"]), default="relevance", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as /api/v1/search gives it.")
@click.option("--trec", type=click.Path(path_type=Path), help="File of `id TAB text`: write a TREC run to stdout.")
@click.option("--depth", type=click.IntRange(1, DEPTH), default=1000, show_default=True, help="Hits a --trec query.")
def main(
    query: str | None,
    index: Path | None,
    size: int,
    page: int,
    sort: str,
    as_json: bool,
    trec: Path | None,
    depth: int,
) -> None:
    """Answer QUERY from an index."""
    if (query is None) == (trec is None):
        raise click.UsageError("Give a QUERY, or --trec FILE.")
    settings = load(options={"index": index})
    service = Service(settings.index, lexicons=settings.lexicons, limits=Limits.of(settings))
    try:
        if trec is not None:
            _run(service, trec, depth)
            return
        answer = service.answer(Ask(query or "", page=page, size=size, sort=sort))  # type: ignore[arg-type]  # a Choice
        if as_json:
            sys.stdout.buffer.write(orjson.dumps(answer_json(answer), option=orjson.OPT_APPEND_NEWLINE))
        else:
            _print(answer)
    finally:
        service.close()


def _run(service: Service, queries: Path, depth: int) -> None:
    """Writes ``qid Q0 docid rank score slovo`` for every query, in order; see ``trec_id`` for ids with blanks."""
    out = sys.stdout
    for qid, text in _queries(queries):
        for rank, scored in enumerate(service.ranked(text, depth), start=1):
            out.write(f"{qid} Q0 {trec_id(scored.id)} {rank} {scored.score:.6f} slovo\n")
    out.flush()


def _queries(path: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: {error}") from error
    for number, line in enumerate(lines, start=1):
        qid, tab, text = line.partition("\t")
        if line.strip() and not tab:
            raise SourceError(f"{path}:{number}: no TAB between id and text in {line[:40]!r}")
        if tab:
            yield qid, text


def _print(answer: Answer) -> None:
    console = Console(highlight=False)
    for warning in answer.query.warnings:
        console.print(Text(warning, style="yellow"))
    if other := answer.query.correction:
        said = "Показано по запросу" if other.applied else "Возможно, вы искали"
        console.print(Text(f"{said}: {other.text}", style="yellow"))
    console.print(Text(f"Найдено: {answer.total}  ({answer.took_ms:.1f} мс)", style="dim"))
    first = (answer.page - 1) * answer.size + 1
    for number, hit in enumerate(answer.hits, start=first):
        console.print()
        console.print(Text(f"{number}. ") + _marked(hit.title, hit.title_marks, style="bold"))
        console.print(Text("   " + _about(hit), style="dim"))
        for snippet in hit.snippets:
            console.print(Text("   ") + _marked(snippet.text, snippet.marks))


def _about(hit: Hit) -> str:
    date = hit.date.strftime("%d.%m.%Y") if hit.date else ""
    more = f"ещё похожих: {hit.similar}" if hit.similar else ""
    lacks = f"нет слов: {', '.join(hit.lacks)}" if hit.lacks else ""
    return " · ".join(part for part in (hit.source, date, hit.url or hit.id, more, lacks) if part)


def _marked(text: str, marks: tuple[Mark, ...], style: str = "") -> Text:
    shown = Text(text, style=style)
    for start, end in marks:
        shown.stylize("bold yellow", start, end)
    return shown


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except SlovoError as error:
        click.echo(f"search: {error}", err=True)
        sys.exit(FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
    except click.Abort:
        sys.exit(130)
