"""Where a reader can go from a page of results: other pages and orders, filters to add or take away, ways out.

Everything is a link made of the Ask that was answered. Knows no template.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from search.engines import Sort
from search.language import CLOSING, OPENING
from search.results import Answer, Hit
from search.service import DEPTH, Ask
from web.language import gettext as _
from web.language import long_date, period
from web.params import FACETS, MAX_SIZE, query_string, with_value

__all__ = [
    "Advice",
    "Choice",
    "Facet",
    "Paging",
    "advice",
    "chips",
    "copies",
    "facets",
    "filtered",
    "foldings",
    "full",
    "paging",
    "sizes",
    "sorts",
]

# Values shown before «ещё», which takes a line itself: one more is shown in its place.
_SHOWN = 7
_NO_QUOTES = dict.fromkeys(map(ord, OPENING + CLOSING), " ")
# Documents on a page that the page offers; an address may ask for others.
_SIZES = (10, 25, 50)
# Pages on either side of the current one.
_AROUND = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A link: what it says, where it goes, how many documents wait there, whether one is there already."""

    label: str
    query: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A field to filter by, its commonest values first; ``more`` are folded."""

    title: str
    values: tuple[Choice, ...]
    more: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """``pages`` has None where numbers are left out."""

    pages: tuple[Choice | None, ...]
    previous: Choice | None
    next: Choice | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What to try when nothing is found: ``missing`` words stand in no document, ``ways`` are worth a click."""

    missing: tuple[str, ...]
    ways: tuple[Choice, ...]


def full(answer: Answer, ask: Ask) -> int:
    """How many hits of the page have all that was asked for; those behind them lack something."""
    if not answer.relaxed:
        return len(answer.hits)
    # Then all full matches together are less than a page, each under its own hit or folded under another.
    left, found = answer.total if ask.page == 1 else 0, 0
    while left > 0 and found < len(answer.hits):
        left -= 1 + answer.hits[found].similar
        found += 1
    return found


def filtered(ask: Ask) -> bool:
    """Whether *ask* leaves documents out other than by its words."""
    return bool(ask.first or ask.last or ask.sources or ask.tags or ask.authors)


def chips(ask: Ask) -> list[Choice]:
    """The filters in force; each link takes its own away."""
    found = []
    for field in FACETS.values():
        chosen: tuple[str, ...] = getattr(ask, field)
        for value in chosen:
            rest = tuple(other for other in chosen if other != value)
            found.append(Choice(value, query_string(ask, **{field: rest})))
    if ask.first or ask.last:
        found.append(Choice(_dates(ask), query_string(ask, first=None, last=None)))
    if ask.verbatim:
        found.append(Choice(_("как введено"), query_string(ask, verbatim=False)))
    for word in ask.keep:
        rest = tuple(other for other in ask.keep if other != word)
        found.append(Choice(_("«%(word)s» как введено", word=word), query_string(ask, keep=rest)))
    if ask.copies:
        found.append(Choice(_("похожие"), query_string(ask, copies="")))
    return found


def facets(answer: Answer, ask: Ask) -> list[Facet]:
    """Values that narrow the answer to as many documents as they say.

    Sources offer no second one, for that would widen: a document has one source, and several tags and authors.
    """
    rest = query_string(ask)
    titles = {"source": _("Источник"), "tag": _("Тема"), "author": _("Автор")}
    found = []
    for name, field in FACETS.items():
        values = tuple(
            Choice(count.value, with_value(rest, name, count.value), count.count)
            for count in answer.facets.get(name, ())
            if count.value and count.value not in getattr(ask, field) and not (field == "sources" and ask.sources)
        )
        shown = len(values) if len(values) <= _SHOWN + 1 else _SHOWN
        if values:
            found.append(Facet(titles[name], values[:shown], values[shown:]))
    return found


def copies(hit: Hit, ask: Ask) -> Choice:
    """*hit* and what is folded under it, all on one page."""
    size = next((size for size in (*_SIZES, MAX_SIZE) if size > hit.similar), MAX_SIZE)
    return Choice("", query_string(ask, copies=hit.id, size=size), hit.similar)


