"""Removing stored papers that no row needs any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from app import clock
from app.domain.dossier.known import known
from app.extensions import db, ports
from app.models.attachment import FileDisposal
from app.models.dossier import Job
from app.services.base import jobs
from app.services.base.jobs import JobKind


@jobs.handles(JobKind.DISPOSE_FILES)
def _dispose(job: Job, budget_s: float) -> bool:
    return dispose_due(clock.now()) == 0


def dispose_due(now: datetime, at_most: int = 200) -> int:
    """Take contents that nobody claimed out of the store; return how many are left to do.

    Like a job, it commits by itself: no transaction is open while the store is asked.

    Raises FilesUnavailable.
    """
    due = select(FileDisposal.storage_key).where(FileDisposal.due_at <= now)
    keys = db.session.scalars(due.order_by(FileDisposal.due_at).limit(at_most)).all()
    db.session.rollback()
    for key in keys:
        ports.files.delete(key)
        db.session.execute(delete(FileDisposal).where(FileDisposal.storage_key == key))
        db.session.commit()
    left = select(func.count()).select_from(FileDisposal).where(FileDisposal.due_at <= now)
    remaining = known(db.session.scalar(left))
    db.session.rollback()
    return remaining
