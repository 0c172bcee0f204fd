"""Asking OSS about licences that are still being verified, at growing intervals."""

from __future__ import annotations

from datetime import datetime

from app.domain.licence.status import is_final, next_look
from app.domain.oss.codes import LicenceStatus
from app.models.dossier import Dossier, Job
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.licence import standing


def plan(dossier: Dossier, now: datetime) -> Job | None:
    """Plan the next look, in the caller's transaction; None where every licence is final."""
    open_ones = [row for row in standing.of(dossier) if not is_final(LicenceStatus.of(row.status))]
    if not open_ones or dossier.handover is None or dossier.handover.oss_id is None:
        return None
    known = jobs.open_job(JobKind.LICENCE_POLL, dossier.id)
    if known is not None and known.claimed_until is None:
        return known
    # A row of OSS may have no status at all: then nothing is known to have happened yet.
    last = max((event.recorded_at for row in open_ones for event in row.events), default=now)
    return jobs.plan(JobKind.LICENCE_POLL, dossier.id, due_at=now + next_look(now - last))
