"""What follows from a verdict about a NIK, told by the registry or by staff."""

from __future__ import annotations

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.nik.verdict import Field, NikClass, Verdict
from app.domain.oss import handover as oss_handover
from app.domain.sending.messages import MessageKind
from app.models.dossier import Dossier, NikCheck
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.messages import outbox
from app.services.nik.checks import note_verdict, plan
from app.services.nik.standing import NothingWaits, current
from app.services.oss import handovers


def take_verdict(dossier: Dossier, check: NikCheck, verdict: Verdict, **how: str) -> None:
    """Keep a verdict, and let a file that was sent go on or come back."""
    note_verdict(dossier, check, verdict, **how)
    if dossier.sent_at is not None:
        handovers.nik_known(dossier)


_FIELDS = {
    NikClass.NAME_MISMATCH: (Field.NAME,),
    NikClass.BIRTH_DATE_MISMATCH: (Field.BIRTH_DATE,),
    NikClass.SEX_MISMATCH: (Field.SEX,),
}


def record_by_staff(dossier: Dossier, nik_class: NikClass) -> None:
    """Record what staff saw on the registry's portal: the verdict and nothing of its data.

    dossier: held to change. nik_class: anything but PENDING. No commit.

    Raises NothingWaits when no check is open: the verdict would be about nothing, or about an
    identity that the person has corrected meanwhile.
    """
    if nik_class is NikClass.PENDING:
        raise ValueError(nik_class)
    check = current(dossier)
    if check is None or check.answered_at is not None:
        raise NothingWaits
    take_verdict(dossier, check, Verdict(nik_class, _FIELDS.get(nik_class, ())), by="staff")
    job = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    if job is not None:
        job.done_at = clock.now()


class LeftTheHouse(Exception):
    """What followed from a verdict is at OSS already, so it can no longer be undone here."""


def take_back(dossier: Dossier) -> None:
    """Take a wrong verdict back: the NIK is compared anew, and what followed from it waits again.

    dossier: held to change. The person is told; the new verdict then leads on as the first would
    have. The verdict that was taken back stays in the record. No commit.

    Raises NothingWaits when there is no verdict, LeftTheHouse once a NIB or a hand-over came of it.
    """
    check = current(dossier)
    if check is None or check.answered_at is None:
        raise NothingWaits
    handover = dossier.handover
    if handover is not None:
        if not handovers.may_take_back(dossier):
            raise LeftTheHouse
        handover.state = oss_handover.HandoverState.WAITING_NIK
    plan(dossier)
    events.record(dossier, EventKind.NIK_CHECK_POSTPONED, cause="taken_back")
    outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=f"taken_back:{check.attempt}")
