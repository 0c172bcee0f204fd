"""Comparing what OSS holds with what the person told us, once a NIB is known.

Statuses are taken over (services/licences); everything else that differs is kept as a difference
and shown, and no answer of the person is ever written over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, or_, select

from app.adapters.http import ServiceUnavailable
from app.adapters.licensing import LicensingResult, ProjectResult, Refused
from app.domain.events import EventKind
from app.domain.nib import NibDoubt, NibSource
from app.domain.reconciliation import (
    Difference,
    Discrepancy,
    Held,
    HeldActivity,
    Mender,
    compare,
    who_mends,
)
from app.extensions import db, ports
from app.models.dossier import Dossier, Handover, Job
from app.models.oss_notice import OssDifference
from app.services import dossiers, estimates, events, handovers, jobs, licence_news, licences
from app.services.reference import get_book

JOB = "reconcile"
FIRST_AFTER = timedelta(minutes=2)  # OSS looks through a new application for a moment
AGAIN_AFTER = timedelta(hours=6)  # while something differs


@dataclass(frozen=True, slots=True)
class Shown:
    """One open difference as a page says it. ours, theirs: "" where a side has none."""

    what: Discrepancy
    subject: str
    ours: str
    theirs: str
    mender: Mender
    found_at: datetime


def plan(dossier: Dossier, *, at: datetime | None = None) -> Job:
    """Ask for a comparison, in the caller's transaction. at: not before; None for at once.

    One that is planned already comes earlier if need be, and never later.
    """
    due_at = at or datetime.now(UTC)
    job = _waiting(dossier.id)
    if job is None:
        return jobs.plan(JOB, dossier.id, due_at)
    job.due_at = min(job.due_at, due_at)
    return job


def _waiting(dossier_id: int) -> Job | None:
    """Return the comparison that is planned and not under way."""
    query = select(Job).where(
        Job.kind == JOB,
        Job.dossier_id == dossier_id,
        Job.done_at.is_(None),
        or_(Job.claimed_until.is_(None), Job.claimed_until < datetime.now(UTC)),
    )
    return db.session.scalar(query.order_by(Job.id))


def open_differences(dossier: Dossier) -> list[Shown]:
    """Return what differs now, in the order in which it was found."""
    return [
        Shown(
            what=(what := Discrepancy(row.what)),
            subject=row.subject,
            ours=row.ours,
            theirs=row.theirs,
            mender=who_mends(what),
            found_at=row.found_at,
        )
        for row in _open_rows(dossier.id)
    ]


def differs(dossier: Dossier) -> bool:
    """Say whether anything is open."""
    return db.session.scalar(_open(dossier.id).limit(1)) is not None


def was_compared(dossier: Dossier) -> bool:
    """Say whether OSS was ever asked and answered about this dossier."""
    return any(event.kind == EventKind.COMPARED_WITH_OSS for event in dossier.events)


def _has_newer(handover: Handover) -> bool:
    """Say whether a later dossier of the same holder has the same NIB."""
    query = select(Handover.id).where(Handover.nib == handover.nib, Handover.id > handover.id)
    return db.session.scalar(query.limit(1)) is not None


@jobs.handles(JOB)
def _reconcile(job: Job, budget_s: float) -> bool:
    """Ask OSS once about a dossier's NIB. No transaction is open while it is asked."""
    assert job.dossier_id is not None
    handover = db.session.get_one(Dossier, job.dossier_id).handover
    nib, oss_id = (handover.nib, handover.oss_id) if handover is not None else (None, None)
    if handover is not None and _has_newer(handover):
        nib = None  # what OSS has now was told in another file, and would differ from this one
    db.session.rollback()
    if nib is None:
        return True
    try:
        result = ports.licensing.inquire_nib(nib=nib, oss_id=oss_id or "", budget_s=budget_s)
    except ServiceUnavailable:
        return False
    except Refused as refusal:
        if refusal.is_about_access:  # our own key or rights: try again once they are mended
            return False
        _doubt(job.dossier_id, nib)
        return True
    return _keep(job.dossier_id, nib, result)


