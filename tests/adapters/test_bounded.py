"""A paper is read by another process, within bounds, one at a time."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from app.adapters import bounded
from app.adapters.bounded import Busy
from app.adapters.pdf import clean_pdf
from app.adapters.pictures import clean_picture
from app.domain.dossier.attachments import ContentKind, FileFault, FileRefused
from tests import papers

EACH = {
    "picture": lambda: clean_picture(papers.photo(), ContentKind.JPEG),
    "pdf": lambda: clean_pdf(papers.pdf()),
}
each_kind = pytest.mark.parametrize("clean", EACH.values(), ids=EACH)


@each_kind
@pytest.mark.parametrize(("bound", "value"), [("PATIENCE_S", 0.02), ("MEMORY_BYTES", 30_000_000)])
def test_over_a_bound_a_file_is_refused_and_the_next_one_is_read(clean, bound, value, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(bounded, bound, value)
        with pytest.raises(FileRefused) as caught:
            clean()
    assert caught.value.fault is FileFault.TOO_HEAVY
    assert clean()


def test_a_file_that_hangs_its_reader_is_given_up(monkeypatch, tmp_path):
    """The child is another process: whatever it does, this one goes on."""
    child = tmp_path / "child.py"
    child.write_text("while True: pass")
    monkeypatch.setattr(bounded, "_CHILD", child)
    monkeypatch.setattr(bounded, "PATIENCE_S", 0.3)
    with pytest.raises(FileRefused) as caught:
        EACH["pdf"]()
    assert caught.value.fault is FileFault.TOO_HEAVY


def test_the_child_loads_nothing_of_the_service():
    loaded = (
        "import runpy, sys, io, json; sys.argv[1:] = [json.dumps(dict(task='pdf_child', cpu_s=60,"
        " memory_bytes=2**31))]; sys.stdin = io.TextIOWrapper(io.BytesIO(b''));"
        f"runpy.run_path({str(bounded._CHILD)!r}, run_name='__main__');"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('flask', 'sqlalchemy')))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)
    assert done.stdout == b'{"fault": "broken"}\n[]\n'


def test_the_lane_is_one_for_all_processes_of_the_installation(monkeypatch):
    """Another process holds it: ours waits its turn, then says so."""
    holder = (
        "import fcntl, sys; file = open(sys.argv[1], 'rb'); fcntl.flock(file, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(bounded._CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        monkeypatch.setattr(bounded, "TURN_S", 0)
        with pytest.raises(Busy):
            EACH["picture"]()
        other.kill()
    monkeypatch.setattr(bounded, "TURN_S", 20)
    assert EACH["picture"]()


def test_of_many_at_once_two_threads_wait_and_the_others_go_on(monkeypatch):
    """The rest are told to come back, so pages still find a thread."""
    go_on, entered = threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        with bounded._lane():
            entered.release()
            go_on.wait(20)

    first = threading.Thread(target=hold)
    first.start()
    assert entered.acquire(timeout=20)
    second = threading.Thread(target=hold)
    second.start()
    while bounded._PLACES._value:  # until the second has its place
        second.join(0.01)
    with pytest.raises(Busy):
        EACH["picture"]()
    go_on.set()
    first.join()
    second.join()
    assert EACH["picture"]()
