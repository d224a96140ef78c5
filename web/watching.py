"""What an operator sees of the requests: a line of the log for each, and numbers for Prometheus.

A line has the request's id, which the answer carries too (X-Request-ID), so that a reader's complaint finds its line.
Addresses of readers are not logged: whoever needs them has the proxy's log.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask, Response, g, request

from search.results import Answer

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["Formatter", "install", "note"]

_log = logging.getLogger("slovo.requests")
# Seconds; around the 8 and 12 milliseconds that an answer is meant to take, and up to what a reader calls broken.
_BUCKETS = (0.002, 0.004, 0.008, 0.012, 0.02, 0.04, 0.08, 0.2, 0.5, 1, 2, 5)
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_LONGEST_QUERY = 200


def install(app: Flask) -> CollectorRegistry:
    """Makes *app* count and log its requests; returns where the counts are.

    prometheus_client is imported here and not above: it looks for the folder that worker processes share
    ($PROMETHEUS_MULTIPROC_DIR) once, when it is imported, and the folder is made after this module is.
    """
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    requests = Counter("slovo_requests", "Requests answered", ["route", "status"], registry=registry)
    seconds = Histogram(
        "slovo_request_seconds",
        "Time to an answer, or to its first byte",
        ["route"],
        buckets=_BUCKETS,
        registry=registry,
    )
    fruitless = Counter("slovo_queries_without_hits", "Searches that found nothing", registry=registry)
    # Found anew each time they take 15 calls.
    requests_of, seconds_of = cache(requests.labels), cache(seconds.labels)
    unfinished = Counter("slovo_queries_unfinished", "Searches stopped when their time was over", registry=registry)

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _ID.fullmatch(given) else os.urandom(8).hex()
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        # A request that was refused before it began has neither.
        spent = time.perf_counter() - g.get("began", time.perf_counter())
        # The rule and not the path: as many series as routes, whatever is asked for.
        route = request.url_rule.rule if request.url_rule else "none"
        requests_of(route, response.status_code).inc()
        seconds_of(route).observe(spent)
        if g.get("hits") == 0:
            fruitless.inc()
        if g.get("unfinished"):
            unfinished.inc()
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if _log.isEnabledFor(logging.INFO):
            _log.info("%s %s", request.method, request.path, extra={"fields": _fields(response, spent)})
        return response

    return registry


def note(answer: Answer) -> Answer:
    """Remembers how many documents the request's search found, and whether it came to its end; returns *answer*."""
    g.hits, g.unfinished = answer.total, answer.timed_out
    return answer


def _fields(response: Response, spent: float) -> dict[str, object]:
    fields: dict[str, object] = {"id": g.get("request_id", ""), "status": response.status_code}
    if query := request.args.get("q"):
        fields["query"] = query[:_LONGEST_QUERY]
    if "hits" in g:
        fields["hits"] = g.hits
    if g.get("unfinished"):
        fields["unfinished"] = True
    return {**fields, "ms": round(spent * 1000, 1)}


class Formatter(logging.Formatter):
    """A line of JSON, or of words for people; either way one line, whatever a query holds."""

    def __init__(self, *, json: bool) -> None:
        super().__init__()
        self._json = json

    def format(self, record: logging.LogRecord) -> str:
        """*record* with its ``fields``, if it has any; a traceback is a part of the line."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "message": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        if self._json:
            # A path may hold what no encoding of text has.
            return orjson.dumps({name: _writable(value) for name, value in line.items()}).decode()
        head = f"{line.pop('time')} {line.pop('level')} {line.pop('message')!s}"
        written = " ".join(f"{name}={value!r}" for name, value in line.items() if name != "error")
        return "\n".join(filter(None, [f"{_one_line(head)} {written}".rstrip(), line.get("error", "")]))


def _writable(value: object) -> object:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
