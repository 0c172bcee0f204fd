"""Starting: several processes may open a fresh database at once, and none holds up the others."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.config import Settings, read_settings
from app.extensions import db
from app.services.reference import book
from app.work.warmup import warm_up


def raw(path: Path) -> sqlite3.Connection:
    """Open a database as another process would, without waiting."""
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


@pytest.fixture
def fresh(application: Flask, tmp_path: Path) -> Iterator[tuple[Flask, Path]]:
    """An application on a database file that nobody has opened yet, and that file."""
    path = tmp_path / "fresh.sqlite"
    known: Settings = application.config["SETTINGS"]
    env = {"INSTANCE": str(known.instance), "DATABASE_URL": f"sqlite:///{path}"}
    app = create_app(read_settings(env), testing=True)
    yield app, path
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_fresh_database_is_opened_while_another_process_writes_to_it(
    fresh: tuple[Flask, Path],
) -> None:
    """Turning WAL on needs the file for itself, and SQLite does not wait for that."""
    app, path = fresh
    with closing(raw(path)) as other:
        other.execute("CREATE TABLE first (id INTEGER)")
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.3, other.execute, ["ROLLBACK"])
        done.start()
        with app.app_context():
            assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
        done.join()


def test_a_starting_process_lets_others_write(
    application: Flask, request: pytest.FixtureRequest, empty_book: None
) -> None:
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("PostgreSQL has no lock for all writers")
    known: Settings = application.config["SETTINGS"]
    assert book._in_use is None
    with closing(raw(known.instance / "oss.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        warm_up(application)
        other.execute("ROLLBACK")
    assert book._in_use is not None
