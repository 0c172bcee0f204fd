"""The database's engine: what SQLite needs so that several processes share it."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from flask import has_request_context, request
from sqlalchemy import event

from app.asked import asked
from app.config import Settings
from app.extensions import db

WRITE_TURN_S = 10


def engine_options(settings: Settings) -> dict[str, Any]:
    if settings.database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": 10}, "hide_parameters": True}
    return {
        "pool_size": settings.threads + 1,
        "max_overflow": 4,
        "pool_pre_ping": True,
        "hide_parameters": True,  # parameters of a failed statement are somebody's answers
    }


def prepare_engine(settings: Settings) -> None:
    """Give SQLite what it needs for several processes: WAL, foreign keys, honest transactions."""
    if not settings.database_url.startswith("sqlite"):
        return
    Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = db.engine

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, see below
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        _turn_wal_on(cursor)
        # The power fails here as often as the signal: what was acknowledged is on the disk.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    turn = threading.Lock()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        # A transaction that reads first and writes later fails when another wrote in between, so
        # whoever may write takes the lock at once and waits for it.
        if _only_reads():
            connection.exec_driver_sql("BEGIN")
            return
        # SQLite lets waiters sleep and try again, which can pass over one of them for a second.
        # Inside a process they queue here; between processes SQLite's own waiting is left.
        if turn.acquire(timeout=WRITE_TURN_S):
            connection.info["turn"] = True
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            give_up_turn(connection)
            raise

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def give_up_turn(connection: Any) -> None:
        # These come before the statement itself; whoever is next waits that moment in SQLite.
        if connection.info.pop("turn", False):
            turn.release()


def _turn_wal_on(cursor: Any) -> None:
    """Turn WAL on. With a new file SQLite waits for nobody then, whatever its timeout.

    Web and worker may open it at that same moment.
    """
    deadline = time.monotonic() + WRITE_TURN_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _only_reads() -> bool:
    if not has_request_context():
        return False
    if asked().will_write:
        return False
    return request.method in {"GET", "HEAD"} or asked().only_reads
