"""Asking OSS whether it issued the NIB that a person told us."""

from __future__ import annotations

import structlog

from app import clock, modes
from app.adapters.http import ServiceUnavailable
from app.adapters.oss.port import Refused
from app.adapters.oss.results import NibCheck
from app.domain.dossier.events import EventKind
from app.domain.oss.nib import NibDoubt, is_holder
from app.domain.oss.service_mode import ServiceMode
from app.extensions import db, ports
from app.models.dossier import Dossier, Job
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.oss import reconciliation
from app.services.oss.nibs import holders_of

_log = structlog.get_logger(__name__)


@jobs.handles(JobKind.NIB_CHECK)
def _confirm(job: Job, budget_s: float) -> bool:
    """Ask OSS once about the NIB as it now stands. No transaction is open meanwhile."""
    assert job.dossier_id is not None
    dossier = db.session.get_one(Dossier, job.dossier_id)
    handover = dossier.handover
    nib = handover.nib if handover is not None and handover.nib_confirmed_at is None else None
    names = holders_of(dossier)
    db.session.rollback()
    if nib is None or modes.current() is not ServiceMode.CONNECTED:
        return True
    try:
        found: NibCheck | None = ports.licensing.check_nib(nib, budget_s=budget_s)
    except ServiceUnavailable:
        return False
    except Refused as refusal:
        if refusal.is_about_access:  # our own key or rights: not a word about the number
            return False
        found = None
    if found is None:
        return _keep(job.dossier_id, nib, NibDoubt.UNKNOWN)
    if not found.holder:  # OSS did not say whose it is, which is no other name: ask again
        _log.warning("oss_nib_without_name", dossier=job.dossier_id)
        return False
    if not is_holder(found.holder, *names):
        return _keep(job.dossier_id, nib, NibDoubt.HOLDER)
    return _keep(job.dossier_id, nib, None, status=found.code or found.status)


def _keep(dossier_id: int, nib: str, doubt: NibDoubt | None, *, status: str | None = None) -> bool:
    dossier = opening.take_to_change(dossier_id)
    handover = dossier.handover
    if handover is None or handover.nib != nib:
        # Corrected while OSS was asked: this answer is about the number before.
        db.session.rollback()
        return handover is None
    handover.nib_doubt = doubt
    if status is not None:
        reconciliation.take_nib_status(dossier, status)
    if doubt is None:
        handover.nib_confirmed_at = clock.now()
        events.record(dossier, EventKind.NIB_CONFIRMED, nib=nib)
        reconciliation.plan(dossier)
    else:
        events.record(dossier, EventKind.NIB_DOUBTED, nib=nib, doubt=str(doubt))
    db.session.commit()
    return True
