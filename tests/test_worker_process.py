"""The worker as a process of its own: told to end, killed, and started again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import ROOT

WITHIN_S = 60.0
TABLES = """
from app import create_app
from app.extensions import db
app = create_app()
with app.app_context():
    db.create_all()
"""
# A job of the kind “uji” notes that it began, waits while there is a file “hold”, notes its end.
WORKER = """
import os, threading, time
from pathlib import Path
from app import create_app
from app.services.base import jobs
from app.work import run
place = Path(os.environ["PLACE"])
looks, run.SWEEP_EVERY_S = run.looks, 0.1
def note(name, text):
    with (place / name).open("a") as file:
        file.write(text + " ")
@jobs.handles("uji")
def handler(job, budget_s):
    note("began", str(job.id))
    while (place / "hold").exists():
        time.sleep(0.02)
    note("done", str(job.id))
    return True
def watched(app, stop):
    threading.Thread(target=lambda: stop.wait() and note("stopping", ""), daemon=True).start()
    return looks(app, stop)
run.looks = watched
run.run(create_app())
"""


class Workplace:
    """A data folder, its database and the workers that were started on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TZ"}}
        data = {"INSTANCE": str(folder / "data"), "SERVICE_MODE": "training"}
        self.env = {**kept, **data, "PLACE": str(folder)}
        self.started: list[subprocess.Popen[bytes]] = []
        subprocess.run([sys.executable, "-c", TABLES], cwd=ROOT, env=self.env, check=True)

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=self.env)
        self.started.append(process)
        return process

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        path = self.folder / "data" / "oss.sqlite"
        with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def plan(self, number: int, due_at: datetime | None = None) -> None:
        moment = (due_at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M:%S.%f")
        self.sql(
            "INSERT INTO jobs (id, kind, due_at, attempts) VALUES (?, 'uji', ?, 0)", number, moment
        )

    def jobs(self) -> list[tuple[Any, ...]]:
        """Return of each job: attempts, whether somebody holds it, whether it is done."""
        return self.sql(
            "SELECT attempts, claimed_until IS NOT NULL, done_at IS NOT NULL FROM jobs"
            " WHERE kind = 'uji' ORDER BY id"
        )

    def noted(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().split() if path.exists() else []

    def wait(self, until: Callable[[], object]) -> None:
        deadline = time.monotonic() + WITHIN_S
        while not until():
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    made = Workplace(tmp_path)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_end_finishes_the_job_under_way_and_begins_no_other(place, told):
    hold = place.folder / "hold"
    hold.touch()
    for number in (101, 102):
        place.plan(number)
    worker = place.start()
    place.wait(lambda: place.noted("began"))
    worker.send_signal(told)
    place.wait((place.folder / "stopping").exists)
    worker.send_signal(told)  # told twice, it does not end sooner
    assert worker.poll() is None
    hold.unlink()
    assert worker.wait(WITHIN_S) == 0
    assert place.noted("done") == ["101"]
    assert place.jobs() == [(1, 0, 1), (0, 0, 0)]
    assert place.start().poll() is None
    place.wait(lambda: place.jobs() == [(1, 0, 1), (1, 0, 1)])
    assert place.noted("done") == ["101", "102"]


def test_a_kill_during_a_job_loses_nothing_and_it_is_done_once_more(place):
    hold = place.folder / "hold"
    hold.touch()
    place.plan(101)
    worker = place.start()
    place.wait(lambda: place.noted("began"))
    worker.kill()
    worker.wait()
    assert place.jobs() == [(1, 1, 0)], "claimed still"
    hold.unlink()
    a_minute_ago = (datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    place.sql("UPDATE jobs SET claimed_until = ?", a_minute_ago)
    worker = place.start()
    place.wait(lambda: place.jobs() == [(2, 0, 1)])
    assert place.noted("began") == ["101", "101"]
    assert place.noted("done") == ["101"]
    place.plan(201)
    place.wait(lambda: place.noted("done") == ["101", "201"])  # it goes on looking
    worker.terminate()
    assert worker.wait(WITHIN_S) == 0


def test_what_came_due_while_nobody_worked_is_done_at_the_start(place):
    for number, hours in ((101, 1), (102, 9), (103, 5)):
        place.plan(number, datetime.now(UTC) - timedelta(hours=hours))
    place.plan(104, datetime.now(UTC) + timedelta(hours=1))
    place.start()
    place.wait(lambda: (place.folder / "data" / "tidied").exists() and len(place.noted("done")) > 2)
    assert place.noted("done") == ["102", "103", "101"], "the longest due first, and none too soon"
