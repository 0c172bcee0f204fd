"""Comparing a person's NIK with the civil registry: now if it answers in time, later otherwise.

Where the office has no line to the registry, staff compare on its portal and record the verdict.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import structlog
from sqlalchemy import func, select

from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.law.calendar import local_date
from app.domain.nik.number import is_well_formed
from app.domain.nik.verdict import Field, NikClass, RegistryQuery, Verdict, classify
from app.domain.oss import handover as oss_handover
from app.domain.sending.messages import MessageKind
from app.domain.written.person import Sex
from app.extensions import db, ports
from app.models.dossier import Dossier, Job, NikCheck
from app.services import dossiers, events, handovers, jobs, messages, modes, nik_cases
from app.services.jobs import JobKind

_log = structlog.get_logger(__name__)


class NothingWaits(Exception):
    """No check of this dossier is open, so there is no verdict to record."""


def plan(dossier: Dossier) -> Job | None:
    """Ask for a check of the identity as it now stands, in the caller's transaction.

    Returns the job to run; None where staff compare, since nobody need ask again and again.
    """
    nik_cases.identity_asked(dossier)
    query = query_of(dossier)
    index = dossiers.identity_index(query.nik, query.name, query.birth_date, query.sex)
    newest = current(dossier)
    waiting = newest is not None and newest.answered_at is None
    if not (waiting and newest is not None and newest.identity_index == index):
        dossier.nik_checks.append(
            NikCheck(
                attempt=newest.attempt + 1 if newest else 1,
                identity_index=index,
                nik_class=NikClass.PENDING,
                fields=[],
                asked_at=datetime.now(UTC),
            )
        )
        db.session.flush()
    if not is_well_formed(query.nik, today=local_date(datetime.now(UTC))):
        # A misprinted card: nobody is asked about what cannot be a NIK, so nobody waits for that.
        _note_verdict(dossier, known(current(dossier)), Verdict(NikClass.FORMAT), by="rules")
        return None
    if modes.nik_by_staff():
        return None
    return jobs.open_job(JobKind.NIK_CHECK, dossier.id) or jobs.plan(JobKind.NIK_CHECK, dossier.id)


def query_of(dossier: Dossier) -> RegistryQuery:
    who = dossier.applicant
    return RegistryQuery(
        nik=known(who.nik),
        name=known(who.name),
        birth_date=date.fromisoformat(known(who.birth_date)),
        sex=Sex(known(who.sex)),
    )


def current(dossier: Dossier) -> NikCheck | None:
    """Return the check of the identity as it now stands."""
    return dossier.nik_checks[-1] if dossier.nik_checks else None


def current_class(dossier: Dossier) -> NikClass | None:
    """Return what is known of the NIK; PENDING while the registry has not answered."""
    check = current(dossier)
    return NikClass(check.nik_class) if check else None


@jobs.handles(JobKind.NIK_CHECK)
def _check(job: Job, budget_s: float) -> bool:
    """Ask the registry once. No transaction is open while it is asked."""
    assert job.dossier_id is not None
    dossier = db.session.get_one(Dossier, job.dossier_id)
    check = current(dossier)
    if check is None or check.answered_at is not None or modes.nik_by_staff():
        db.session.rollback()
        return True
    if nik_cases.paused_until(dossier) is not None:
        db.session.rollback()
        _log.warning("nik_check_paused")
        return False
    query = query_of(dossier)
    check_id = check.id
    db.session.rollback()

    verdict = classify(ports.civil_registry.verify(query, budget_s=budget_s))

    return _record(job.dossier_id, check_id, verdict)


def _record(dossier_id: int, check_id: int, verdict: Verdict) -> bool:
    dossier = dossiers.take_to_change(dossier_id)
    check = db.session.get_one(NikCheck, check_id)
    newest = current(dossier)
    if check.answered_at is not None or newest is None or newest.id != check_id:
        # The person corrected the identity meanwhile: this answer is about the old one.
        db.session.rollback()
        return newest is None or newest.answered_at is not None
    if verdict.nik_class is NikClass.PENDING:
        if not any(e.kind == EventKind.NIK_CHECK_POSTPONED for e in dossier.events[-1:]):
            events.record(dossier, EventKind.NIK_CHECK_POSTPONED, cause=str(verdict.cause))
        nik_cases.registry_silent(dossier, check, verdict.cause)
        db.session.commit()
        return False
    take_verdict(dossier, check, verdict)
    db.session.commit()
    return True


def _note_verdict(dossier: Dossier, check: NikCheck, verdict: Verdict, **how: str) -> None:
    """Keep a verdict, move the case of the number and tell the person."""
    check.nik_class = verdict.nik_class
    check.fields = [str(field) for field in verdict.mismatched_fields]
    check.answered_at = datetime.now(UTC)
    events.record(dossier, EventKind.NIK_CHECKED, nik_class=str(verdict.nik_class), **how)
    nik_cases.follow(dossier, verdict.nik_class, asked=how.get("by") != "rules")
    _tell(dossier, check)


def take_verdict(dossier: Dossier, check: NikCheck, verdict: Verdict, **how: str) -> None:
    """Keep a verdict, and let a file that was sent go on or come back."""
    _note_verdict(dossier, check, verdict, **how)
    if dossier.sent_at is not None:
        handovers.nik_known(dossier)


def _tell(dossier: Dossier, check: NikCheck) -> None:
    """Write to the person unless they are looking at the page that shows the answer."""
    waited = any(
        event.kind == EventKind.NIK_CHECK_POSTPONED and event.at >= check.asked_at
        for event in dossier.events
    )
    if waited or dossier.sent_at is not None:
        fits = check.nik_class == NikClass.MATCH
        kind = MessageKind.NIK_OK if fits else MessageKind.NIK_TROUBLE
        messages.announce(dossier, kind, dedupe=str(check.attempt))


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
        job.done_at = datetime.now(UTC)


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
    messages.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=f"taken_back:{check.attempt}")


def to_compare(dossier: Dossier) -> RegistryQuery:
    """Return what staff compare on the portal, and record that it was shown.

    Raises NothingWaits when no check is open: then there is no reason to look.
    """
    check = current(dossier)
    if check is None or check.answered_at is not None:
        raise NothingWaits
    events.record(dossier, EventKind.NIK_SHOWN, where="staff")
    return query_of(dossier)


def waiting(limit: int = 200) -> list[tuple[str, datetime]]:
    """Return Nomor Bantuan and moment of the open checks, the oldest first."""
    newest = (
        select(NikCheck.dossier_id, func.max(NikCheck.attempt).label("attempt"))
        .group_by(NikCheck.dossier_id)
        .subquery()
    )
    query = (
        select(Dossier.support_number, NikCheck.asked_at)
        .join(NikCheck, NikCheck.dossier_id == Dossier.id)
        .join(
            newest,
            (newest.c.dossier_id == NikCheck.dossier_id) & (newest.c.attempt == NikCheck.attempt),
        )
        .where(NikCheck.answered_at.is_(None))
        .order_by(NikCheck.asked_at, NikCheck.id)
        .limit(limit)
    )
    return [(number, at) for number, at in db.session.execute(query)]
