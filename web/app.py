"""Puts the application together. No state outside of it: a process may hold several, each with its own service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter

from index.settings import Settings
from search.service import Service
from web import access, addresses, api, errors, files, language, manners, openapi, operations, pages, state, watching

__all__ = ["create_app"]


class _DocumentId(BaseConverter):
    """Any text, slashes at its start and in a row included: an id is whatever the archive says it is."""

    part_isolating = False
    regex = ".+"
    weight = 200


class _Application(Flask):
    """Knows that its functions are plain ones. Flask looks at each of eleven a request, a tenth of its own calls."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """*func*, which is no coroutine."""
        return func


def create_app(service: Service, settings: Settings | None = None) -> Flask:
    """The pages and the JSON over *service*, which the caller opened and closes; *settings* default to themselves."""
    app = _Application(__name__.partition(".")[0])
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = _DocumentId
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    state.install(app, service, watching.install(app))
    language.install(app)
    addresses.install(app)
    errors.install(app)
    manners.install(app)
    access.install(app, settings or Settings())
    for blueprint in (pages.blueprint, api.blueprint, files.blueprint, openapi.blueprint, operations.blueprint):
        app.register_blueprint(blueprint)
    return app
