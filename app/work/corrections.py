"""When the time to mend runs out: a reminder, and the end."""

from __future__ import annotations

from app import clock
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Job
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.licence import reports
from app.services.licence.gate import open_corrections
from app.services.mending.corrections import last_day, reject_late
from app.services.messages import outbox


@jobs.handles(JobKind.CORRECTION_REMINDER)
def _remind(job: Job, _budget_s: float) -> bool:
    """Tell who has not answered yet that the last day comes near."""
    assert job.dossier_id is not None
    db.session.rollback()
    dossier = opening.take_to_change(job.dossier_id)
    for correction in open_corrections(dossier):
        day = last_day(correction)
        if day is not None:
            outbox.announce(
                dossier, MessageKind.DEADLINE_SOON, dedupe=str(correction.id), until=day
            )
    db.session.commit()
    return True


@jobs.handles(JobKind.CORRECTION_LATE)
def _end_late(job: Job, _budget_s: float) -> bool:
    """The time to answer is over."""
    assert job.dossier_id is not None
    db.session.rollback()
    dossier = opening.take_to_change(job.dossier_id)
    reject_late(dossier, clock.now())
    reports.plan(dossier)
    db.session.commit()
    return True
