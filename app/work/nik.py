"""Asking the civil registry, and waking the cases of numbers that do not fit."""

from __future__ import annotations

import structlog

from app import clock, modes
from app.domain.dossier.events import EventKind
from app.domain.nik.verdict import NikClass, Verdict, classify
from app.extensions import db, ports
from app.models.dossier import Dossier, Job, NikCheck
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.nik import asking, cases
from app.services.nik.asking import wake
from app.services.nik.standing import current, query_of
from app.services.oss.verdicts import take_verdict

_log = structlog.get_logger(__name__)


@jobs.handles(JobKind.NIK_CASE)
def _wake(job: Job, budget_s: float) -> bool:
    assert job.dossier_id is not None
    wake(job.dossier_id, clock.now(), running=job)
    db.session.commit()
    return True


@jobs.handles(JobKind.NIK_CHECK)
def _check(job: Job, budget_s: float) -> bool:
    """Ask the registry once. No transaction is open while it is asked."""
    assert job.dossier_id is not None
    dossier = db.session.get_one(Dossier, job.dossier_id)
    check = current(dossier)
    if check is None or check.answered_at is not None or modes.nik_by_staff():
        db.session.rollback()
        return True
    if asking.paused_until(dossier) is not None:
        db.session.rollback()
        _log.warning("nik_check_paused")
        return False
    query = query_of(dossier)
    check_id = check.id
    db.session.rollback()

    verdict = classify(ports.civil_registry.verify(query, budget_s=budget_s))

    return _record(job.dossier_id, check_id, verdict)


def _record(dossier_id: int, check_id: int, verdict: Verdict) -> bool:
    dossier = opening.take_to_change(dossier_id)
    check = db.session.get_one(NikCheck, check_id)
    newest = current(dossier)
    if check.answered_at is not None or newest is None or newest.id != check_id:
        # The person corrected the identity meanwhile: this answer is about the old one.
        db.session.rollback()
        return newest is None or newest.answered_at is not None
    if verdict.nik_class is NikClass.PENDING:
        if not any(e.kind == EventKind.NIK_CHECK_POSTPONED for e in dossier.events[-1:]):
            events.record(dossier, EventKind.NIK_CHECK_POSTPONED, cause=str(verdict.cause))
        cases.registry_silent(dossier, check, verdict.cause)
        db.session.commit()
        return False
    take_verdict(dossier, check, verdict)
    db.session.commit()
    return True
