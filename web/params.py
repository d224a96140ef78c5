"""What stands in a URL becomes an Ask, and an Ask becomes a URL again: one grammar for pages, JSON and links.

Strict about names and values, since a parameter ignored in silence answers another question than was asked; lenient
about the query's own text, which is the parser's business. An empty value is one not given: forms send those.
"""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from index.errors import RequestError
from search.dates import period
from search.engines import SORTS, Sort
from search.service import DEPTH, Ask
from web.language import gettext as _

__all__ = [
    "FACETS",
    "LANGUAGE",
    "MAX_SIZE",
    "MAX_VALUES",
    "OF_ONE_QUERY",
    "SEARCH",
    "BadParameters",
    "days_query",
    "escaped",
    "pairs",
    "query_string",
    "read",
    "read_choice",
    "read_size",
    "read_text",
    "with_value",
    "written",
]

MAX_SIZE = 100
# Values of one filter: more than any page offers, and each costs a look at every match.
MAX_VALUES = 50
# Names looked at; no address takes as many, so that with more at least one of these is wrong already.
_NAMES = 40

# Parameter -> field of Ask, for filters, which may be repeated; their names are those of the facets too.
FACETS = {"source": "sources", "tag": "tags", "author": "authors"}
# How a query is read: as typed, or some words of it.
_READ = ("verbatim", "keep")
SEARCH = ("q", "page", "size", "sort", "from", "to", *FACETS, *_READ, "fold", "copies", "cursor", "explain")
_REPEATED = (*FACETS, "keep")
# What belongs to one query alone: a new one is read afresh.
OF_ONE_QUERY = ("q", "page", *_READ, "copies", "cursor")
# Pages speak several languages; web/language.py reads which.
LANGUAGE = "lang"
# Readers write dates in more ways (search/dates.py); a URL has one.
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
# dataclasses.replace takes three times as long, and a page has thirty links.
_NAMES_OF_FIELDS = tuple(field.name for field in fields(Ask))
_values_of_fields = attrgetter(*_NAMES_OF_FIELDS)
_UNSAFE = re.compile(r"[^A-Za-z0-9_.~ -]+")
# One for one, so that offsets into the query stay true.
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")

Value = TypeVar("Value")


class BadParameters(RequestError):
    """One parameter or more is unknown or bad; the first gives ``parameter`` and ``reason``."""

    def __init__(self, errors: Iterable[RequestError]) -> None:
        self.errors = tuple(errors)
        super().__init__(self.errors[0].parameter, self.errors[0].reason)


def read(args: MultiDict[str, str], *, known: Collection[str] = SEARCH) -> Ask:
    """The Ask in *args*. Raises BadParameters naming every parameter that is wrong, not only the first.

    *known* are the names that the address takes; what others of SEARCH say is left to the caller.
    """
    errors = _misnamed(args, known)
    # The first value of each: what is not there costs the MultiDict an exception, and most are not.
    given = args.to_dict()

    def take(name: str, convert: Callable[[str], Value], default: Value) -> Value:
        try:
            return convert(value) if (value := given.get(name)) else default
        except ValueError as error:
            errors.append(RequestError(name, str(error)))
            return default

    def several(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, args.getlist(name))))

    ask = Ask(
        text=given.get("q", "").translate(_CONTROLS),
        page=take("page", _page, 1),
        size=take("size", _size, 10),
        sort=take("sort", _sort, "relevance"),
        first=take("from", _first_day, None),
        last=take("to", _last_day, None),
        sources=several("source"),
        tags=several("tag"),
        authors=several("author"),
        verbatim=take("verbatim", _switch, False),
        keep=several("keep"),
        fold=take("fold", _switch, True),
        copies=given.get("copies", ""),
        cursor=given.get("cursor", ""),
        explain=take("explain", _switch, False),
    )
    if ask.page * ask.size > DEPTH:
        errors.append(RequestError("page", _("листать можно первые %(n)s документов; дальше ведёт cursor", n=DEPTH)))
    if ask.cursor and ask.page > 1:
        errors.append(RequestError("page", _("cursor уже говорит, откуда продолжать")))
    if ask.first and ask.last and ask.first > ask.last:
        errors.append(RequestError("to", _("раньше, чем from: %(value)s", value=given["to"])))
    if errors:
        raise BadParameters(errors)
    return ask


def read_text(args: MultiDict[str, str], *, known: Collection[str] = ("q",)) -> str:
    """The query alone, for addresses that take no more than *known*. Raises BadParameters."""
    if errors := _misnamed(args, known):
        raise BadParameters(errors)
    return args.get("q", "").translate(_CONTROLS)


def read_size(args: MultiDict[str, str]) -> int:
    """``size`` alone. Raises BadParameters."""
    return read(args, known=("size",)).size


def read_choice(args: MultiDict[str, str], name: str, choices: Collection[str]) -> str:
    """One of *choices*, the first when *name* is not given. Raises BadParameters."""
    value = args.get(name) or next(iter(choices))
    if value not in choices:
        reason = _("есть %(names)s, а не %(value)s", names=", ".join(choices), value=_short(value))
        raise BadParameters([RequestError(name, reason)])
    return value


