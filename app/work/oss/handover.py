"""Handing a file over to OSS, exactly once, and keeping what came back."""

from __future__ import annotations

import structlog

from app import clock
from app.adapters.http import ServiceUnavailable
from app.adapters.oss.port import Refused
from app.adapters.oss.results import LicensingResult
from app.domain.dossier.events import EventKind
from app.domain.licence.specimen import SpecimenKind
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource
from app.domain.sending.messages import MessageKind
from app.extensions import db, ports
from app.models.dossier import Dossier, Job, Paper
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.messages import outbox
from app.services.oss import nibs
from app.services.oss.handovers import paper_code
from app.services.oss.submission import as_submission

_log = structlog.get_logger(__name__)


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
    dossier.handover.answered_at = clock.now()
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
    now = clock.now()
    handover.oss_id = oss_id
    handover.licences = [
        {
            "kind": str(licence.kd_izin),
            "id": licence.id_izin,
            "status": licence.code or str(licence.status or ""),
            "number": licence.nomor_izin,
        }
        for licence in result.licences
    ]
    events.record(dossier, EventKind.HANDED_OVER, oss_id=oss_id)
    status = result.nib_code or str(result.nib_status)
    try:
        nibs.receive(dossier, result.nib, NibSource.OSS, now, status=status, answer=result)
    except nibs.NibTaken:  # OSS has one per holder, so whose it is must be found out first
        db.session.rollback()
        _log.warning("handover_nib_taken", dossier=dossier_id)
        _note_delay(dossier_id, "nib_taken")
        return False
    dossier.papers.append(
        Paper(
            code=paper_code(),
            kind=SpecimenKind.NIB,
            number=result.nib,
            specimen=True,
            issued_at=now,
        )
    )
    events.record(dossier, EventKind.PAPER_ISSUED, paper="nib")
    db.session.commit()
    return True
