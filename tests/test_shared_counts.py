"""Counts that several processes share: one number for all, for as long as a window lasts."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from app.config import ROOT, read_settings
from app.web.limiting.shared_counts import CountsFile, start_anew, storage_of

HOURLY = parse("3 per hour")


@pytest.fixture
def address(tmp_path) -> str:
    return f"file://{tmp_path / 'counts.sqlite'}"


def test_a_limit_holds_across_stores_and_ends_with_its_window(address, monkeypatch):
    first, second = (FixedWindowRateLimiter(CountsFile(address)) for _ in range(2))
    assert [each.hit(HOURLY, "me") for each in (first, second, first, second)] == [
        True, True, True, False,
    ]  # fmt: skip
    assert first.hit(HOURLY, "somebody else")
    ends_at, left = second.get_window_stats(HOURLY, "me")
    now = time.time()
    assert left == 0
    assert now + 3_590 < ends_at <= now + 3_600
    assert not first.test(HOURLY, "me")
    monkeypatch.setattr(time, "time", lambda: now + 3_601)
    assert first.test(HOURLY, "me")
    assert [second.hit(HOURLY, "me") for _ in range(4)] == [True, True, True, False]


def test_what_is_over_is_tidied_and_all_can_be_forgotten(address, monkeypatch):
    store = CountsFile(address)
    monkeypatch.setattr("app.web.limiting.shared_counts._TIDY_EVERY", 2)
    store.incr("old", 10)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 11)
    store.incr("new", 10)
    assert store.reset() == 1
    assert (store.get("new"), store.check()) == (0, True)
    store.incr("new", 10)
    store.clear("new")
    assert store.get("new") == 0
    assert store.get_expiry("new") == time.time()


def test_nothing_readable_stands_in_it(address, tmp_path):
    CountsFile(address).incr("LIMITER/198.51.100.7/resume", 3600)
    assert b"198.51" not in (tmp_path / "counts.sqlite").read_bytes()


def test_processes_that_count_at_once_lose_nothing(address):
    count = (
        "import sys; from app.web.limiting.shared_counts import CountsFile;"
        "store = CountsFile(sys.argv[1]);"
        "[store.incr('all', 3600) for _ in range(200)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", count, address], cwd=ROOT) for _ in range(3)]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    total = CountsFile(address)._line.execute("SELECT sum(number) FROM counts").fetchone()
    assert total == (600,)


@pytest.mark.parametrize(
    ("env", "storage"),
    [
        ({}, "memory://"),
        ({"WORKERS": "1"}, "memory://"),
        ({"WORKERS": "2"}, "file://{}/counts.sqlite"),
        ({"WORKERS": "2", "RATE_LIMIT_STORAGE": "redis://10.0.0.1"}, "redis://10.0.0.1"),
    ],
)
def test_where_the_counts_are(tmp_path, env, storage):
    settings = read_settings({"INSTANCE": str(tmp_path), **env})
    assert storage_of(settings) == storage.format(tmp_path)


def test_a_start_begins_anew(tmp_path):
    settings = read_settings({"INSTANCE": str(tmp_path), "WORKERS": "2"})
    start_anew(settings)
    CountsFile(storage_of(settings)).incr("me", 3600)
    start_anew(settings)
    assert CountsFile(storage_of(settings)).get("me") == 0


def test_a_broken_file_stops_nobody(make_app, application):
    broken = application.config["SETTINGS"].instance / "counts.sqlite"
    broken.write_bytes(b"this is no database" * 500)
    try:
        client = make_app(testing=False, WORKERS="2").test_client()
        assert client.get("/lacak?nomor=SRG1").status_code == 422
    finally:
        broken.unlink()
