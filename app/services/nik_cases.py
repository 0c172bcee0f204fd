"""NIK cases: opened by a verdict that does not fit, moved by the next ones, closed by a match.

The rules stand in app/domain/nik/cases.py. Here they meet the tables: `follow` after each verdict,
`wake` when its moment has come, `ask_again` when the person presses the button.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import structlog
from sqlalchemy import delete, func, select

from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.nik import cases
from app.domain.nik.cases import Case, NikCaseState, NikClosedBecause, NikEscalatedBecause, NikWake
from app.domain.nik.spellings import VARIANTS_AT_MOST, name_variants
from app.domain.nik.verdict import Field, NikClass, RegistryFault
from app.domain.written.case_number import new_case_number
from app.domain.written.person import Sex
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier, Job, NikCheck
from app.models.nik_case import NikCase
from app.services import dossiers, events, jobs, nik_checks, registry_watch
from app.services.jobs import JobKind

SHOWN_ATTEMPTS = 8

_log = structlog.get_logger(__name__)


class NotHere(Exception):
    """There is no case in which the person may have the registry asked again."""


def case_of(dossier: Dossier) -> NikCase | None:
    """Return the case of a dossier that is not closed."""
    query = select(NikCase).where(NikCase.dossier_id == dossier.id, NikCase.closed_at.is_(None))
    return db.session.scalar(query)


def find(number: str) -> NikCase | None:
    """Return the case with this number (8 digits)."""
    return db.session.scalar(select(NikCase).where(NikCase.number == number))


def follow(
    dossier: Dossier, nik_class: NikClass, now: datetime | None = None, *, asked: bool = True
) -> NikCase | None:
    """Open, move or close the case of a dossier after a verdict, in the caller's transaction.

    asked: the registry gave it; False for a number that no registry need be asked about.

    Returns the case, closed or not; None where there is nothing to follow.
    """
    now = now or datetime.now(UTC)
    if asked:
        registry_watch.answered(now)
    row = case_of(dossier)
    if row is None:
        return None if nik_class is NikClass.MATCH else _open(dossier, nik_class, now)
    before = facts_of(row)
    write_case(dossier, row, before, cases.after_verdict(before, nik_class, now))
    _plan_wake(row)
    return row


def registry_silent(
    dossier: Dossier, check: NikCheck, cause: RegistryFault | None, now: datetime | None = None
) -> NikCase | None:
    """Note a call without a verdict; after a day it becomes a case, so that an officer may look.

    Returns the case, if there is one.
    """
    now = now or datetime.now(UTC)
    registry_watch.failed(cause or RegistryFault.UNREADABLE, now)
    row = case_of(dossier)
    if row is None and now - check.asked_at >= cases.PENDING_BECOMES_CASE_AFTER:
        return _open(dossier, NikClass.PENDING, now)
    return row


def identity_asked(dossier: Dossier, now: datetime | None = None) -> None:
    """Close the case when the identity that is about to be checked has another NIK."""
    row = case_of(dossier)
    if row is not None and row.nik_index != _nik_index(dossier):
        close(row, NikClosedBecause.CHANGED_IDENTITY, now)


def close(row: NikCase, because: NikClosedBecause, now: datetime | None = None) -> None:
    """Close a case.

    Raises rules.CaseClosed when it is closed already.
    """
    now = now or datetime.now(UTC)
    before = facts_of(row)
    write_case(row.dossier, row, before, cases.close(before, because, now))
    _plan_wake(row)


def ask_again(dossier: Dossier, now: datetime | None = None) -> Job | None:
    """Have the registry asked again about the same data, because the person wants it.

    Pressed twice, the second finds the check of the first: no one-time key is needed.

    Raises NotHere; rules.AskedTooOften.
    """
    now = now or datetime.now(UTC)
    row = case_of(dossier)
    waiting = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    if waiting is not None:
        return waiting
    if row is None or not cases.RULES[NikClass(row.nik_class)].may_ask_again:
        raise NotHere
    cases.check_may_ask_again([check.asked_at for check in dossier.nik_checks], now)
    row.next_check_at = None  # the verdict of this check sets the next moment
    _plan_wake(row)
    return nik_checks.plan(dossier)


def may_ask_again(dossier: Dossier, row: NikCase, now: datetime | None = None) -> datetime | None:
    """Return from when on the person may have the registry asked again; None when never."""
    now = now or datetime.now(UTC)
    if not cases.RULES[NikClass(row.nik_class)].may_ask_again:
        return None
    try:
        cases.check_may_ask_again([check.asked_at for check in dossier.nik_checks], now)
    except cases.AskedTooOften as error:
        return error.until
    return now


def next_check_at(dossier: Dossier, row: NikCase | None) -> datetime | None:
    """Return when the registry is asked next by itself: about a silent check or for the case."""
    waiting = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    if waiting is not None:
        return waiting.due_at
    return row.next_check_at if row is not None else None


def attempts(dossier: Dossier) -> list[NikCheck]:
    """Return the newest checks of a dossier, the newest first: when, and what came of it."""
    return list(reversed(dossier.nik_checks[-SHOWN_ATTEMPTS:]))


def paused_until(dossier: Dossier, now: datetime | None = None) -> datetime | None:
    """Return until when the registry is not asked about this NIK, because somebody guesses."""
    now = now or datetime.now(UTC)
    query = (
        select(NikCheck.answered_at)
        .join(Applicant, Applicant.dossier_id == NikCheck.dossier_id)
        .where(
            Applicant.nik_index == dossier.applicant.nik_index,
            NikCheck.nik_class.in_(sorted(cases.TELLING_CLASSES)),
            NikCheck.answered_at > now - cases.GUESSED_WITHIN,
        )
        .order_by(NikCheck.answered_at.desc())
        .limit(cases.GUESSES_AT_MOST)
    )
    moments = [moment for moment in db.session.scalars(query) if moment is not None]
    return cases.guessing_paused_until(moments, now)


def spellings(dossier: Dossier) -> tuple[str, ...]:
    """Return other spellings of the name as typed, where the name is what does not fit.

    What was tried before is left out: the checks keep a keyed digest of what they compared.
    """
    check, who = nik_checks.current(dossier), dossier.applicant
    if check is None or Field.NAME not in check.fields or dossier.sent_at is not None:
        return ()
    nik, sex = known(who.nik), Sex(known(who.sex))
    born = date.fromisoformat(known(who.birth_date))
    tried = {each.identity_index for each in dossier.nik_checks}
    found = (
        spelling
        for spelling in name_variants(known(who.name), at_most=2 * VARIANTS_AT_MOST)
        if dossiers.identity_index(nik, spelling, born, sex) not in tried
    )
    return tuple(islice(found, VARIANTS_AT_MOST))


def wake(dossier_id: int, now: datetime, *, running: Job | None = None) -> tuple[NikWake, ...]:
    """Do what is due with the case of a dossier: expire, escalate, check again.

    running: the job in which this happens; the next moment then gets a job of its own. Safe to be
    called at any time and again. Returns what was done.
    """
    dossier = dossiers.take_to_change(dossier_id)
    row = case_of(dossier)
    if row is None:
        return ()
    before = facts_of(row)
    done, after = cases.woken(before, now)
    write_case(dossier, row, before, after)
    if NikWake.RECHECK in done:
        nik_checks.plan(dossier)
    _plan_wake(row, running)
    return done


@jobs.handles(JobKind.NIK_CASE)
def _wake(job: Job, budget_s: float) -> bool:
    assert job.dossier_id is not None
    wake(job.dossier_id, datetime.now(UTC), running=job)
    db.session.commit()
    return True


def forget_old(now: datetime, days: int) -> int:
    """Delete cases that were closed `days` ago or longer, with their attempts. Return how many.

    The newest check of a file stays: it says whether the NIK fits today.
    """
    before = now - timedelta(days=days)
    found = db.session.scalars(select(NikCase).where(NikCase.closed_at <= before)).all()
    for row in found:
        dossier = dossiers.take_to_change(row.dossier_id)
        newest = nik_checks.current(dossier)
        db.session.execute(
            delete(NikCheck).where(
                NikCheck.dossier_id == row.dossier_id,
                NikCheck.asked_at <= row.closed_at,
                NikCheck.id != (newest.id if newest else 0),
            )
        )
        db.session.delete(row)
        db.session.flush()
        db.session.expire(dossier, ["nik_checks"])
        events.record(dossier, EventKind.NIK_CASES_DELETED, count=1)
    registry_watch.forget_old(before)
    if found:
        _log.info("nik_cases_deleted", count=len(found), days=days)
    return len(found)


def listed(
    *, state: NikCaseState | None = None, nik_class: NikClass | None = None, limit: int = 200
) -> list[NikCase]:
    """Return cases that are not closed (or those of a state), the oldest first."""
    query = select(NikCase).order_by(NikCase.opened_at, NikCase.id).limit(limit)
    if state is None:
        query = query.where(NikCase.closed_at.is_(None))
    else:
        query = query.where(NikCase.state == state)
    if nik_class is not None:
        query = query.where(NikCase.nik_class == nik_class)
    return list(db.session.scalars(query))


def counts() -> Mapping[tuple[NikClass, NikCaseState], int]:
    """Return how many cases there are of each class and state, closed ones included."""
    query = select(NikCase.nik_class, NikCase.state, func.count()).group_by(
        NikCase.nik_class, NikCase.state
    )
    return {
        (NikClass(nik_class), NikCaseState(state)): number
        for nik_class, state, number in db.session.execute(query)
    }


def _open(dossier: Dossier, nik_class: NikClass, now: datetime) -> NikCase:
    def digits(count: int) -> str:
        return "".join(str(secrets.randbelow(10)) for _ in range(count))

    number = new_case_number(digits)
    while find(number) is not None:
        number = new_case_number(digits)
    row = NikCase(number=number, dossier_id=dossier.id, nik_index=_nik_index(dossier))
    row.dossier = dossier
    case = cases.open_case(nik_class, now)
    _put(row, case)
    db.session.add(row)
    db.session.flush()
    events.record(dossier, EventKind.NIK_CASE_OPENED, case=number, nik_class=str(nik_class))
    _say_escalated(dossier, row, case)
    _plan_wake(row)
    return row


def _nik_index(dossier: Dossier) -> bytes:
    return vault.index(known(dossier.applicant.nik), "nik_cases.nik")


_ENUMS = {
    "nik_class": NikClass,
    "state": NikCaseState,
    "escalated_because": NikEscalatedBecause,
    "closed_because": NikClosedBecause,
}


def facts_of(row: NikCase) -> Case:
    """Return what the rules need to know of a row."""
    values = {each.name: getattr(row, each.name) for each in fields(Case)}
    for name, kind in _ENUMS.items():
        if values[name] is not None:
            values[name] = kind(values[name])
    return Case(**values)


def _put(row: NikCase, case: Case) -> None:
    for each in fields(Case):
        value = getattr(case, each.name)
        setattr(row, each.name, str(value) if each.name in _ENUMS and value else value)


def write_case(dossier: Dossier, row: NikCase, before: Case, after: Case) -> None:
    """Keep a case as it is now, and record what changed about it."""
    _put(row, after)
    db.session.flush()
    number = row.number
    if after.state is NikCaseState.CLOSED:
        if before.state is not NikCaseState.CLOSED:
            because = str(after.closed_because)
            events.record(dossier, EventKind.NIK_CASE_CLOSED, case=number, because=because)
        return
    if after.nik_class is not before.nik_class:
        events.record(
            dossier, EventKind.NIK_CASE_MOVED, case=number, nik_class=str(after.nik_class)
        )
    if after.escalated_at != before.escalated_at:
        _say_escalated(dossier, row, after)


def _say_escalated(dossier: Dossier, row: NikCase, case: Case) -> None:
    if case.state is not NikCaseState.ESCALATED:
        return
    because = str(case.escalated_because)
    events.record(dossier, EventKind.NIK_CASE_ESCALATED, case=row.number, because=because)
    _log.warning("nik_case_escalated", case=row.number, because=because)


def _plan_wake(row: NikCase, running: Job | None = None) -> None:
    """Have exactly one open job for the next moment of a case, none once it is closed."""
    at = cases.wake_at(facts_of(row))
    query = select(Job).where(
        Job.kind == JobKind.NIK_CASE, Job.dossier_id == row.dossier_id, Job.done_at.is_(None)
    )
    if running is not None:
        query = query.where(Job.id != running.id)
    job = db.session.scalar(query.limit(1))
    if at is None:
        if job is not None:
            job.done_at = row.closed_at
    elif job is None:
        jobs.plan(JobKind.NIK_CASE, row.dossier_id, at)
    else:
        job.due_at = at
    db.session.flush()
