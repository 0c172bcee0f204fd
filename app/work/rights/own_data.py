"""Carrying out the wish to have one's data deleted."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.requests import RequestOutcome
from app.extensions import db
from app.models.dossier import Job
from app.models.own_data import DataRequest
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.rights import retention
from app.services.rights.retention import Kept


@jobs.handles(JobKind.ERASE)
def _carry_out(job: Job, budget_s: float) -> bool:
    """Erase what was asked to be erased, unless it was taken back."""
    row = db.session.scalar(select(DataRequest).where(DataRequest.job_id == job.id))
    if row is None:
        db.session.rollback()
        return True
    dossier = opening.find_by_id(row.dossier_id, to_change=True)
    db.session.refresh(row)
    if dossier is None or row.done_at is not None or row.undone_at is not None:
        db.session.rollback()
        return True
    request_id, kind = row.id, row.kind
    if retention.why_kept(dossier) is Kept.UNDER_WAY:
        outcome = RequestOutcome.REFUSED
        events.record(dossier, EventKind.ERASURE_REFUSED, why=Kept.UNDER_WAY)
    else:
        stays = retention.erase(dossier, cause=kind)
        outcome = RequestOutcome.PARTLY if stays else RequestOutcome.ERASED
    done = db.session.get_one(DataRequest, request_id)
    done.done_at = clock.now()
    done.outcome = outcome
    db.session.commit()
    return True
