"""Pages and JSON over one result structure. Knows search.service and nothing of engines or files of an index."""

from web.app import create_app

__all__ = ["create_app"]
