"""The practice space for the server: granian --interface asginl app.practice_wsgi:served

Prepares its data, serves, and does the worker's sweeps in a thread: one process, so that it costs a
small machine little memory. app/practice_space/keeper.py starts it.
"""

from __future__ import annotations

import os
import threading

from flask_migrate import upgrade

from app import create_app, lifeline
from app.config import read_settings
from app.extensions import db
from app.practice_space.people import write_practice_file
from app.services.kbli.finder import get_finder
from app.services.papers import sealed_files
from app.services.reference import loading
from app.serving import ReceivedWhole
from app.storage import purpose
from app.work import run

lifeline.end_with_starter(is_child=True)
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
    loading.load_releases()
    write_practice_file(settings)
    db.session.commit()
    sealed_files.check_place()
    get_finder().search("kios")
    db.session.remove()
    db.engine.dispose()
sweeps = run.Look("sweeps", run.SWEEP_EVERY_S, lambda: run.sweep(app))
never = threading.Event()
threading.Thread(target=run.keep_looking, args=(app, sweeps, never), daemon=True).start()
served = ReceivedWhole.of(app)
