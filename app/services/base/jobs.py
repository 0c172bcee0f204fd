"""Things that must happen later. A row is written with its cause; whoever is free takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, or_, select

from app import clock
from app.extensions import db
from app.models.dossier import Job


class JobKind(StrEnum):
    """What a job does; each has its handler."""

    CORRECTION_LATE = "correction_late"
    CORRECTION_REMINDER = "correction_reminder"
    DISPOSE_FILES = "dispose_files"
    ERASE = "erase"
    HANDOVER = "handover"
    LICENCE_POLL = "licence_poll"
    LICENCE_REPORT = "licence_report"
    LKPM_REMINDER = "lkpm_reminder"
    MESSAGE = "message"
    NIB_CHECK = "nib_check"
    NIK_CASE = "nik_case"
    NIK_CHECK = "nik_check"
    OSS_NOTICES = "oss_notices"
    RECONCILE = "reconcile"
    RECOVERY = "recovery"


Handler = Callable[[Job, float], bool]
_handlers: dict[str, Handler] = {}


def handles(kind: JobKind) -> Callable[[Handler], Handler]:
    """Register a handler: (job, seconds it may take) -> True when done, False to try again later.

    A handler begins and ends with no transaction open while it talks to the outside.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """Return the handler of a kind of job. Raises LookupError when nobody handles it."""
    return _handlers[kind]


def plan(kind: JobKind, dossier_id: int | None, due_at: datetime | None = None) -> Job:
    """Write a job in the caller's transaction."""
    job = Job(kind=kind, dossier_id=dossier_id, due_at=due_at or clock.now(), attempts=0)
    db.session.add(job)
    db.session.flush()
    return job


def open_job(kind: JobKind, dossier_id: int) -> Job | None:
    """Return the job of this kind that is still open for the dossier."""
    return db.session.scalar(
        select(Job).where(Job.kind == kind, Job.dossier_id == dossier_id, Job.done_at.is_(None))
    )


def find(job_id: int) -> Job | None:
    """Return the job with this number."""
    return db.session.get(Job, job_id)


def due(
    now: datetime,
    limit: int = 50,
    *,
    only: ColumnElement[bool] | None = None,
    first: ColumnElement[bool] | None = None,
) -> list[int]:
    """Return the numbers of jobs that are due and that nobody holds, the longest due first.

    only: which of them; first: those that come before all others.
    """
    free = or_(Job.claimed_until.is_(None), Job.claimed_until < now)
    query = select(Job.id).where(Job.done_at.is_(None), Job.due_at <= now, free)
    if only is not None:
        query = query.where(only)
    if first is not None:
        query = query.order_by(case((first, 0), else_=1))
    return list(db.session.scalars(query.order_by(Job.due_at).limit(limit)))
