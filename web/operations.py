"""What those who run the service ask: is the process alive, can it answer, how is it doing?"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from web.manners import json_response
from web.state import state
from web.templating import rendered
from web.workload import work_done

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

__all__ = ["blueprint"]

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """200 as long as requests are served at all; a restart would not bring an index."""
    return json_response({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> Response:
    """200 when an index is open, 503 when there is none to answer from."""
    generation = state().service.generation
    if generation is None:
        return json_response({"status": "no index"}, status=503)
    return json_response({"status": "ready", "generation": generation.name, "documents": generation.documents})


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Documents may be crawled; every filter of every search would be a crawl without an end."""
    return Response("User-agent: *\nDisallow: /search\nDisallow: /export\nDisallow: /api/\n", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """All workers' counts together, and what this one serves; Prometheus's text."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    served = CollectorRegistry()
    served.register(_Served())
    return Response(generate_latest(_counts()) + generate_latest(served), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/status")
def status() -> ResponseReturnValue:
    """The same for people: what is served, since when, and what stands in the way of a newer one."""
    service = state().service
    work = work_done(_counts().collect())
    return rendered("status.html", generation=service.generation, fault=service.fault, age=_age(), work=work)


def _counts() -> CollectorRegistry:
    """Those of all workers where there are several, else of this process."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return state().counts
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # untyped in the library
    return together


class _Served:
    """Gauges that are read when asked for; every worker would say the same, half a second later at most."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        service = state().service
        generation = service.generation
        yield GaugeMetricFamily(
            "slovo_reload_failing", "1 when the newest published generation cannot be opened", int(bool(service.fault))
        )
        if generation:
            yield GaugeMetricFamily("slovo_generation", "The generation being served", int(generation.name))
            yield GaugeMetricFamily("slovo_generation_age_seconds", "Since it was published", _age())
            yield GaugeMetricFamily("slovo_documents", "Documents in it", generation.documents)


def _age() -> float:
    generation = state().service.generation
    return (dt.datetime.now(dt.UTC) - generation.created).total_seconds() if generation else 0.0
