"""A generation is all there or not there, and the one before is always at hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from index.errors import IndexBusy, IndexDamaged, IndexFault, Interrupted, NoIndex
from index.generations import Generation, Store, faults

ROOT = Path(__file__).resolve().parents[2]


def publish(store: Store, *, inherit: tuple[str, ...] = (), **contents: str) -> Generation:
    """A generation of small files, on top of the current one when something is inherited."""
    with store.writing():
        draft = store.begin(store.current() if inherit else None)
        for name in inherit:
            draft.inherit(name)
        for name, text in contents.items():
            (draft.folder / name).write_text(text)
        return draft.publish(documents=len(contents), versions={"format": "1"})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "index")


def test_nothing_is_current_before_the_first_publish(store: Store) -> None:
    with pytest.raises(NoIndex, match=r"reindex\.py"):
        store.current()


def test_a_published_generation_is_current_with_all_it_was_given(store: Store) -> None:
    published = publish(store, a="alpha", b="beta")
    current = store.current()
    assert current == published
    assert current.name == "000001"
    assert current.documents == 2
    assert current.versions == {"format": "1"}
    assert sorted(current.files) == ["a", "b"]
    assert faults(current) == []


def test_a_draft_is_invisible_and_an_aborted_one_leaves_nothing(store: Store) -> None:
    before = publish(store, a="alpha")
    with store.writing():
        draft = store.begin(before)
        (draft.folder / "a").write_text("half")
        assert store.current() == before
        draft.abort()
        draft.abort()
    assert store.current() == before
    assert not list(store.folder.glob("building-*"))


def test_a_writer_that_ends_anyhow_leaves_neither_draft_nor_note(store: Store) -> None:
    before = publish(store, a="alpha")

    def stopped() -> None:
        with store.writing():
            (store.begin(before).folder / "a").write_text("half")
            raise Interrupted("before it could abort")

    with pytest.raises(Interrupted):
        stopped()
    assert sorted(path.name for path in store.folder.iterdir()) == ["000001", "CURRENT", "write.lock"]
    with store.writing():
        pass


def test_an_inherited_file_is_the_same_file_with_the_checksum_it_had(store: Store) -> None:
    first = publish(store, a="alpha")
    second = publish(store, inherit=("a",), b="beta")
    assert (first.folder / "a").samefile(second.folder / "a")
    assert second.files["a"] == first.files["a"]
    assert faults(second) == []


def test_the_last_three_generations_are_kept(store: Store) -> None:
    for text in "abcde":
        publish(store, a=text)
    assert store.names() == ["000003", "000004", "000005"]


def test_rollback_goes_one_back_each_time_and_the_next_run_builds_on_it(store: Store) -> None:
    for text in "abc":
        publish(store, a=text)
    assert store.rollback().name == "000002"
    assert (store.current().folder / "a").read_text() == "b"
    assert store.rollback().name == "000001"
    with pytest.raises(NoIndex, match="No generation before 000001"):
        store.rollback()
    assert publish(store, a="d").name == "000004"
    assert store.current().name == "000004"


def test_a_second_writer_is_told_who_holds_the_index(store: Store) -> None:
    with (
        store.writing(),
        pytest.raises(IndexBusy, match=f"process {os.getpid()} on .* since "),
        Store(store.folder).writing(),
    ):
        pytest.fail("two writers at once")
    with store.writing():
        pass


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(IndexFault, match=r"Cannot write the index folder .*file"),
        Store(tmp_path / "file" / "index").writing(),
    ):
        pytest.fail("wrote into a file")


def test_a_killed_writer_leaves_the_lock_free_and_its_draft_is_swept(store: Store) -> None:
    before = publish(store, a="alpha")
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from index.generations import Store
        store = Store(Path({str(store.folder)!r}))
        with store.writing():
            (store.begin(store.current()).folder / "a").write_text("half")
            print("ready", flush=True)
            time.sleep(60)
    """)
    writer = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert store.current() == before
    assert list(store.folder.glob("building-*"))
    with store.writing():
        assert not list(store.folder.glob("building-*"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_text("alph"), "4 bytes, 5 were published"),
        (lambda path: path.write_text("alpHa"), "changed since it was published"),
    ],
    ids=["missing", "cut short", "changed"],
)
def test_verifying_names_the_file_and_what_is_wrong(store: Store, damage: object, said: str) -> None:
    generation = publish(store, a="alpha", b="beta")
    damage(generation.folder / "a")  # type: ignore[operator]
    (found,) = faults(generation)
    assert str(generation.folder / "a") in found
    assert said in found


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"created": 1}', "\x00"])
def test_a_manifest_that_cannot_be_read_is_an_error_that_says_what_to_do(store: Store, text: str) -> None:
    generation = publish(store, a="alpha")
    (generation.folder / "manifest.json").write_text(text)
    with pytest.raises(IndexDamaged, match=r"manifest\.json.*--rollback"):
        store.current()
