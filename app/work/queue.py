"""The queue of the office follows the files: before each commit, whatever the way in."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.services.base import touched
from app.services.desk import queue


@event.listens_for(Session, "before_commit")
def _follow(session: Session) -> None:
    if session.info.get(touched.KEY):
        for dossier_id in sorted(touched.taken()):
            queue.follow(dossier_id)
        session.flush()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(touched.KEY, None)
