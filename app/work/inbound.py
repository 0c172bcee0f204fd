"""Fetching the SMS that came in by themselves."""

from __future__ import annotations

import structlog

from app.adapters.messages import Inbox, NotSent
from app.extensions import db, ports
from app.services.tracking.inbound import TooMany, take

_log = structlog.get_logger(__name__)


def collect() -> int:
    """Fetch what came in by itself (Gammu SMSD). Return how many were dealt with.

    Called by the worker; no transaction is open while the inbox is read. Each SMS is committed
    before it is marked as done, so that one that comes twice is known by its number.
    """
    inbox: Inbox | None = ports.messages.inbox
    if inbox is None:
        return 0
    done = 0
    try:
        for found in inbox.read():
            try:
                if found.text.strip():  # the rest of a long SMS whose beginning was read before
                    take(found.id, found.sender, found.text)
            except TooMany:
                db.session.rollback()
                _log.warning("inbound_too_many")
                break
            db.session.commit()
            inbox.done(found)
            done += 1
    except NotSent as failure:
        db.session.rollback()
        _log.warning("inbox_unavailable", cause=str(failure.cause))
    return done
