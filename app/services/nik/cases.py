"""NIK cases: opened by a verdict that does not fit, moved by the next ones, closed by a match.

The rules stand in app/domain/nik/cases.py. Here they meet the tables: `follow` after each verdict,
`wake` when its moment has come, `ask_again` when the person presses the button.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, select

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.nik import cases
from app.domain.nik.cases import Case, NikCaseState, NikClosedBecause
from app.domain.nik.verdict import NikClass, RegistryFault
from app.domain.written.case_number import new_case_number
from app.extensions import db, vault
from app.models.dossier import Dossier, Job, NikCheck
from app.models.nik_case import NikCase
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.nik import standing, watch

_log = structlog.get_logger(__name__)


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
    now = now or clock.now()
    if asked:
        watch.answered(now)
    row = case_of(dossier)
    if row is None:
        return None if nik_class is NikClass.MATCH else _open(dossier, nik_class, now)
    before = facts_of(row)
    write_case(dossier, row, before, cases.after_verdict(before, nik_class, now))
    plan_wake(row)
    return row


def registry_silent(
    dossier: Dossier, check: NikCheck, cause: RegistryFault | None, now: datetime | None = None
) -> NikCase | None:
    """Note a call without a verdict; after a day it becomes a case, so that an officer may look.

    Returns the case, if there is one.
    """
    now = now or clock.now()
    watch.failed(cause or RegistryFault.UNREADABLE, now)
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
    now = now or clock.now()
    before = facts_of(row)
    write_case(row.dossier, row, before, cases.close(before, because, now))
    plan_wake(row)


def forget_old(now: datetime, days: int) -> int:
    """Delete cases that were closed `days` ago or longer, with their attempts. Return how many.

    The newest check of a file stays: it says whether the NIK fits today.
    """
    before = now - timedelta(days=days)
    old_cases = db.session.scalars(select(NikCase).where(NikCase.closed_at <= before)).all()
    for row in old_cases:
        dossier = opening.take_to_change(row.dossier_id)
        newest = standing.current(dossier)
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
    watch.forget_old(before)
    if old_cases:
        _log.info("nik_cases_deleted", count=len(old_cases), days=days)
    return len(old_cases)


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
    return {(nik_class, state): number for nik_class, state, number in db.session.execute(query)}


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
    plan_wake(row)
    return row


def _nik_index(dossier: Dossier) -> bytes:
    return vault.index(known(dossier.applicant.nik), "nik_cases.nik")


def facts_of(row: NikCase) -> Case:
    """Return what the rules need to know of a row."""
    return Case(**{each.name: getattr(row, each.name) for each in fields(Case)})


def _put(row: NikCase, case: Case) -> None:
    for each in fields(Case):
        setattr(row, each.name, getattr(case, each.name))


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


def plan_wake(row: NikCase, running: Job | None = None) -> None:
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
