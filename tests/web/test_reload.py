"""A new generation comes while readers ask, and none of them notices."""

from __future__ import annotations

from pathlib import Path

from tools.serve_bench.reload import copied, reload


def test_generations_change_under_load_without_a_failed_or_a_mixed_answer(index_folder: Path, tmp_path: Path) -> None:
    copy = copied(index_folder, tmp_path / "index")
    seen = reload(copy, ["сталь", "министр промышленности", "«чёрная металлургия»", "погода"], seconds=12, every=3)
    assert seen.load.failed == 0, seen.load.told
    assert seen.load.asked > seen.runs >= 2
    assert seen.generations >= 2
    # One more at most: a file that a request has open, and never one more for each generation.
    assert seen.after.descriptors - seen.before.descriptors <= 1
