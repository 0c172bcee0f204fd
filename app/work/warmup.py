"""What a process builds before its first request, so that no person waits a second for it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.adapters.files import FilesUnavailable
from app.domain.law.editions import KBLI_NOW
from app.extensions import db
from app.gateways import files_advice
from app.services.help import book
from app.services.kbli.finder import get_finder
from app.services.papers import sealed_files
from app.services.reference.book import get_book


def warm_up(app: Flask) -> None:
    """Build the index of help, the reference book and the finder, while others go on writing.

    Without tables yet (the first `flask db upgrade` comes through here too) they are built when
    first asked for.
    """
    book.search("nib")
    # As in a request that only reads: SQLite lets one write at a time, and a process that starts
    # again in the middle of the day must not hold up the answers of everybody else.
    with app.test_request_context():
        try:
            if get_book().all_kbli(KBLI_NOW):
                get_finder().search("kios")
            sealed_files.check_place()
        except SQLAlchemyError:
            pass
        except FilesUnavailable as error:
            advice = files_advice(app.config["SETTINGS"], error)
            app.extensions["log"].error("files_unavailable", cause=error.cause, advice=advice)
        finally:
            db.session.remove()
            db.engine.dispose()
