"""Handing a file over to OSS, exactly once, and keeping what came back."""

from __future__ import annotations

from datetime import UTC, datetime

from app.adapters.http import ServiceUnavailable
from app.adapters.licensing import Refused
from app.adapters.oss_reading import LicensingResult
from app.domain.dossier.events import EventKind
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource
from app.domain.sending.messages import MessageKind
from app.extensions import db, ports
from app.models.dossier import Dossier, Job, Paper
from app.services.after import changes, lkpm
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.licence import news, standing
from app.services.messages import outbox
from app.services.oss import reconciliation
from app.services.oss.handovers import paper_code
from app.services.oss.submission import as_submission


@jobs.handles(JobKind.HANDOVER)
def _hand_over(job: Job, budget_s: float) -> bool:
    """Send once with the key of the hand-over, then ask for the result."""
    assert job.dossier_id is not None
    dossier = db.session.get_one(Dossier, job.dossier_id)
    handover = dossier.handover
    if handover is None or handover.state != HandoverState.WAITING:
        db.session.rollback()
        return True
    package = as_submission(dossier, handover.key)
    db.session.rollback()

    try:
        receipt = ports.licensing.hand_over(package, budget_s=budget_s)
        result = ports.licensing.ask(receipt.oss_id, budget_s=budget_s)
    except ServiceUnavailable as unavailable:
        _note_delay(job.dossier_id, str(unavailable.cause))
        return False
    except Refused as refusal:
        if refusal.is_about_access:  # our own key or address: nothing the person could mend
            _note_delay(job.dossier_id, "access")
            return False
        _note_refusal(job.dossier_id, refusal)
        return True
    return _keep(job.dossier_id, receipt.oss_id, result)


def _note_delay(dossier_id: int, cause: str) -> None:
    dossier = opening.take_to_change(dossier_id)
    if dossier.events[-1].kind != EventKind.HANDOVER_POSTPONED:
        events.record(dossier, EventKind.HANDOVER_POSTPONED, cause=cause)
    db.session.commit()


def _note_refusal(dossier_id: int, refusal: Refused) -> None:
    dossier = opening.take_to_change(dossier_id)
    assert dossier.handover is not None
    dossier.handover.state = HandoverState.REFUSED
    dossier.handover.refusal_code = str(refusal.code)
    dossier.handover.answered_at = datetime.now(UTC)
    refused = events.record(dossier, EventKind.HANDOVER_REFUSED, code=str(refusal.code))
    outbox.announce(dossier, MessageKind.REFUSED, dedupe=str(refused.number))
    db.session.commit()


def _keep(dossier_id: int, oss_id: str, result: LicensingResult) -> bool:
    dossier = opening.take_to_change(dossier_id)
    handover = dossier.handover
    if handover is None or handover.state == HandoverState.ACCEPTED:
        db.session.rollback()
        return True
    if not result.nib:
        handover.oss_id = oss_id
        db.session.commit()
        return False
    now = datetime.now(UTC)
    handover.state = HandoverState.ACCEPTED
    handover.oss_id = oss_id
    handover.nib = result.nib
    handover.nib_source = NibSource.OSS
    handover.nib_at = handover.nib_confirmed_at = now
    handover.nib_status = result.nib_code or str(result.nib_status)
    handover.licences = [
        {
            "kind": str(licence.kd_izin),
            "id": licence.id_izin,
            "status": licence.code or str(licence.status or ""),
            "number": licence.nomor_izin,
        }
        for licence in result.licences
    ]
    handover.answered_at = now
    events.record(dossier, EventKind.HANDED_OVER, oss_id=oss_id)
    events.record(dossier, EventKind.NIB_RECEIVED, nib=result.nib)
    outbox.announce(dossier, MessageKind.NIB_READY, dedupe="nib")
    dossier.papers.append(
        Paper(code=paper_code(), kind="nib", number=result.nib, specimen=True, issued_at=now)
    )
    events.record(dossier, EventKind.PAPER_ISSUED, paper="nib")
    changes.follow(dossier)
    lkpm.plan_reminder(dossier, now=now)
    standing.keep(dossier, result, at=now)
    news.plan(dossier, now)
    reconciliation.plan(dossier, at=now + reconciliation.FIRST_AFTER)
    db.session.commit()
    return True
