"""Writes the result structure as the JSON of the design. Keys may be added, none changes its meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from search.engines import Bucket, Count
from search.results import Answer, AskedWord, Explanation, Hit, Snippet, Understood

__all__ = ["answer_json", "hit_json", "in_html", "marked_html", "trec_id"]

Json = dict[str, Any]

# What html.escape replaces.
_SPECIAL = re.compile("[&<>\"']")


def answer_json(answer: Answer) -> Json:
    """The body of /api/v1/search and of ``python -m search --json``."""
    return {
        "query": _query(answer.query),
        "total": answer.total,
        "relaxed": answer.relaxed,
        "folded": answer.folded,
        "page": answer.page,
        "size": answer.size,
        "took_ms": round(answer.took_ms, 2),
        "generation": answer.generation,
        "hits": [hit_json(hit) for hit in answer.hits],
        "facets": {name: _counts(counts) for name, counts in answer.facets.items()},
        "timeline": [_bucket(bucket) for bucket in answer.timeline],
        "cursor": answer.cursor,
        "timed_out": answer.timed_out,
    }


def marked_html(text: str, marks: Iterable[tuple[int, int]]) -> str:
    """*text* escaped for HTML with every mark in a <mark> element; marks are ordered and do not overlap."""
    # Most texts have nothing to escape, and one look is less than one at each piece.
    safe = str if _SPECIAL.search(text) is None else in_html
    pieces, at = [], 0
    for start, end in marks:
        pieces += [safe(text[at:start]), "<mark>", safe(text[start:end]), "</mark>"]
        at = end
    return "".join([*pieces, safe(text[at:])])


def in_html(text: str) -> str:
    """*text* escaped for HTML; most have nothing to escape, and one look is less than the five of html.escape."""
    return text if _SPECIAL.search(text) is None else escape(text)


def trec_id(doc_id: str) -> str:
    """*doc_id* as a TREC run holds it: its columns are parted by blanks, so a blank is %20 and a per cent sign %25."""
    return "%20".join(doc_id.replace("%", "%25").split())


def _query(query: Understood) -> Json:
    correction = query.correction
    return {
        "text": query.text,
        "answered": query.answered,
        "words": [_word(word) for word in query.words],
        "warnings": list(query.warnings),
        "correction": correction
        and {
            "text": correction.text,
            "kind": correction.kind,
            "applied": correction.applied,
            "total": correction.total,
        },
    }


def _word(word: AskedWord) -> Json:
    return {
        "text": word.text,
        "start": word.start,
        "end": word.end,
        "lemmas": list(word.lemmas),
        "forms": [{"form": count.value, "count": count.count} for count in word.forms],
        "documents": word.documents,
        "expansions": list(word.expansions),
        "folded": word.folded,
        "typed": word.typed,
    }


def hit_json(hit: Hit) -> Json:
    """One of the hits in it, and of /api/v1/documents/<id>/similar."""
    return {
        "id": hit.id,
        "title": hit.title,
        "title_marks": hit.title_marks,
        "url": hit.url,
        "source": hit.source,
        "date": hit.date.isoformat() if hit.date else None,
        "score": round(hit.score, 6),
        "snippets": [_snippet(snippet) for snippet in hit.snippets],
        "similar": hit.similar,
        "lacks": list(hit.lacks),
        "explanation": _explanation(hit.explanation) if hit.explanation else None,
    }


def _explanation(explanation: Explanation) -> Json:
    parts = [{"text": part.text, "value": round(part.value, 6), "detail": part.detail} for part in explanation.parts]
    return {"score": round(explanation.score, 6), "parts": parts}


def _snippet(snippet: Snippet) -> Json:
    return {"text": snippet.text, "marks": snippet.marks, "html": marked_html(snippet.text, snippet.marks)}


def _counts(counts: Iterable[Count]) -> list[Mapping[str, object]]:
    return [{"value": count.value, "count": count.count} for count in counts]


def _bucket(bucket: Bucket) -> Json:
    return {"from": bucket.first.isoformat(), "to": bucket.last.isoformat(), "count": bucket.count}
