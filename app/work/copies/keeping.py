"""A thread of the worker: copies new papers, makes the bundle of the night, tries one a week."""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, datetime

from flask import Flask

from app import clock
from app.config import Settings
from app.extensions import db
from app.services.base import duties
from app.services.base.duties import DutyName
from app.work.copies import backup, trial

LOOK_EVERY_S = 20.0


class Keeper:
    """Does what is due, again and again. Several workers may have one: a lock lets one act."""

    def __init__(self, app: Flask) -> None:
        self._app, self._after = app, 0
        self._told = datetime.min.replace(tzinfo=UTC)

    def look(self) -> None:
        """Do what is due now. Whatever goes wrong is told, and never ends the thread."""
        settings: Settings = self._app.config["SETTINGS"]
        with self._app.app_context():
            now = clock.now()
            try:
                self._after = backup.copy_new(settings, now, self._after)
                due = backup.is_due(settings, now)
                db.session.rollback()
                if due:
                    backup.make(settings, now)
                due = trial.is_due(now)
                db.session.rollback()
                with contextlib.suppress(trial.TrialFailed):  # told where it failed
                    if due:
                        trial.run(settings, now)
                trial.mail_failure(settings)
            except backup.Busy:
                pass
            except Exception as error:
                db.session.rollback()
                self._failed(error, now)
            finally:
                db.session.rollback()
                db.session.remove()

    def _failed(self, error: Exception, now: datetime) -> None:
        """Write it down, and once in a while only: it is tried again in a moment."""
        if self._told <= now < self._told + backup.TOLD_EVERY:
            return
        self._told = now
        cause = str(getattr(error, "cause", type(error).__name__))
        self._app.extensions["log"].error("copy_failed", cause=cause, exc_info=True)
        with contextlib.suppress(Exception):
            duties.told(DutyName.COPY, now, well=False, cause=cause)
            db.session.commit()


def start(app: Flask, every_s: float = LOOK_EVERY_S) -> threading.Event | None:
    """Begin, where there is a folder of copies; the event that is returned ends it."""
    settings: Settings = app.config["SETTINGS"]
    if settings.backup_to is None or settings.is_inside:
        return None
    keeper, stopped = Keeper(app), threading.Event()

    def run() -> None:
        while not stopped.wait(every_s):
            keeper.look()

    threading.Thread(target=run, name="copies", daemon=True).start()
    return stopped
