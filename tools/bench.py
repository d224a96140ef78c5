"""Measures speed and memory: ``make bench``. Analysis, writing, searching beside other engines and from ten threads,
then the real server.

Takes the large archive ($SLOVO_DATA or ../shared/data), each part in a process of its own, so that none pays for the
memory of another. Says so and ends where the archive is absent.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Runs every part; the first failure's status, or 0."""
    data = Path(os.environ.get("SLOVO_DATA", ROOT.parent / "shared" / "data"))
    archive = data / "news.jsonl.xz"
    if not archive.is_file():
        print(f"no {archive}; SLOVO_DATA names the folder that has it", file=sys.stderr)
        return 2
    asked = ["--archive", str(archive), "--queries", str(data / "queries" / "real.tsv")]
    parts = (
        ["bench_text", str(archive)],
        ["bench_write", str(archive)],
        ["bench_search", "--data", str(archive)],
        ["bench_threads", str(archive)],
        ["bench_serve", *asked],
        ["bench_reload", *asked],
    )
    statuses = [subprocess.run([sys.executable, "-m", f"tools.{name}", *rest]).returncode for name, *rest in parts]
    return next(filter(None, statuses), 0)


if __name__ == "__main__":
    sys.exit(main())
