"""Compiling: done beforehand it is done, and a place where nothing can be kept is no obstacle."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# In a process of its own: other tests compile too.
COUNT = """
from search.engines import Request
from search.query import Any
from tests.engines.contract import word
from search.engines.whoosh import arrays, gains, kernels, lookup, narrowing, placing, scan, spanning, walking, warm
from tests.engines.search.building import Run, opened
from tests.engines.search.test_sharing import ANALYZER, archive, questions

def compiled():
    modules = arrays, gains, kernels, lookup, narrowing, placing, scan, spanning, walking
    functions = [f for module in modules for f in vars(module).values() if hasattr(f, "signatures")]
    return {f.py_func.__name__: len(f.signatures) for f in functions if f.signatures}

warm.warm_up()
before = compiled()
with opened([Run(archive(40, 1)), Run(archive(30, 2), deleted=["1-5"])], ANALYZER) as searcher:
    for request in questions():
        searcher.search(request)
    searcher.search(Request(Any((word("сталь"), word("министр")), implied=True)))
assert len(before) > 15, before
assert compiled() == before, {name: count for name, count in compiled().items() if before.get(name) != count}
"""


def run(code: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_after_warming_up_nothing_is_left_to_compile() -> None:
    run(COUNT)


def test_where_no_machine_code_can_be_kept_it_is_compiled_anew(tmp_path: Path) -> None:
    module = tmp_path / "kept.py"
    module.write_text(
        "from index.compiled import compiled\n@compiled\ndef twice(x):\n    return 2 * x\nassert twice(21) == 42\n"
    )
    # A file where the folders would be: neither the one beside the source nor the user's can be made.
    (tmp_path / "__pycache__").write_text("")
    (tmp_path / "home").write_text("")
    blocked = str(tmp_path / "home" / "cache")
    run(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.dont_write_bytecode = True; import kept",
        HOME=str(tmp_path / "home"),
        XDG_CACHE_HOME=blocked,
        NUMBA_CACHE_DIR=blocked,
    )
