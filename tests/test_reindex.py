"""The command that operators run: what it reports, what it leaves, what stops it."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from index.generations import Store, faults
from search.service import Ask, Service

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample"


def reindex(*arguments: object, code: int = 0) -> dict[str, Any]:
    """The JSON summary of a run that must end with *code*."""
    command = [sys.executable, str(ROOT / "reindex.py"), *map(str, arguments), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if done.stdout else {"stderr": done.stderr}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of three documents."""
    folder = tmp_path / "news"
    folder.mkdir()
    for number, text in enumerate(("Завод выплавил сталь.", "Суд вынес приговор.", "Выпал снег.")):
        (folder / f"{number}.txt").write_text(f" date 2026-01-0{number + 1} \n{text}\n", "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def titles(folder: Path, query: str) -> list[str]:
    service = Service(folder)
    try:
        return [hit.title for hit in service.answer(Ask(query)).hits]
    finally:
        service.close()


def test_only_new_changed_and_vanished_documents_are_taken(news: Path, folder: Path) -> None:
    first = reindex(news, "--index", folder)
    assert (first["added"], first["generation"], first["published"]) == (3, "000001", True)
    again = reindex(news, "--index", folder)
    assert (again["added"], again["unchanged"], again["generation"], again["published"]) == (0, 3, "000001", False)
    (news / "0.txt").write_text("Завод выплавил чугун.", "utf-8")
    (news / "1.txt").unlink()
    (news / "3.txt").write_text("Открылась школа.", "utf-8")
    third = reindex(news, "--index", folder)
    assert [third[name] for name in ("added", "changed", "unchanged", "removed")] == [1, 1, 1, 1]
    assert titles(folder, "чугун") == ["Завод выплавил чугун"]
    assert titles(folder, "сталь") == titles(folder, "приговор") == []
    assert titles(folder, "школа") == ["Открылась школа"]
    assert titles(folder, "снег") == ["Выпал снег"]


def test_a_dry_run_says_what_would_change_and_writes_nothing(news: Path, folder: Path) -> None:
    dry = reindex(news, "--index", folder, "--dry-run")
    assert (dry["would"], dry["added"]) == (True, 3)
    assert not folder.exists()


def test_adding_keeps_what_other_sources_gave(news: Path, folder: Path, tmp_path: Path) -> None:
    reindex(news, "--index", folder)
    more = tmp_path / "more.jsonl"
    more.write_text('{"id": "m1", "text": "Построен мост."}\n', "utf-8")
    added = reindex(more, "--add", "--index", folder)
    assert (added["added"], added["removed"]) == (1, 0)
    assert titles(folder, "мост") == ["Построен мост"]
    assert titles(folder, "сталь") == ["Завод выплавил сталь"]


def test_rejected_documents_are_named_the_rest_is_published_and_the_status_is_1(news: Path, folder: Path) -> None:
    (news / "4.txt").write_text(" date 2026-13-45 \nТекст.", "utf-8")
    (news / "many.jsonl").write_text('{"id": "j1", "text": "Открыт музей."}\nне json\n', "utf-8")
    report = reindex(news, "--index", folder, code=1)
    assert report["added"] == 4
    said = {(Path(item["file"]).name, item["line"]) for item in report["rejected"]}
    assert said == {("4.txt", 1), ("many.jsonl", 2)} or said == {("4.txt", None), ("many.jsonl", 2)}
    assert "2026-13-45" in json.dumps(report["rejected"])
    assert titles(folder, "музей") == ["Открыт музей"]


def test_a_document_that_is_rejected_today_stays_as_it_was(news: Path, folder: Path) -> None:
    reindex(news, "--index", folder)
    (news / "0.txt").write_text(" date 2026-99-99 \nЗавод выплавил чугун.", "utf-8")
    report = reindex(news, "--index", folder, code=1)
    assert report["removed"] == 0
    assert titles(folder, "сталь") == ["Завод выплавил сталь"]


def test_sources_that_are_empty_or_absent_do_not_empty_the_index(news: Path, folder: Path, tmp_path: Path) -> None:
    reindex(news, "--index", folder)
    (tmp_path / "empty").mkdir()
    assert "no file" in reindex(tmp_path / "empty", "--index", folder, code=2)["stderr"]
    assert str(tmp_path / "gone") in reindex(tmp_path / "gone", "--index", folder, code=2)["stderr"]
    assert titles(folder, "сталь") == ["Завод выплавил сталь"]


def test_generations_can_be_listed_rolled_back_and_verified(news: Path, folder: Path) -> None:
    reindex(news, "--index", folder)
    (news / "0.txt").write_text("Завод выплавил чугун.", "utf-8")
    reindex(news, "--index", folder)
    listed = reindex("--list", "--index", folder)["generations"]
    assert [(row["generation"], row["current"]) for row in listed] == [("000001", False), ("000002", True)]
    assert reindex("--rollback", "--index", folder)["generation"] == "000001"
    assert titles(folder, "сталь") == ["Завод выплавил сталь"]
    assert reindex("--verify", "--index", folder)["faults"] == []
    victim = max((folder / "000001").iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    assert victim.name in reindex("--verify", "--index", folder, code=2)["faults"][0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rollback"], "No index in"),
        (["--verify"], "No index in"),
        ([], "slovo.toml names none"),
        (["--frobnicate"], "No such option"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_one_line_and_status_2(folder: Path, arguments: list[str], said: str) -> None:
    stderr = reindex(*arguments, "--index", folder, code=2)["stderr"]
    assert said in stderr
    assert "Traceback" not in stderr


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "reindex.py"), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def writing(folder: Path, run: subprocess.Popen[str]) -> bool:
    """Waits until the run holds the lock; False when it ended first."""
    while run.poll() is None:
        if (folder / "writer.json").exists():
            return True
        time.sleep(0.005)
    return False


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=lambda stop: stop.name)
@pytest.mark.parametrize("seconds", [0, 0.1])
def test_a_stopped_run_leaves_the_index_as_it_was_and_nothing_behind(
    news: Path, folder: Path, stop: signal.Signals, seconds: float
) -> None:
    reindex(news, "--index", folder)
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    run = start(SAMPLE, "--index", folder)
    if writing(folder, run):
        time.sleep(seconds)
        run.send_signal(stop)
    output, _ = run.communicate()
    if run.returncode == 0:
        pytest.skip("the run was faster than the signal")
    assert run.returncode == 2
    assert f"Stopped by {stop.name}" in output
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
    assert titles(folder, "сталь") == ["Завод выплавил сталь"]


def test_a_run_without_room_is_one_line_and_leaves_the_index_as_it_was(news: Path, folder: Path) -> None:
    reindex(news, "--index", folder)
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    # No file may be longer: to a program that is a full disk, but for the number of the error.
    command = 'ulimit -f 20; exec "$@"'
    run = [sys.executable, str(ROOT / "reindex.py"), str(SAMPLE), "--index", str(folder)]
    done = subprocess.run(["bash", "-c", command, "bash", *run], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"Cannot write the index folder {folder}: File too large. " in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
    assert titles(folder, "сталь") == ["Завод выплавил сталь"]


def test_a_second_run_says_who_is_writing(news: Path, folder: Path) -> None:
    store = Store(folder)
    with store.writing():
        stderr = reindex(news, "--index", folder, code=2)["stderr"]
    assert "is being written by process" in stderr


def test_killed_at_any_moment_a_run_never_costs_a_reader_an_answer(news: Path, folder: Path) -> None:
    """Twenty kills at random moments; a reader polls throughout and sees whole generations only."""
    reindex(news, "--index", folder)
    service = Service(folder)
    draw = random.Random(7)
    totals: set[int] = set()
    try:
        for number in range(20):
            (news / "0.txt").write_text(f"Завод выплавил сталь, плавка {number}.", "utf-8")
            run = start(news, SAMPLE, "--index", folder)
            deadline = time.monotonic() + draw.uniform(0.1, 1.2)
            while run.poll() is None and time.monotonic() < deadline:
                totals.add(service.answer(Ask("выпал снег")).total)
            run.kill()
            run.communicate()
            assert faults(Store(folder).current()) == []
            assert service.answer(Ask("завод выплавил")).total >= 1
    finally:
        service.close()
    assert reindex(news, SAMPLE, "--index", folder)["generation"]
    # Hits would not do: a short page is filled with documents that lack a word.
    with contextlib.closing(Service(folder)) as whole:
        assert totals <= {1, whole.answer(Ask("выпал снег")).total}
