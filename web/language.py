"""The interface's language: Russian texts stand in templates and code, catalogs in translations/ give the others.

Russian has a catalog too, of plurals alone: gettext knows two forms of a source text, and Russian has three.
Catalogs are read as translators write them (.po), so that no compiled file has to be made or kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache, lru_cache, partial
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

__all__ = ["LANGUAGES", "VARIES", "Speech", "gettext", "install", "long_date", "number", "pattern_date", "period"]
__all__ += ["speech", "spoken"]

# What each calls itself; the first is spoken to those who ask for none of them.
LANGUAGES = {"ru": "Русский", "kk": "Қазақша", "en": "English"}

# The headers that a language is chosen by, for caches on the way.
VARIES = "Accept-Language, Cookie"

_CATALOGS = Path(__file__).parent / "translations"
_COOKIE = "lang"
_LONG = "d MMMM y"
_YEAR = 365 * 24 * 3600

# That of the request at hand, Russian outside of one: a page asks for it forty times, and Flask's ``g`` takes 3 µs.
_spoken_here: ContextVar[str] = ContextVar("language", default="ru")


class Speech:
    """What templates say in one *language*, with its catalog at hand: a page says three hundred things.

    flask_babel, and Jinja's extension for it, look for the language each time, 10 microseconds.
    """

    def __init__(self, language: str) -> None:
        path = _CATALOGS / language / "messages.po"
        self.catalog: NullTranslations = _load(path) if path.exists() else NullTranslations()
        # As many as the templates have texts.
        self._messages: dict[str, Markup] = {}
        self._plain: dict[str, Markup] = {}

        # For templates.
        self.names: dict[str, object] = {
            "_": self.say,
            "ngettext": self.count,
            "number": partial(_number, locale=language),
            "decimal": partial(_decimal, locale=language),
            "period": partial(_period, locale=language),
            "languages": LANGUAGES,
            "language": language,
        }

    def say(self, message: str, /, **values: object) -> Markup:
        """*message* translated, with *values* put in and escaped; as newstyle gettext of Jinja."""
        said = self._messages if values else self._plain
        if message not in said:
            text = Markup(self.catalog.ugettext(message))  # a text of our own, which may have tags
            said[message] = text if values else text % {}
        return said[message] % values if values else said[message]

    def count(self, one: str, many: str, num: int, /, **values: object) -> Markup:
        """The same with the plural that *num* takes."""
        text = Markup(self.catalog.ungettext(one, many, num))  # as above
        return text % {"num": num, **values}


def install(app: Flask) -> None:
    """Gives *app* its languages and the templates their ``_``, ``ngettext``, dates and numbers."""
    Babel(app, default_locale="ru", locale_selector=spoken)
    app.jinja_env.filters.update(long_date=long_date)
    app.context_processor(lambda: speech(spoken()).names)
    app.after_request(_remember)

    @app.before_request
    def listen() -> None:
        _spoken_here.set(_chosen())

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        _spoken_here.set("ru")


@cache
def speech(language: str) -> Speech:
    """What is said in one of LANGUAGES."""
    return Speech(language)


@cache
def _locale(language: str) -> Locale:
    # Babel takes four times as long for a date when it has to find it by its name.
    return Locale.parse(language)


def gettext(message: str, /, **values: object) -> str:
    """*message* in the reader's language, with *values* put in."""
    text = speech(spoken()).catalog.ugettext(message)
    return str(text % values if values else text)


def pattern_date(day: dt.date, pattern: str) -> str:
    """*day* in the reader's language by a pattern of Unicode's locale data («d MMM», «LLLL y»)."""
    return _date(day, pattern, spoken())


def number(value: int) -> str:
    """*value* with the reader's separators of thousands."""
    # Below a thousand there is nothing to separate; so are most numbers of a page.
    return _number(value, spoken()) if value > 999 else str(value)


def long_date(day: dt.date | None) -> str:
    """«20 ноября 2026»; empty when there is none."""
    return pattern_date(day, _LONG) if day else ""


def period(first: dt.date, last: dt.date) -> str:
    """*first*..*last* as a reader says it: «2024», «февраль 2024», «3 мая 2024», or both ends."""
    return _period(first, last, spoken())


# A page of results says a hundred dates and numbers, 60 microseconds each; those of the next page are mostly the same.
@lru_cache(maxsize=8_192)
def _period(first: dt.date, last: dt.date, locale: str) -> str:
    after = last + dt.timedelta(days=1) if last < dt.date.max else last
    if first == last:
        return _date(first, _LONG, locale)
    if (first.month, first.day, after.month, after.day) == (1, 1, 1, 1):
        return f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
    if (first.day, after.day) == (1, 1):
        start, end = (_date(day, "LLLL y", locale) for day in (first, last))
        return start if start == end else f"{start} – {end}"
    return f"{_date(first, _LONG, locale)} – {_date(last, _LONG, locale)}"


@lru_cache(maxsize=8_192)
def _date(day: dt.date, pattern: str, locale: str) -> str:
    return str(format_date(day, pattern, _locale(locale)))


@lru_cache(maxsize=8_192)
def _number(value: int, locale: str) -> str:
    return str(format_decimal(value, locale=_locale(locale)))


def _decimal(value: float, locale: str) -> str:
    """*value* with three places, and the reader's sign before them."""
    return format_decimal(value, "0.000", _locale(locale))


def spoken() -> str:
    """The language of the request at hand, Russian outside of one."""
    return _spoken_here.get()


def _chosen() -> str:
    """By choice (``lang`` of the address, kept in a cookie), then by what the browser asks for."""
    chosen = _named(request.args) or _named(request.cookies)
    return chosen or _preferred(request.headers.get("Accept-Language", ""))


def _named(values: Mapping[str, str]) -> str:
    """The language among *values*, empty when there is none of ours."""
    # A look first: what is not there costs werkzeug an exception.
    named = values[_COOKIE] if _COOKIE in values else ""  # noqa: SIM401
    return named if named in LANGUAGES else ""


# Browsers send few different ones, and reading one takes 30 microseconds.
@lru_cache(maxsize=256)
def _preferred(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES) or "ru"


def _remember(response: Response) -> Response:
    chosen = _named(request.args)
    if chosen and response.status_code == 200 and request.endpoint != "static":
        response.set_cookie(_COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="Lax")
    return response


def _load(path: Path) -> Translations:
    with path.open("rb") as source:
        catalog = read_po(source)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
