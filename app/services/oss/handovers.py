"""Handing a dossier over to OSS, exactly once, and keeping what came back.

Only the practice OSS takes an application from us. The real one has no service for that: people
file at oss.go.id in their own account (PP 28/2025, Pasal 4(4)-(5)), and tell us the NIB afterwards.
"""

from __future__ import annotations

import secrets

from app import clock, modes
from app.domain.dossier.events import EventKind
from app.domain.dossier.journey import first_unanswered
from app.domain.law.estimate.answer import HARI, Estimate
from app.domain.law.estimate.combined import Whole
from app.domain.nik.verdict import NikClass
from app.domain.oss.handover import HandoverState
from app.domain.oss.service_mode import ServiceMode
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier, Handover, Job
from app.services.after import changes
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import answers, estimates
from app.services.messages import outbox
from app.services.nik import standing
from app.services.reference.book import get_book
from app.services.tracking import progress

# Where a sent dossier goes once its NIK is known to fit. One whose NIK does not fit goes back to
# the person; a NIB that the person tells us leads to ACCEPTED (services/oss/nibs.py).
ONCE_THE_NIK_FITS = {
    ServiceMode.TRAINING: HandoverState.WAITING,
    ServiceMode.ASSIST: HandoverState.FILE_AT_OSS,
    ServiceMode.CONNECTED: HandoverState.FILE_AT_OSS,
}


class NotReady(Exception):
    """The dossier cannot be sent: something is missing, or the NIK does not match."""


def send(dossier: Dossier) -> Job | None:
    """Close the dossier and plan the hand-over, in the caller's transaction.

    Returns the job to run; None while the NIK is still waiting for its check, and where the person
    files at oss.go.id. Sending again changes nothing.

    Raises NotReady.
    """
    if dossier.handover is not None and dossier.sent_at is not None:
        return jobs.open_job(JobKind.HANDOVER, dossier.id)
    if dossier.withdrawn_at is not None:
        raise NotReady("withdrawn")
    nik_class = standing.current_class(dossier)
    if nik_class not in {NikClass.MATCH, NikClass.PENDING}:
        raise NotReady(nik_class)
    whole = estimates.whole_of(dossier)
    if whole is None or estimates.obstacles(dossier, whole):
        raise NotReady("estimate")
    if estimates.missing_declarations(dossier):
        raise NotReady("declarations")
    if first_unanswered(answers.answers_of(dossier)) is not None:
        raise NotReady("answers")
    estimates.drop_needless_declarations(dossier, whole)
    _freeze(dossier, whole)
    now = clock.now()
    dossier.sent_at = now
    dossier.updated_at = now
    waiting = nik_class is NikClass.PENDING
    dossier.handover = Handover(
        key=secrets.token_urlsafe(32),
        state=HandoverState.WAITING_NIK,
        licences=[],
        created_at=now,
    )
    sent = events.record(dossier, EventKind.SENT, waiting_for_nik=waiting)
    job = None if waiting else _go_on(dossier, dossier.handover)
    turn = progress.turn_of(dossier)
    outbox.announce(dossier, MessageKind.SENT, dedupe=str(sent.number), turn=turn)
    changes.follow(dossier)
    return job


def _go_on(dossier: Dossier, handover: Handover) -> Job | None:
    """Take the way of this mode; return the job to run if a machine has the next turn."""
    handover.state = ONCE_THE_NIK_FITS[modes.current()]
    return (
        jobs.plan(JobKind.HANDOVER, dossier.id) if handover.state == HandoverState.WAITING else None
    )


def _freeze(dossier: Dossier, whole: Whole) -> None:
    """Fix what the estimate says now: a newer release must not change what was handed over."""
    for activity, part in zip(dossier.activities, whole.parts, strict=True):
        release = get_book().release("risk", str(part.found.year))
        activity.risk, activity.size = part.found.risk, part.found.size
        activity.risk_release = release.id if release else None
        activity.decision_working_days = _working_days(part.found)


def _working_days(found: Estimate) -> int | None:
    """Return the days an office has for its decision, where the row gives working days."""
    return found.days if found.days_unit == HARI else None


def nik_known(dossier: Dossier) -> None:
    """The registry answered after the dossier was sent: hand over, or give it back to mend."""
    handover = dossier.handover
    if handover is None or handover.state != HandoverState.WAITING_NIK:
        return
    if standing.current_class(dossier) is NikClass.MATCH:
        _go_on(dossier, handover)
        return
    reopen(dossier, cause="nik")


_NOT_AT_OSS = frozenset(
    {HandoverState.WAITING_NIK, HandoverState.FILE_AT_OSS, HandoverState.REFUSED}
)


def may_take_back(dossier: Dossier) -> bool:
    """Return whether the person can still change a sent dossier: OSS has nothing of it from us."""
    handover = dossier.handover
    return (
        handover is not None
        and dossier.sent_at is not None
        and dossier.withdrawn_at is None
        and handover.nib is None
        and handover.state in _NOT_AT_OSS
    )


def take_back(dossier: Dossier) -> None:
    """Open a sent dossier again for its owner, in the caller's transaction. Raises NotReady."""
    if not may_take_back(dossier):
        raise NotReady("at_oss")
    reopen(dossier, cause="owner")


def reopen(dossier: Dossier, *, cause: str) -> None:
    """Give a dossier that OSS does not have back to the person, with every answer kept."""
    if dossier.handover is not None:
        db.session.delete(dossier.handover)
        dossier.handover = None
    dossier.sent_at = None
    db.session.flush()
    events.record(dossier, EventKind.REOPENED, cause=cause)
    changes.follow(dossier)


_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look alike: no 0/O, 1/I


def paper_code() -> str:
    """Return twelve unguessable letters and digits: about 60 bits."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(12))
