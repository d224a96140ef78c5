"""The tables and the plot of the benchmark, as Markdown and SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

__all__ = ["Costs", "Measured", "Table", "markdown", "plot"]

_BASE = "tantivy"
_OURS = "Slovo"
_COLORS = {
    "tantivy": "#b45309",
    "Lucene": "#15803d",
    "Slovo, one lemma": "#93c5fd",
    "Slovo": "#1d4ed8",
    "stock Whoosh": "#6b7280",
}
_HEAD = """# Performance

How fast answers come, beside other engines in one run on the same analysed words: the ids of the ten best and the
exact total, one thread, indexes warm in memory. Made by `python -m tools.bench_search`; times are milliseconds of
processor, **p50 / p95 / p99** over 40 questions of each kind (stock Whoosh: 5), each with the least of its askings,
which engines take turns in. Time on the clock is the same on an idle machine.

tantivy, Lucene and stock Whoosh look for one lemma a word in one field. *Slovo, one lemma* is asked like that; *Slovo*
answers with the whole meaning: all forms of all lemmas of a word, graded, over three fields, then nearness of the best.
"""


_COSTS = """Built from words already analysed, one thread, one segment at the end, fsync included where the engine does
it; memory is what building added. Slovo stores the documents too, which the others do not: *without texts* leaves them
out. *Words and columns* also leaves out what only Slovo has, for folding, suggestions and sentences: what is left has
the words with their positions, as in the others also ids, days and columns, and the lemmas and capitals that only Slovo
tells apart. Opening is the least of three; Lucene opens in
a fresh Java machine.
"""


@dataclass(frozen=True)
class Measured:
    """The least seconds that each question took of all its askings, and its total."""

    seconds: list[float]
    totals: list[int]

    def at(self, share: float) -> float:
        """The quantile, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Costs:
    """What an index took: seconds to build it from analysed words, MiB of memory for that, seconds for 100 documents
    more, bytes on disk; of these the bytes of stored documents, and of what no other engine has (``Engine.apart``)."""

    seconds: float
    peak_mb: float
    adding: float
    bytes: int
    stored: int
    apart: int = 0


@dataclass
class Table:
    """What was measured at one size: engine -> kind of question -> times, and what the index took."""

    size: int
    measured: dict[str, dict[str, Measured]] = field(default_factory=dict)
    costs: dict[str, Costs] = field(default_factory=dict)
    opened: dict[str, float] = field(default_factory=dict)

    def mean(self, engine: str, share: float) -> float:
        """Geometric mean over the kinds of a quantile, in milliseconds."""
        return _geometric(times.at(share) for times in self.measured[engine].values())


def _geometric(values: Iterable[float]) -> float:
    logs = [math.log(value) for value in values]
    return math.exp(sum(logs) / len(logs))


def markdown(tables: Sequence[Table], machine: str) -> str:
    """The whole page."""
    parts = [_HEAD, f"Machine: {machine}.\n", "![p50 against size](performance.svg)\n"]
    for table in tables:
        parts += [f"## {table.size:,} documents\n", _times(table), _costs(table)]
    return "\n".join(parts)


def _times(table: Table) -> str:
    names = list(table.measured)
    ratio = _BASE in names and _OURS in names
    head = ["", *names, *(["p50 ratio", "p99 ratio"] if ratio else [])]
    rows = [head, ["---"] * len(head)]
    for kind in table.measured[names[0]]:
        own = {name: table.measured[name][kind] for name in names}
        row = [kind, *(" / ".join(_ms(own[name].at(share)) for share in (0.5, 0.95, 0.99)) for name in names)]
        if ratio:
            row += [f"{own[_OURS].at(share) / own[_BASE].at(share):.2f}" for share in (0.5, 0.99)]
        rows.append(row)
    means = ["**geometric mean**"]
    means += [" / ".join(_ms(table.mean(name, share)) for share in (0.5, 0.95, 0.99)) for name in names]
    if ratio:
        means += [f"**{table.mean(_OURS, share) / table.mean(_BASE, share):.2f}**" for share in (0.5, 0.99)]
    rows.append(means)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _costs(table: Table) -> str:
    """What the indexes took, and how long they take to open."""
    head = ["", "documents/s", "memory, MiB", "100 more, s", "opening, ms"]
    head += ["MB on disk", "without texts", "words and columns"]
    rows = [head, ["---"] * len(head)]
    for name, costs in table.costs.items():
        without = costs.bytes - costs.stored
        row = [f"{table.size / costs.seconds:,.0f}", f"{costs.peak_mb:,.0f}", f"{costs.adding:.2f}"]
        sizes = (f"{size / 1e6:.1f}" for size in (costs.bytes, without, without - costs.apart))
        rows.append([name, *row, f"{1000 * table.opened[name]:.1f}", *sizes])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + f"\n\n{_COSTS}"


def _ms(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def plot(tables: Sequence[Table]) -> str:
    """p50 (geometric mean over the kinds) against documents, both logarithmic, as SVG."""
    names = list(dict.fromkeys(name for table in tables for name in table.measured))
    values = {name: [(t.size, t.mean(name, 0.5)) for t in tables if name in t.measured] for name in names}
    sizes = [size for points in values.values() for size, _ in points]
    times = [time for points in values.values() for _, time in points]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    first, last = math.log10(min(sizes)), math.log10(max(sizes) + 1)

    def place(size: float, time: float) -> tuple[float, float]:
        x = 70 + 430 * (math.log10(size) - first) / max(last - first, 1e-9)
        return round(x, 1), round(330 - 290 * (math.log10(time) - low) / max(high - low, 1), 1)

    lines = []
    for power in range(low, high + 1):
        _, y = place(min(sizes), 10**power)
        lines.append(
            f'<path d="M70 {y}H500" stroke="#ddd"/><text x="64" y="{y + 4}" text-anchor="end">{10**power:g}</text>'
        )
    for size in sorted(set(sizes)):
        x, _ = place(size, 10**low)
        lines.append(f'<text x="{x}" y="350" text-anchor="middle">{size // 1000:,}k</text>')
    for number, (name, points) in enumerate(values.items()):
        color = _COLORS.get(name, "#000")
        path = " ".join(f"{x},{y}" for x, y in (place(*point) for point in points))
        dots = "".join(f'<circle cx="{x}" cy="{y}" r="3"/>' for x, y in (place(*point) for point in points))
        lines.append(
            f'<g fill="{color}"><polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>{dots}'
        )
        lines.append(f'<text x="515" y="{60 + 20 * number}">{name}</text></g>')
    style = 'font-family="sans-serif" font-size="12" fill="#444"'
    title = '<text x="70" y="22">p50, ms (geometric mean over the kinds of questions) against documents</text>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 365" {style}>'
    return f'{head}<rect width="640" height="365" fill="#fff"/>{title}{"".join(lines)}</svg>\n'
