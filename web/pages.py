"""The pages for readers: home, results, a document, help. All of them work without JavaScript.

What a page shows is in the answer; what it links to is made in navigation.py; how it looks is in templates/.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache, partial
from urllib.parse import quote, urlsplit

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from search.engines import Count
from search.language import LANGUAGE
from search.results import Answer, Mark
from search.service import Ask, Service
from search.wire import in_html, marked_html
from web import asked, navigation, params, timeline
from web.language import number
from web.manners import validated
from web.reading import paragraphs
from web.state import state
from web.templating import rendered
from web.watching import note

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)

_LATEST = 8
_SIMILAR = 5


@blueprint.get("/")
@validated
def home() -> ResponseReturnValue:
    """What the archive holds, and where to ask."""
    service = state().service
    generation = service.generation
    latest, oldest = _holdings(service, generation and generation.created)
    first, last = (answer.hits[0].date if answer.hits else None for answer in (oldest, latest))
    listed = Ask("", sort="-date")
    return rendered(
        "home.html",
        latest=latest,
        first=first,
        last=last,
        listed=params.query_string(listed),
        facets=navigation.facets(latest, listed),
        timeline=timeline.draw(latest.timeline, listed),
    )


# Counting a whole archive takes as long as the rest of the page ten times over, and changes with the generation only.
@lru_cache(maxsize=2)
def _holdings(service: Service, _published: dt.datetime | None) -> tuple[Answer, Answer]:
    """The latest documents with the counts over all, and the oldest one."""
    latest = service.answer(Ask("", sort="-date", size=_LATEST))
    return latest, service.answer(Ask("", sort="date", size=1))


@blueprint.get("/search")
@validated
def search() -> ResponseReturnValue:
    """A page of hits; of all documents that filters let through when there are no words. Without anything: home."""
    ask = params.read(request.args, known=(*params.SEARCH, params.LANGUAGE))
    if not params.query_string(ask, text=ask.text.strip()):
        return redirect(url_for("pages.home"))
    answer = note(state().service.answer(ask))
    # The feed, the exports and the documents are of what was answered: they correct nothing themselves.
    answered = replace(ask, text=answer.query.answered, size=10, fold=True, copies="", cursor="")
    return rendered(
        "search.html",
        ask=ask,
        answer=answer,
        answered=answered.text,
        full=navigation.full(answer, ask),
        told=asked.told(answer, ask),
        as_typed=asked.as_typed(ask),
        explained=params.query_string(ask, explain=not ask.explain),
        instead=asked.instead(answer, ask),
        copies=partial(navigation.copies, ask=ask),
        of_one_query=params.OF_ONE_QUERY,
        chips=navigation.chips(ask),
        facets=navigation.facets(answer, ask),
        sorts=navigation.sorts(ask),
        paging=navigation.paging(answer, ask),
        sizes=navigation.sizes(answer, ask),
        foldings=navigation.foldings(answer, ask),
        advice=None if answer.total else navigation.advice(answer, ask),
        timeline=timeline.draw(answer.timeline, ask),
        files={
            "export": params.query_string(answered),
            "atom": params.query_string(answered, sort="relevance"),
        },
    )


@blueprint.get("/doc/<id:doc_id>")
@validated
def document(doc_id: str) -> ResponseReturnValue:
    """A whole document with every match of ``q`` marked."""
    text = params.read_text(request.args, known=("q", params.LANGUAGE))
    service = state().service
    view = service.view(doc_id, text)
    similar = service.similar(doc_id, _SIMILAR)
    return rendered("document.html", view=view, text=text, paragraphs=paragraphs(view), similar=similar)


@blueprint.get("/help")
@validated
def help_page() -> ResponseReturnValue:
    """How to ask."""
    return rendered("help.html", rules=LANGUAGE)


blueprint.add_app_template_global(params.pairs, "pairs")


@blueprint.app_template_global("spoken")
def _spoken(code: str) -> str:
    """The page at hand in another language."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != params.LANGUAGE]
    return f"{request.root_path}{quote(request.path)}?{params.written([*kept, (params.LANGUAGE, code)])}"


@blueprint.app_template_filter("marked")
def _marked(text: str, marks: tuple[Mark, ...]) -> Markup:
    return Markup(marked_html(text, marks))  # marked_html escapes everything but its own tags


@blueprint.app_template_filter("counted")
def _counted(forms: Iterable[Count]) -> Markup:
    """*forms* with their documents: a hundred to a query, and each thing that a template writes takes 2 µs."""
    told = [
        f'<span class="form"><b>{in_html(form.value)}</b> <span class="count">{number(form.count)}</span></span>'
        for form in forms
    ]
    return Markup(" ".join(told))  # what is not a tag or a number was escaped


@blueprint.app_template_filter("web_address")
def _web_address(url: str) -> str | None:
    """*url* when it is safe to link to: http or https with a host. Others («javascript:») never become links."""
    try:
        parts = urlsplit(url.strip())
        return url.strip() if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


@blueprint.app_template_filter("host")
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
