"""How well lemma sets hold the lemmas that linguists gave: figures for `make eval`, mistakes to work on.

    python -m tools.eval_lemmas FOLDER_OR_CONLLU … [--mistakes]

Content words only (nouns, names, verbs, adjectives, adverbs); ё is е. A gold lemma counts as held when it is in the set
of the word's token, as first when it leads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from index.text import Analyzer

_CONTENT = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV"})


@dataclass(slots=True)
class Report:
    """Counts over one file; ``mistakes`` holds (kind, part of speech, word, gold lemma, our lemmas)."""

    words: int = 0
    held: int = 0
    first: int = 0
    running: int = 0
    lemmas: int = 0
    mistakes: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.words} content words: in the set {self.held / self.words:.2%}, first {self.first / self.words:.2%};"
            f" {self.lemmas / self.running:.3f} lemmas a running word"
        )


def evaluate(path: Path, analyzer: Analyzer) -> Report:
    """Compares every word of a CoNLL-U file with its gold lemma."""
    found = Report()
    for word, gold, kind in _words(path):
        tokens = analyzer.tokens(word)
        if not len(tokens):
            continue
        lemmas = [lemma.text for lemma in analyzer.lemmas(analyzer.form(int(tokens.forms[0])))]
        found.running += 1
        found.lemmas += len(lemmas)
        if kind not in _CONTENT:
            continue
        found.words += 1
        found.held += gold in lemmas
        found.first += gold == lemmas[0]
        if gold != lemmas[0]:
            found.mistakes.append(("rank" if gold in lemmas else "MISS", kind, word, gold, " ".join(lemmas)))
    return found


def _words(path: Path) -> Iterator[tuple[str, str, str]]:
    for line in path.read_text("utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit() and columns[3] != "PUNCT":
            yield columns[1], columns[2].lower().replace("ё", "е"), columns[3]


def report(*paths: Path, mistakes: bool = False) -> None:
    """Prints the figures of each CoNLL-U file in *paths* or in the folders among them, on request every mistake."""
    analyzer = Analyzer()
    files = [file for path in paths for file in (sorted(path.glob("*.conllu")) if path.is_dir() else [path])]
    for file in files:
        found = evaluate(file, analyzer)
        click.echo(f"{file.name}: {found}")
        if mistakes:
            for row in sorted(found.mistakes):
                click.echo("\t".join(row))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--mistakes", is_flag=True, help="List every word whose gold lemma is not first.")
def main(paths: tuple[Path, ...], *, mistakes: bool) -> None:
    """Prints the figures of each CoNLL-U file, or of each in a folder."""
    report(*paths, mistakes=mistakes)


if __name__ == "__main__":
    main()
