"""What a killed start left running ends by itself, and the next start ends it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import lifeline
from app.config import ROOT

WITHIN_S = 30.0
IDLE = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "
WATCHING = (
    "import os; from app.lifeline import end_with_starter; end_with_starter({}); "
    "print(os.getpid(), flush=True); "
)
# Ends at once and leaves a member of its group behind, as a killed server leaves its workers.
LEAVING = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {IDLE!r}])"


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def start(started: list[subprocess.Popen[bytes]], code: str, **env: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **env},
        stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    started.append(process)
    return process


def note_for_a_dead_starter(path: Path, *groups: int) -> None:
    lifeline.note(path, groups)
    noted = json.loads(path.read_text())
    noted["started"][noted["starter"]] = "another moment"
    path.write_text(json.dumps(noted))


def test_what_a_dead_starter_left_is_ended(tmp_path, started):
    path = tmp_path / "noted"
    left = start(started, IDLE)
    note_for_a_dead_starter(path, left.pid)
    assert lifeline.end_left(path)
    assert left.wait(WITHIN_S) == -signal.SIGTERM
    assert not path.exists()
    assert not lifeline.end_left(path), "nothing is noted any more"


def test_one_that_does_not_listen_is_killed(tmp_path, started, monkeypatch):
    monkeypatch.setattr(lifeline, "END_WITHIN_S", 0.5)
    left = start(started, DEAF + IDLE)
    assert left.stdout.readline() == b"1\n"
    note_for_a_dead_starter(tmp_path / "noted", left.pid)
    assert lifeline.end_left(tmp_path / "noted")
    assert left.wait(WITHIN_S) == -signal.SIGKILL


def test_the_members_of_a_group_are_found_when_its_first_is_gone(tmp_path, started):
    first = start(started, LEAVING)
    note_for_a_dead_starter(tmp_path / "noted", first.pid)
    assert first.wait(WITHIN_S) == 0
    os.killpg(first.pid, 0)
    assert lifeline.end_left(tmp_path / "noted")
    assert not lifeline._is_left(first.pid, "")


def test_a_number_that_another_process_has_by_now_is_left_alone(tmp_path, started):
    path = tmp_path / "noted"
    other = start(started, IDLE)
    note_for_a_dead_starter(path, other.pid)
    noted = json.loads(path.read_text())
    noted["started"][str(other.pid)] = "long ago"
    path.write_text(json.dumps(noted))
    assert not lifeline.end_left(path)
    assert other.poll() is None


def test_a_starter_that_lives_keeps_what_is_its_own(tmp_path, started):
    path = tmp_path / "noted"
    own = start(started, IDLE)
    lifeline.note(path, [own.pid])
    assert not lifeline.end_left(path)
    assert own.poll() is None
    assert path.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"starter": "x", "started": {}}'])
def test_a_note_that_cannot_be_read_ends_nobody(tmp_path, text):
    (tmp_path / "noted").write_text(text)
    assert not lifeline.end_left(tmp_path / "noted")


def test_a_process_ends_when_its_starter_is_gone(started):
    starter = start(started, IDLE)
    code = WATCHING.format("") + IDLE
    watching = start(started, code, **{lifeline.STARTED_BY: str(starter.pid)})
    assert watching.stdout.readline(), "it watches"
    starter.kill()
    starter.wait()
    assert watching.wait(WITHIN_S) == -signal.SIGTERM


def test_a_worker_ends_when_its_server_is_gone(started):
    inner = WATCHING.format("is_child=True") + IDLE
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    server = start(started, code)
    worker = int(server.stdout.readline())
    server.kill()
    try:
        deadline = time.monotonic() + WITHIN_S
        while lifeline._born(worker):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
