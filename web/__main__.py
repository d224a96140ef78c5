"""``python -m web``: serves the index of the settings, and makes one of sample/ first when there is none.

What stands in the way is one line on stderr that says what to do, and exit status 2.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from index.errors import NoIndex, SlovoError
from index.generations import Store
from index.settings import Settings, load
from search.engines.registry import warm_up
from search.limits import Limits
from search.service import Service
from web.app import create_app
from web.memory import in_one_arena, keep_shared
from web.server import Server, counted_together, listen, passed_on
from web.watching import Formatter

FAILED = 2
_ROOT = Path(__file__).resolve().parent.parent
_EVERYWHERE = ("", "0.0.0.0", "::")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", help="Address to listen on (default: 127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on, 0 for any free one (default: 8000).")
@click.option("--index", help="Folder of the index (default: var/index).")
@click.option("--workers", type=int, help="Processes that answer (default: 1).")
def main(**given: Any) -> None:
    """Serve the search pages and the JSON."""
    settings = load(options=given)
    listener = passed_on(os.environ) or listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    in_one_arena()
    _require_index(settings)
    keep_shared()

    def make() -> Flask:
        _log_to_stderr(settings.log)
        return create_app(Service(settings.index, lexicons=settings.lexicons, limits=Limits.of(settings)), settings)

    def ready() -> None:
        click.echo(f"Slovo: {_address(host, port)}")

    with counted_together():
        Server(make, listener=listener, workers=settings.workers, ready=ready).run()


def _log_to_stderr(kind: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter(json=kind == "json"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if kind != "none":
        logging.getLogger("slovo").setLevel(logging.INFO)


def _require_index(settings: Settings) -> None:
    """Leaves an index that can be opened, or raises SlovoError. Only the sample archive is indexed unasked."""
    try:
        Store(settings.index).current()
    except NoIndex:
        if settings.sources:
            raise
        _index_sample(settings)
    # Opened once before the workers fork: what is wrong with it is said in one line (so not in the log as well), and
    # the dictionary that this loads is shared with them, as is what the engine compiles.
    logging.getLogger("slovo").addHandler(logging.NullHandler())
    service = Service(settings.index, lexicons=settings.lexicons, limits=Limits.of(settings))
    service.close()
    if service.fault:
        raise service.fault
    warm_up()


def _index_sample(settings: Settings) -> None:
    click.echo(f"No index in {settings.index} yet; indexing sample/", err=True)
    command = [sys.executable, str(_ROOT / "reindex.py"), str(_ROOT / "sample"), "--index", str(settings.index)]
    if subprocess.run(command, stdout=sys.stderr).returncode == FAILED:
        # It has said why.
        raise SystemExit(FAILED)


def _address(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    shown = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except SlovoError as error:
        click.echo(f"Slovo: {error}", err=True)
        sys.exit(FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
