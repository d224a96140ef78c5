"""Who asks, how often they may, and which sites' scripts may read the answers. Knows nothing of what is asked."""

from __future__ import annotations

import ipaddress
import math
import time

from flask import Flask, Response, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from index.settings import Settings

__all__ = ["install"]

# What others may read: the JSON, its description and the files. Pages are for readers.
_SHARED = ("/api/", "/openapi.json", "/export.", "/search.atom")
_DAY = "86400"


def install(app: Flask, settings: Settings) -> None:
    """Gives *app* its limits."""
    if settings.proxies:
        # As many as stand there and no more: whatever a client writes into the header itself is not believed.
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    if settings.rate:
        _limit(app, settings.rate)

    @app.after_request
    def shared(response: Response) -> Response:
        return _share(response, settings.origins) if settings.origins else response


def _limit(app: Flask, rate: int) -> None:
    """Lets an address ask so often in a minute, and tells it how often it may still.

    In the memory of each worker: nothing to run beside, and with N workers up to N times as many pass.
    """
    allowed, counts = RateLimitItemPerMinute(rate), FixedWindowRateLimiter(MemoryStorage())

    @app.before_request
    def count() -> None:
        if _unlimited():
            return
        address = _address()
        passes = counts.hit(allowed, address)
        g.window = counts.get_window_stats(allowed, address)
        if not passes:
            raise TooManyRequests(retry_after=max(1, math.ceil(g.window.reset_time - time.time())))

    @app.after_request
    def told(response: Response) -> Response:
        window = g.get("window")
        if window:
            left = {"Limit": rate, "Remaining": window.remaining, "Reset": math.ceil(window.reset_time)}
            response.headers.update({f"X-RateLimit-{name}": str(value) for name, value in left.items()})
        return response


def _address() -> str:
    """Whose requests are counted together: an address, of IPv6 the /64 that one customer has."""
    address = request.remote_addr or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _unlimited() -> bool:
    """This machine itself (load tests, an unannounced proxy that would make all readers one), probes, small files."""
    address = request.remote_addr or ""
    local = address.startswith("127.") or address == "::1"
    return local or request.endpoint == "static" or (request.endpoint or "").startswith("operations.")


def _share(response: Response, origins: tuple[str, ...]) -> Response:
    if not request.path.startswith(_SHARED):
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin and (origin in origins or "*" in origins):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
            response.headers["Access-Control-Max-Age"] = _DAY
    return response
