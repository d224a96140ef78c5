"""The walls of the house: who may import whom, and where each library may be known.

Read from the source, not from running it: an import inside a function or under TYPE_CHECKING counts too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Our own packages, each with those it must not know.
FORBIDDEN = {
    "index": {"search", "web", "reindex", "tools", "tests"},
    "search": {"web", "reindex", "tools", "tests"},
    "web": {"reindex", "tools", "tests"},
    "reindex": {"search", "web", "tools", "tests"},
}

# Libraries, each with the only folders that may know it; elsewhere their types would leak through a boundary.
CONFINED = {
    "flask": ["web"],
    "flask_babel": ["web"],
    "werkzeug": ["web"],
    "gunicorn": ["web"],
    "pymorphy3": ["index/text"],
    "razdel": ["index/text"],
    "whoosh": ["index/engines", "search/engines"],
}


def sources(root: Path) -> Iterator[Path]:
    """Every module of the product below *root*."""
    for package in ("index", "search", "web"):
        yield from sorted((root / package).rglob("*.py"))
    yield from root.glob("reindex.py")


def imported(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Line and top-level name of every import in *path*, relative ones resolved against *root*."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), path.name)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, (node.module or "").split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            # `from ...web import x` climbs out of the package, to a name beside it.
            above = path.relative_to(root).parts[: -node.level]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from ((node.lineno, (*above, *name.split("."))[0]) for name in names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from ((node.lineno, str(a.value).split(".")[0]) for a in node.args if isinstance(a, ast.Constant))


def violations(root: Path) -> list[str]:
    """Every import below *root* that goes through a wall, as `file:line imports name`."""
    broken = []
    for path in sources(root):
        place = path.relative_to(root)
        house = place.parts[0].removesuffix(".py")
        for line, name in imported(path, root):
            allowed = CONFINED.get(name)
            outside = allowed is not None and not any(place.is_relative_to(folder) for folder in allowed)
            if name in FORBIDDEN[house] or outside:
                broken.append(f"{place.as_posix()}:{line} imports {name}")
    return broken


def write(root: Path, place: str, code: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")


def test_imports_go_from_web_to_search_to_index_and_libraries_stay_where_they_belong() -> None:
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("place", "code", "name"),
    [
        ("index/build.py", "import search", "search"),
        ("index/build.py", "import numpy, search.query as q", "search"),
        ("index/text/tokens.py", "from search.query import Query", "search"),
        ("index/text/tokens.py", "from ...web import pages", "web"),
        ("index/text/tokens.py", "from ... import web", "web"),
        ("search/service.py", "def late():\n    from web.app import app", "web"),
        ("search/service.py", "import importlib\nimportlib.import_module('web.app')", "web"),
        ("search/service.py", "__import__('web')", "web"),
        ("search/service.py", "if TYPE_CHECKING:\n    import flask", "flask"),
        ("search/parse.py", "from whoosh.query import Term", "whoosh"),
        ("search/highlight.py", "from pymorphy3 import MorphAnalyzer", "pymorphy3"),
        ("index/documents.py", "import razdel", "razdel"),
        ("web/app.py", "import reindex", "reindex"),
        ("reindex.py", "from web import app", "web"),
    ],
)
def test_an_import_through_a_wall_is_found(tmp_path: Path, place: str, code: str, name: str) -> None:
    write(tmp_path, place, code)
    found = violations(tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"{place}:")
    assert found[0].endswith(f" imports {name}")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("web/app.py", "import flask\nfrom search.service import Service\nfrom index.errors import SlovoError"),
        ("search/engines/whoosh.py", "import whoosh.index\nfrom index.schema import FIELDS\nfrom ..query import Query"),
        (
            "index/text/morphology.py",
            "import pymorphy3, razdel\nfrom . import tokens\nfrom ..documents import Document",
        ),
        ("reindex.py", "from index import build"),
        ("index/sources/web.py", "from . import search"),
    ],
)
def test_an_import_the_right_way_is_allowed(tmp_path: Path, place: str, code: str) -> None:
    write(tmp_path, place, code)
    assert violations(tmp_path) == []


def test_a_tree_without_the_packages_has_nothing_to_break(tmp_path: Path) -> None:
    assert violations(tmp_path) == []
