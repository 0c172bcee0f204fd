"""Is the process alive; is it ready to serve."""

from __future__ import annotations

import os
import shutil

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.domain.law.editions import KBLI_NOW
from app.extensions import db
from app.services.base import duties
from app.services.reference.book import get_book
from app.web.marks import open_to_all

bp = Blueprint("health", __name__)

FREE_AT_LEAST_BYTES = 50_000_000  # some papers more, and time to look


@bp.get("/healthz")
@open_to_all
def alive() -> ResponseReturnValue:
    """The process answers. Asks nothing of the database."""
    return {"ok": True}


@bp.get("/readyz")
@open_to_all
def ready() -> ResponseReturnValue:
    """Database reachable, migrated, reference data loaded, room to write; 503 and why otherwise."""
    folder = current_app.config["SETTINGS"].instance
    # Asked of the system and not tried: whoever calls this again and again must write nothing.
    if not os.access(folder, os.W_OK):
        return {"ok": False, "reason": "data folder"}, 503
    if shutil.disk_usage(folder).free < FREE_AT_LEAST_BYTES:
        return {"ok": False, "reason": "disk"}, 503
    try:
        with db.engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory(str(current_app.extensions["migrate"].directory))
        loaded = bool(get_book().all_kbli(KBLI_NOW))
        settings = current_app.config["SETTINGS"]
        alarms = duties.alarms(clock.now()) if settings.backup_to else []
    except SQLAlchemyError as error:
        return {"ok": False, "reason": "database", "kind": type(error).__name__}, 503
    if at != scripts.get_current_head():
        return {"ok": False, "reason": "migrations"}, 503
    if not loaded:
        return {"ok": False, "reason": "reference data"}, 503
    # People are served all the same. Whoever watches sees it here, and among the metrics.
    return {"ok": True, "alarms": alarms} if alarms else {"ok": True}
