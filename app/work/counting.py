"""Keeps what was counted beside the requests: a thread of each serving process."""

from __future__ import annotations

import threading

from flask import Flask

from app import clock
from app.extensions import db
from app.services.base import traffic
from app.services.kbli import learning

EVERY_S = 30.0
"""So much counting, at most, is lost when a process ends."""


def start(app: Flask, every_s: float = EVERY_S) -> threading.Event:
    """Keep the counts every so often, until the event that is returned is set."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(every_s):
            flush(app)
            flush_traffic(app)

    threading.Thread(target=run, name="finder-counts", daemon=True).start()
    return stopped


def flush(app: Flask) -> bool:
    """Keep what was counted. False where that failed; then it is tried again later."""
    batch = learning.tally.take()
    if batch is None:
        return True
    with app.app_context():
        try:
            rows = learning.rated(batch)
            db.session.rollback()  # asking takes a while, and writing must not
            learning.keep(rows, clock.now())
            db.session.commit()
            return True
        except Exception:
            db.session.rollback()
            learning.tally.give_back(batch)
            app.extensions["log"].error("finder_counts_not_kept", exc_info=True)
            return False
        finally:
            db.session.remove()


def flush_traffic(app: Flask) -> bool:
    """Keep how many requests were answered. False where that failed; then it is tried again."""
    taken = traffic.tally.take()
    if not taken:
        return True
    with app.app_context():
        try:
            traffic.keep(taken)
            db.session.commit()
            return True
        except Exception:
            db.session.rollback()
            traffic.tally.give_back(taken)
            app.extensions["log"].error("traffic_not_kept", exc_info=True)
            return False
        finally:
            db.session.remove()
