"""Is the process alive; is it ready to serve."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.auth import open_to_all
from app.extensions import db
from app.services.reference import get_book

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to_all
def alive() -> ResponseReturnValue:
    """The process answers. Asks nothing of the database."""
    return {"ok": True}


@bp.get("/readyz")
@open_to_all
def ready() -> ResponseReturnValue:
    """Database reachable, migrated, reference data loaded; 503 and the reason otherwise."""
    try:
        with db.engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory(str(current_app.extensions["migrate"].directory))
        loaded = bool(get_book().all_kbli(2025))
    except SQLAlchemyError as error:
        return {"ok": False, "reason": "database", "kind": type(error).__name__}, 503
    if at != scripts.get_current_head():
        return {"ok": False, "reason": "migrations"}, 503
    if not loaded:
        return {"ok": False, "reason": "reference data"}, 503
    return {"ok": True}