def _doubt(dossier_id: int, nib: str) -> None:
    """OSS does not know the NIB that came in its own name: say so, until it does.

    One that the person told us is checked, and doubted, by services/nibs.
    """
    dossier = dossiers.take_to_change(dossier_id)
    handover = dossier.handover
    if (
        handover is None
        or handover.nib != nib
        or handover.nib_source != NibSource.OSS
        or handover.nib_confirmed_at is not None
    ):
        db.session.rollback()
        return
    if handover.nib_doubt is None:
        handover.nib_doubt = NibDoubt.UNKNOWN
        events.record(dossier, EventKind.NIB_DOUBTED, nib=nib, doubt=str(NibDoubt.UNKNOWN))
    plan(dossier, at=datetime.now(UTC) + AGAIN_AFTER)
    db.session.commit()


def _keep(dossier_id: int, nib: str, result: LicensingResult) -> bool:
    dossier = dossiers.take_to_change(dossier_id)
    handover = dossier.handover
    if handover is None or handover.nib != nib:
        # Corrected while OSS was asked: this answer is about the number before.
        db.session.rollback()
        return handover is None
    now = datetime.now(UTC)
    handover.oss_id = handover.oss_id or result.oss_id
    if result.nib_status is not None:
        handover.nib_status = str(result.nib_status)
    if handover.nib_source == NibSource.OSS and handover.nib_confirmed_at is None:
        # OSS called, and now it was asked itself. Whose a typed NIB is, services/nibs finds out.
        handover.nib_confirmed_at, handover.nib_doubt = now, None
        events.record(dossier, EventKind.NIB_CONFIRMED, nib=nib)
    licences.keep(dossier, result.licences, at=now)
    found = compare(_ours(dossier), _theirs(result))
    _keep_differences(dossier_id, found, now)
    # One of the events says since when; the same answer again and again is no news.
    facts = {"differences": sorted({str(each.what) for each in found})}
    told = [e for e in dossier.events if e.kind == EventKind.COMPARED_WITH_OSS]
    if not told or told[-1].facts != facts:
        events.record(dossier, EventKind.COMPARED_WITH_OSS, **facts)
    licence_news.plan(dossier, now)
    if found:
        plan(dossier, at=now + AGAIN_AFTER)
    db.session.commit()
    return True


def _open(dossier_id: int) -> Select[tuple[OssDifference]]:
    query = select(OssDifference).where(
        OssDifference.dossier_id == dossier_id, OssDifference.settled_at.is_(None)
    )
    return query.order_by(OssDifference.id)


def _open_rows(dossier_id: int) -> Sequence[OssDifference]:
    return db.session.scalars(_open(dossier_id)).all()


def _keep_differences(dossier_id: int, found: Iterable[Difference], now: datetime) -> None:
    """Keep what is new, settle what has gone, leave alone what is known already."""
    known = {(row.what, row.subject, row.ours, row.theirs): row for row in _open_rows(dossier_id)}
    for each in found:
        line = (str(each.what), each.subject, str(each.ours), str(each.theirs))
        if known.pop(line, None) is None:
            what, subject, ours, theirs = line
            db.session.add(
                OssDifference(
                    dossier_id=dossier_id,
                    what=what,
                    subject=subject,
                    ours=ours,
                    theirs=theirs,
                    found_at=now,
                )
            )
    for row in known.values():
        row.settled_at = now
    db.session.flush()


def _ours(dossier: Dossier) -> Held:
    """What we would hand over is what we hold."""
    sent = handovers.submission_of(dossier)
    return Held(
        activities=tuple(
            HeldActivity(
                code=each.kbli_code,
                codes=_codes_2025(each.kbli_code, each.kbli_year),
                size=sent.size,
                risk=each.risk,
                area_codes=(each.premises.area_code,),
            )
            for each in sent.activities
        ),
        entity_name=sent.entity.name if sent.entity else "",
        entity_npwp=sent.entity.npwp if sent.entity else "",
    )


def _theirs(result: LicensingResult) -> Held:
    return Held(
        activities=tuple(_their_activity(each) for each in result.projects),
        entity_name=result.entity.name if result.entity else "",
        entity_npwp=result.entity.npwp if result.entity else "",
    )


def _their_activity(project: ProjectResult) -> HeldActivity:
    return HeldActivity(
        code=project.kbli_code,
        codes=_codes_2025(project.kbli_code, project.kbli_year),
        size=project.size,
        risk=project.risk,
        area_codes=project.area_codes,
    )


def _codes_2025(code: str, year: int) -> frozenset[str]:
    """Return the codes of 2025 that a code may stand for: one of 2020 can have become several."""
    if year == estimates.KBLI_YEAR:
        return frozenset({code})
    became = frozenset(step.code_2025 for step in get_book().successors(code))
    return became or frozenset({code})