def pairs(ask: Ask) -> list[tuple[str, str]]:
    """*ask* as names and values that ``read`` understands as the same; what is not given or default is left out."""
    return _pairs(_fields(ask))


def _fields(ask: Ask) -> dict[str, Any]:
    return dict(zip(_NAMES_OF_FIELDS, _values_of_fields(ask), strict=True))


def _pairs(of: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = [("q", of["text"])] if of["text"] else []
    found += [(name, value) for name, field in FACETS.items() for value in of[field] if value]
    found += [("from", _shortest_first(of["first"]))] if of["first"] else []
    found += [("to", _shortest_last(of["last"]))] if of["last"] else []
    found += [("verbatim", "1")] if of["verbatim"] else []
    found += [("keep", word) for word in of["keep"] if word]
    found += [("fold", "0")] if not of["fold"] else []
    found += [("copies", of["copies"])] if of["copies"] else []
    found += [("cursor", of["cursor"])] if of["cursor"] else []
    found += [("explain", "1")] if of["explain"] else []
    found += [("sort", of["sort"])] if of["sort"] != "relevance" else []
    found += [("size", str(of["size"]))] if of["size"] != 10 else []
    found += [("page", str(of["page"]))] if of["page"] != 1 else []
    return found


def query_string(ask: Ask, **changes: Any) -> str:
    """The URL query of *ask* with *changes*; a change of anything but the page leads to the first page."""
    return written(_pairs({**_fields(ask), "page": 1, "cursor": "", **changes}))


def with_value(query: str, name: str, value: str) -> str:
    """*query* and one more value; for many of them: escaping a long query again for each is felt."""
    return "&".join(filter(None, (query, written([(name, value)]))))


def written(found: Iterable[tuple[str, str]]) -> str:
    """A URL query of names and values."""
    return "&".join([f"{escaped(name)}={escaped(value)}" for name, value in found])


# A page has fifty links with the same query in each; 6 KB for the longest.
@lru_cache(maxsize=512)
def escaped(value: str) -> str:
    """*value* as it stands in a URL query, as quote_plus has it, which takes each letter by itself."""
    return _UNSAFE.sub(_percent, value).replace(" ", "+")


def _percent(match: re.Match[str]) -> str:
    return "%" + match[0].encode().hex("%").upper()


@lru_cache(maxsize=4_096)
def days_query(first: dt.date, last: dt.date) -> str:
    """The part of a URL query that asks for *first*..*last*; nothing in it wants escaping."""
    return f"from={_shortest_first(first)}&to={_shortest_last(last)}"


def _misnamed(args: MultiDict[str, str], known: Collection[str]) -> list[RequestError]:
    errors = []
    for name, values in islice(args.lists(), _NAMES):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = _("возможно, %(name)s", name=near[0]) if near else _("есть %(names)s", names=", ".join(known))
            errors.append(RequestError(name, _("нет такого параметра; %(hint)s", hint=hint)))
        elif len(values) > 1 and name not in _REPEATED:
            errors.append(RequestError(name, _("указан несколько раз, а можно один")))
        elif len(values) > MAX_VALUES:
            errors.append(RequestError(name, _("не больше %(most)s значений", most=MAX_VALUES)))
    return errors


def _whole(value: str, *, most: int) -> int:
    # Not int(): it takes «١٢», « 7 » and «1_0» too. Nine digits are beyond any page.
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
        raise ValueError(_("нужно целое число от 1 до %(most)s, а не %(value)s", most=most, value=_short(value)))
    return int(value)


def _page(value: str) -> int:
    return _whole(value, most=DEPTH)


def _size(value: str) -> int:
    return _whole(value, most=MAX_SIZE)


def _switch(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError(_("есть %(names)s, а не %(value)s", names="0, 1", value=_short(value)))
    return value == "1"


def _sort(value: str) -> Sort:
    if value not in SORTS:
        raise ValueError(_("есть %(names)s, а не %(value)s", names=", ".join(SORTS), value=_short(value)))
    return value


def _days(value: str) -> tuple[dt.date, dt.date]:
    if not _DATE.fullmatch(value):
        raise ValueError(_("нужна дата ГГГГ, ГГГГ-ММ или ГГГГ-ММ-ДД, а не %(value)s", value=_short(value)))
    days = period(value)
    if days is None:
        raise ValueError(_("нет такого дня в календаре: %(value)s", value=value))
    return days


def _first_day(value: str) -> dt.date | None:
    return _days(value)[0]


def _last_day(value: str) -> dt.date | None:
    return _days(value)[1]


def _shortest_first(day: dt.date) -> str:
    return day.isoformat()[: 10 if day.day > 1 else 7 if day.month > 1 else 4]


def _shortest_last(day: dt.date) -> str:
    whole_month = day.day == calendar.monthrange(day.year, day.month)[1]
    return day.isoformat()[: 10 if not whole_month else 7 if day.month < 12 else 4]


def _short(value: str) -> str:
    return f"«{value[:40]}{'…' if len(value) > 40 else ''}»"