def sorts(ask: Ask) -> list[Choice]:
    """Orders of the hits; without words there is nothing to be relevant to."""
    labels: list[tuple[Sort, str]] = [("-date", _("сначала новые")), ("date", _("сначала старые"))]
    if ask.text:
        labels.insert(0, ("relevance", _("по соответствию")))
    current = ask.sort if ask.text or ask.sort == "date" else "-date"
    return [Choice(label, query_string(ask, sort=sort), current=sort == current) for sort, label in labels]


def foldings(answer: Answer, ask: Ask) -> list[Choice]:
    """Retellings under the first of them, or each by itself; nothing where there are none."""
    if ask.copies or (ask.fold and not answer.folded):
        return []
    labels = ((True, _("свёрнуты")), (False, _("все подряд")))
    return [Choice(label, query_string(ask, fold=fold), current=fold == ask.fold) for fold, label in labels]


def paging(answer: Answer, ask: Ask) -> Paging:
    """Links to pages near the current one, the first and the last; beyond the last a cursor leads on, page by page."""
    on_by_cursor = Choice("", query_string(ask, cursor=answer.cursor)) if answer.cursor else None
    if ask.copies:
        return Paging((), None, None)
    if ask.cursor:
        return Paging((_page(ask, 1),), None, on_by_cursor)
    reach = answer.total - answer.folded + answer.relaxed
    last = min(-(-reach // ask.size), DEPTH // ask.size)
    numbers = sorted({1, last, *range(max(1, ask.page - _AROUND), min(last, ask.page + _AROUND) + 1)} - {0})
    pages: list[Choice | None] = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        if number - before == 2:
            pages.append(_page(ask, number - 1))
        elif number - before > 2:
            pages.append(None)
        pages.append(_page(ask, number))
    back, on = min(ask.page - 1, last), ask.page + 1
    following = _page(ask, on) if on <= last else on_by_cursor if reach > last * ask.size else None
    return Paging(
        tuple(pages) if last > 1 or ask.page > 1 else (),
        _page(ask, back) if back >= 1 else None,
        following,
    )


def sizes(answer: Answer, ask: Ask) -> list[Choice]:
    """How many hits a page may hold; nothing when all fit on the smallest."""
    if answer.total + answer.relaxed <= _SIZES[0] or ask.copies:
        return []
    return [Choice(str(size), query_string(ask, size=size), current=size == ask.size) for size in _SIZES]


def advice(answer: Answer, ask: Ask) -> Advice:
    """Never a dead end: which words are to blame, and queries near this one that may find something."""
    missing = tuple(word.text for word in answer.query.words if not word.documents)
    ways = []
    if filtered(ask):
        label = _("искать «%(text)s» без фильтров", text=ask.text) if ask.text else _("снять все фильтры")
        nothing = dict.fromkeys(FACETS.values(), ())
        ways.append(Choice(label, query_string(ask, first=None, last=None, **nothing)))
    plain = " ".join(ask.text.translate(_NO_QUOTES).split())
    if plain != " ".join(ask.text.split()):
        ways.append(Choice(_("искать слова по отдельности: %(text)s", text=plain), query_string(ask, text=plain)))
    if len(answer.query.words) > 1:
        ways += _alone(answer, ask)
    return Advice(missing, tuple(ways))


def _alone(answer: Answer, ask: Ask) -> Iterable[Choice]:
    # Without the filters, for the counts of words are of the whole archive. The rarest says most.
    words = {word.text: word.documents for word in answer.query.words if word.documents}
    for text, documents in sorted(words.items(), key=lambda item: item[1])[:3]:
        query = query_string(Ask(text, sort=ask.sort, size=ask.size))
        yield Choice(_("искать только «%(text)s»", text=text), query, documents)


def _page(ask: Ask, number: int) -> Choice:
    return Choice(str(number), query_string(ask, page=number), current=number == ask.page and not ask.cursor)


def _dates(ask: Ask) -> str:
    if ask.first and ask.last:
        return period(ask.first, ask.last)
    if ask.first:
        return _("с %(day)s", day=long_date(ask.first))
    return _("по %(day)s", day=long_date(ask.last))
