"""What a supervisor or a load balancer asks: is the process alive, and can it answer?"""

from __future__ import annotations

from flask import Blueprint, Response

from web.manners import json_response
from web.state import state

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
