"""The practice space for the server: granian --interface asginl app.practice_wsgi:served

Prepares its data, serves, and does the worker's sweeps in a thread: one process, so that it costs a
small machine little memory. app/practice_space.py starts it.
"""

from __future__ import annotations

import os
import signal
import threading
import time

from flask_migrate import upgrade

from app import create_app, purpose, worker
from app.config import read_settings
from app.extensions import db
from app.practice import write_practice_file
from app.practice_space import WATCHED
from app.services import reference, sealed_files
from app.services.finder import get_finder
from app.serving import ReceivedWhole


def _keep_going(started_by: int) -> None:
    """Sweep again and again. Ends everything when whoever started it is gone."""
    while True:
        time.sleep(worker.SWEEP_EVERY_S)
        if started_by and not _lives(started_by):
            os.killpg(os.getpgrp(), signal.SIGTERM)
            return
        try:
            worker.sweep(app)
        except Exception:
            app.extensions["log"].error("sweep_failed", exc_info=True)


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


os.umask(0o077)
settings = read_settings()
if not settings.is_inside:
    raise SystemExit("This is for the practice space alone, which the service starts by itself.")
try:
    app = create_app(settings)
    with app.app_context():
        upgrade()
    purpose.claim(app)
except purpose.OtherPurpose as error:
    raise SystemExit(error.message) from error
with app.app_context():
    reference.load_releases()
    write_practice_file(settings)
    db.session.commit()
    sealed_files.check_place()
    get_finder(2025).search("kios")
    db.session.remove()
    db.engine.dispose()
threading.Thread(
    target=_keep_going, args=(int(os.environ.get(WATCHED, "0")),), name="sweeps", daemon=True
).start()
served = ReceivedWhole.of(app)
