"""Planning a comparison of a NIK with the civil registry."""

from __future__ import annotations

import structlog

from app import clock, modes
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.nik.number import is_well_formed
from app.domain.nik.verdict import NikClass, Verdict
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier, Job, NikCheck
from app.services.base import events, jobs, touched
from app.services.base.jobs import JobKind
from app.services.messages import outbox
from app.services.nik import cases, standing
from app.services.nik.standing import current, query_of

_log = structlog.get_logger(__name__)


def plan(dossier: Dossier) -> Job | None:
    """Ask for a check of the identity as it now stands, in the caller's transaction.

    Returns the job to run; None where staff compare, since nobody need ask again and again.
    """
    cases.identity_asked(dossier)
    query = query_of(dossier)
    index = standing.identity_index(query.nik, query.name, query.birth_date, query.sex)
    newest = current(dossier)
    waiting = newest is not None and newest.answered_at is None
    if not (waiting and newest is not None and newest.identity_index == index):
        dossier.nik_checks.append(
            NikCheck(
                attempt=newest.attempt + 1 if newest else 1,
                identity_index=index,
                nik_class=NikClass.PENDING,
                fields=[],
                asked_at=clock.now(),
            )
        )
        db.session.flush()
        touched.note(dossier.id)
    if not is_well_formed(query.nik, today=clock.today()):
        # A misprinted card: nobody is asked about what cannot be a NIK, so nobody waits for that.
        note_verdict(dossier, known(current(dossier)), Verdict(NikClass.FORMAT), by="rules")
        return None
    if modes.nik_by_staff():
        return None
    return jobs.open_job(JobKind.NIK_CHECK, dossier.id) or jobs.plan(JobKind.NIK_CHECK, dossier.id)


def note_verdict(dossier: Dossier, check: NikCheck, verdict: Verdict, **how: str) -> None:
    """Keep a verdict, move the case of the number and tell the person."""
    check.nik_class = verdict.nik_class
    check.fields = [str(field) for field in verdict.mismatched_fields]
    check.answered_at = clock.now()
    events.record(dossier, EventKind.NIK_CHECKED, nik_class=str(verdict.nik_class), **how)
    cases.follow(dossier, verdict.nik_class, asked=how.get("by") != "rules")
    _tell(dossier, check)


def _tell(dossier: Dossier, check: NikCheck) -> None:
    """Write to the person unless they are looking at the page that shows the answer."""
    waited = any(
        event.kind == EventKind.NIK_CHECK_POSTPONED and event.at >= check.asked_at
        for event in dossier.events
    )
    if waited or dossier.sent_at is not None:
        fits = check.nik_class == NikClass.MATCH
        kind = MessageKind.NIK_OK if fits else MessageKind.NIK_TROUBLE
        outbox.announce(dossier, kind, dedupe=str(check.attempt))
