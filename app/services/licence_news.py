"""Asking OSS about licences that are still being verified, at growing intervals."""

from __future__ import annotations

from datetime import UTC, datetime

from app.adapters.http import ServiceUnavailable
from app.adapters.licensing import Refused
from app.domain.licence.status import is_final, next_look
from app.domain.oss.codes import LicenceStatus
from app.extensions import db, ports
from app.models.dossier import Dossier, Job
from app.services import dossiers, jobs, licences
from app.services.jobs import JobKind


def plan(dossier: Dossier, now: datetime) -> Job | None:
    """Plan the next look, in the caller's transaction; None where every licence is final."""
    open_ones = [row for row in licences.of(dossier) if not is_final(LicenceStatus.of(row.status))]
    if not open_ones or dossier.handover is None or dossier.handover.oss_id is None:
        return None
    known = jobs.open_job(JobKind.LICENCE_POLL, dossier.id)
    if known is not None and known.claimed_until is None:
        return known
    # A row of OSS may have no status at all: then nothing is known to have happened yet.
    last = max((event.recorded_at for row in open_ones for event in row.events), default=now)
    return jobs.plan(JobKind.LICENCE_POLL, dossier.id, due_at=now + next_look(now - last))


@jobs.handles(JobKind.LICENCE_POLL)
def _look(job: Job, budget_s: float) -> bool:
    """Ask once; plan the next look when something is still open."""
    assert job.dossier_id is not None
    dossier = db.session.get_one(Dossier, job.dossier_id)
    handover = dossier.handover
    oss_id = handover.oss_id if handover is not None else None
    db.session.rollback()
    if oss_id is None:
        return True

    try:
        result = ports.licensing.ask(oss_id, budget_s=budget_s)
    except ServiceUnavailable:
        return False
    except Refused:  # our key, or a number that OSS does not know: neither heals by asking soon
        result = None

    now = datetime.now(UTC)
    dossier = dossiers.take_to_change(job.dossier_id)
    if result is not None:
        licences.keep(dossier, result, at=now)
    plan(dossier, now)
    db.session.commit()
    return True
