"""Having the registry asked again: when it may be, what was tried, when it is next."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice

from sqlalchemy import select

from app import clock
from app.domain.dossier.known import known
from app.domain.nik import cases
from app.domain.nik.cases import NikWake
from app.domain.nik.spellings import VARIANTS_AT_MOST, name_variants
from app.domain.nik.verdict import Field
from app.extensions import db
from app.models.dossier import Applicant, Dossier, Job, NikCheck
from app.models.nik_case import NikCase
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.nik import checks, standing
from app.services.nik.cases import case_of, facts_of, plan_wake, write_case

SHOWN_ATTEMPTS = 8


class NotHere(Exception):
    """There is no case in which the person may have the registry asked again."""


def ask_again(dossier: Dossier, now: datetime | None = None) -> Job | None:
    """Have the registry asked again about the same data, because the person wants it.

    Pressed twice, the second finds the check of the first: no one-time key is needed.

    Raises NotHere; rules.AskedTooOften.
    """
    now = now or clock.now()
    row = case_of(dossier)
    waiting = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    if waiting is not None:
        return waiting
    if row is None or not cases.RULES[row.nik_class].may_ask_again:
        raise NotHere
    cases.check_may_ask_again([check.asked_at for check in dossier.nik_checks], now)
    row.next_check_at = None  # the verdict of this check sets the next moment
    plan_wake(row)
    return checks.plan(dossier)


def may_ask_again(dossier: Dossier, row: NikCase, now: datetime | None = None) -> datetime | None:
    """Return from when on the person may have the registry asked again; None when never."""
    now = now or clock.now()
    if not cases.RULES[row.nik_class].may_ask_again:
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
    now = now or clock.now()
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
    check, who = standing.current(dossier), dossier.applicant
    if check is None or Field.NAME not in check.fields or dossier.sent_at is not None:
        return ()
    nik, sex = known(who.nik), known(who.sex)
    born = date.fromisoformat(known(who.birth_date))
    tried = {each.identity_index for each in dossier.nik_checks}
    variants = (
        spelling
        for spelling in name_variants(known(who.name), at_most=2 * VARIANTS_AT_MOST)
        if standing.identity_index(nik, spelling, born, sex) not in tried
    )
    return tuple(islice(variants, VARIANTS_AT_MOST))


def wake(dossier_id: int, now: datetime, *, running: Job | None = None) -> tuple[NikWake, ...]:
    """Do what is due with the case of a dossier: expire, escalate, check again.

    running: the job in which this happens; the next moment then gets a job of its own. Safe to be
    called at any time and again. Returns what was done.
    """
    dossier = opening.take_to_change(dossier_id)
    row = case_of(dossier)
    if row is None:
        return ()
    before = facts_of(row)
    done, after = cases.woken(before, now)
    write_case(dossier, row, before, after)
    if NikWake.RECHECK in done:
        checks.plan(dossier)
    plan_wake(row, running)
    return done
