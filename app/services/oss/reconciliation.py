"""Comparing what OSS holds with what the person told us, once a NIB is known.

Statuses are taken over (services/licence); everything else that differs is kept as a difference
and shown, and no answer of the person is ever written over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, desc, func, or_, select

from app import clock
from app.adapters.http import ServiceUnavailable
from app.adapters.oss.port import Refused
from app.adapters.oss.results import LicensingResult, ProjectResult
from app.domain.dossier.events import EventKind
from app.domain.oss.codes import IN_FORCE, LicenceStatus
from app.domain.oss.nib import NibDoubt
from app.domain.oss.reconciliation import (
    Difference,
    Discrepancy,
    Held,
    HeldActivity,
    Mender,
    who_mends,
)
from app.domain.sending.messages import MessageKind
from app.extensions import db, ports
from app.models.dossier import Dossier, Event, Handover, Job
from app.models.oss_notice import OssDifference, OssNotice
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.licence import standing
from app.services.messages import outbox
from app.services.oss import submission
from app.services.reference import oss_areas

FIRST_AFTER = timedelta(minutes=2)  # OSS looks through a new application for a moment
AGAIN_AFTER = timedelta(hours=6)  # while something differs
WORDS_AT_MOST = 5  # statuses that we do not know, of which OSS is asked what they mean
PAPERS_AT_MOST = 5
_APPROVED = frozenset({LicenceStatus.APPROVED, LicenceStatus.DEEMED_APPROVED})

_log = structlog.get_logger(__name__)


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
    due_at = at or clock.now()
    job = _waiting(dossier.id)
    if job is None:
        return jobs.plan(JobKind.RECONCILE, dossier.id, due_at)
    job.due_at = min(job.due_at, due_at)
    return job


def _waiting(dossier_id: int) -> Job | None:
    """Return the comparison that is planned and not under way."""
    query = select(Job).where(
        Job.kind == JobKind.RECONCILE,
        Job.dossier_id == dossier_id,
        Job.done_at.is_(None),
        or_(Job.claimed_until.is_(None), Job.claimed_until < clock.now()),
    )
    return db.session.scalar(query.order_by(Job.id))


def open_differences(dossier: Dossier) -> list[Shown]:
    """Return what differs now, in the order in which it was found."""
    return [
        Shown(
            what=row.what,
            subject=row.subject,
            ours=row.ours,
            theirs=row.theirs,
            mender=who_mends(row.what),
            found_at=row.found_at,
        )
        for row in _open_rows(dossier.id)
    ]


def differs(dossier: Dossier) -> bool:
    """Return whether anything is open."""
    return db.session.scalar(_open(dossier.id).limit(1)) is not None


def was_compared(dossier: Dossier) -> bool:
    """Return whether OSS was ever asked and answered about this dossier."""
    return any(event.kind == EventKind.COMPARED_WITH_OSS for event in dossier.events)


def has_newer(handover: Handover) -> bool:
    """Return whether a later dossier of the same holder has the same NIB."""
    query = select(Handover.id).where(Handover.nib == handover.nib, Handover.id > handover.id)
    return db.session.scalar(query.limit(1)) is not None


def ask_oss(nib: str, oss_id: str, budget_s: float) -> LicensingResult:
    """Ask by both numbers, and by the NIB alone before it counts as unknown: oss_id may change."""
    try:
        return ports.licensing.inquire_nib(nib=nib, oss_id=oss_id, budget_s=budget_s)
    except Refused as refusal:
        if not oss_id or refusal.is_about_access:
            raise
        return ports.licensing.inquire_nib(nib=nib, budget_s=budget_s)


def with_words(result: LicensingResult, budget_s: float) -> LicensingResult:
    """Ask for OSS's own words where it writes a status that we do not know."""
    licences = []
    asked = 0
    for licence in result.licences:
        if licence.code and not licence.words and asked < WORDS_AT_MOST:
            asked += 1
            try:
                state = ports.licensing.check_licence_status(licence.id_izin, budget_s=budget_s)
            except (Refused, ServiceUnavailable):
                state = None
            if state is not None and state.code == licence.code:
                licence = replace(licence, words=state.words)
        licences.append(licence)
    return replace(result, licences=tuple(licences))


def with_papers(result: LicensingResult, known: frozenset[str], budget_s: float) -> LicensingResult:
    """Ask for the papers of what is approved (50, 57), where OSS gave no address with its answer.

    known: the id_izin of which the paper is known to be ready; these are not asked for again.
    """
    licences = []
    asked = 0
    for licence in result.licences:
        is_due = licence.status in _APPROVED and licence.product and not licence.file
        if is_due and licence.id_izin not in known and asked < PAPERS_AT_MOST:
            asked += 1
            try:
                address = ports.licensing.inquire_file(licence.id_izin, budget_s=budget_s)
            except (Refused, ServiceUnavailable):
                address = ""  # not signed yet
            licence = replace(licence, file=address)
        licences.append(licence)
    return replace(result, licences=tuple(licences))


def take_nib_status(dossier: Dossier, status: str) -> None:
    """Keep in which state OSS says the NIB is; tell the person and staff when it is not in force.

    status: a NibStatus, or a code that we do not know, as OSS wrote it. Of several files with one
    NIB the newest alone is told of by message.
    """
    handover = dossier.handover
    if handover is None or handover.nib_status == status:
        return
    before, handover.nib_status = handover.nib_status, str(status)
    if before is None and status in IN_FORCE:
        return
    told = events.record(dossier, EventKind.NIB_STATUS, nib=handover.nib or "", status=str(status))
    if status not in IN_FORCE:
        _log.warning("oss_nib_not_in_force", dossier=dossier.id, status=str(status))
    if not has_newer(handover):
        outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=f"nib_status {told.number}")


def files_with(nib: str) -> list[int]:
    """Return the files that have this NIB, the newest first; all are of one holder."""
    query = select(Handover.dossier_id).where(Handover.nib == nib).order_by(Handover.id.desc())
    return list(db.session.scalars(query))


def take_gone(dossier: Dossier) -> None:
    """Keep that OSS no longer finds a NIB that it had confirmed; tell the person and staff."""
    handover = dossier.handover
    if handover is None or handover.nib_doubt == NibDoubt.GONE:
        return
    handover.nib_confirmed_at, handover.nib_doubt = None, NibDoubt.GONE
    told = events.record(
        dossier, EventKind.NIB_DOUBTED, nib=handover.nib or "", doubt=str(NibDoubt.GONE)
    )
    _log.warning("oss_nib_gone", dossier=dossier.id)
    if not has_newer(handover):
        outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=f"nib_gone {told.number}")


def not_in_force() -> list[tuple[str, str, str, datetime]]:
    """Return the files whose NIB OSS holds as not in force, or no longer finds.

    Each as Nomor Bantuan, NIB, what OSS says (a code of annex 14, or "gone") and since when; the
    newest first. For staff: the person is told already.
    """
    kinds = (EventKind.NIB_STATUS, EventKind.NIB_DOUBTED)
    since = (
        select(func.max(Event.at))
        .where(Event.dossier_id == Handover.dossier_id, Event.kind.in_(kinds))
        .scalar_subquery()
    )
    query = (
        select(
            Dossier.support_number, Handover, func.coalesce(since, Handover.nib_at).label("since")
        )
        .join(Dossier, Dossier.id == Handover.dossier_id)
        .where(
            Handover.nib.is_not(None),
            or_(Handover.nib_status.not_in(IN_FORCE), Handover.nib_doubt == NibDoubt.GONE),
        )
        .order_by(desc("since"), Handover.id.desc())
    )
    return [
        (
            number,
            handover.nib or "",
            str(NibDoubt.GONE if handover.nib_doubt == NibDoubt.GONE else handover.nib_status),
            at,
        )
        for number, handover, at in db.session.execute(query)
    ]


def note_papers(dossier: Dossier, result: LicensingResult) -> None:
    """Note the signed papers of which OSS told us, or whose address it now gives."""
    query = select(OssNotice.id_izin, OssNotice.received_at).where(
        OssNotice.dossier_id == dossier.id, OssNotice.id_izin.is_not(None)
    )
    told = {row.id_izin: row.received_at for row in db.session.execute(query)}
    now = clock.now()
    with_file = {each.id_izin: now for each in result.licences if each.file and each.product}
    for id_izin, at in (with_file | told).items():
        standing.note_paper(dossier, id_izin, at=at)


def _open(dossier_id: int) -> Select[OssDifference]:
    query = select(OssDifference).where(
        OssDifference.dossier_id == dossier_id, OssDifference.settled_at.is_(None)
    )
    return query.order_by(OssDifference.id)


def _open_rows(dossier_id: int) -> Sequence[OssDifference]:
    return db.session.scalars(_open(dossier_id)).all()


def keep_differences(dossier_id: int, found: Iterable[Difference], now: datetime) -> None:
    """Keep what is new, settle what has gone, leave alone what is known already."""
    held = {(row.what, row.subject, row.ours, row.theirs): row for row in _open_rows(dossier_id)}
    for each in found:
        line = (each.what, each.subject, str(each.ours), str(each.theirs))
        if held.pop(line, None) is None:
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
    for row in held.values():
        row.settled_at = now
    db.session.flush()


def our_side(dossier: Dossier) -> Held:
    """What we would hand over is what we hold."""
    sent = submission.submission_of(dossier)
    return Held(
        activities=tuple(
            HeldActivity(
                code=each.kbli_code,
                codes=standing.kbli_forms_of(activity),
                size=sent.size,
                risk=each.risk,
                area_codes=oss_areas.both(each.premises.area_code),
            )
            for each, activity in zip(sent.activities, dossier.activities, strict=True)
        ),
        entity_name=sent.entity.name if sent.entity else "",
        entity_npwp=sent.entity.npwp if sent.entity else "",
    )


def their_side(result: LicensingResult) -> Held:
    return Held(
        activities=tuple(_their_activity(each) for each in result.projects),
        entity_name=result.entity.name if result.entity else "",
        entity_npwp=result.entity.npwp if result.entity else "",
    )


def _their_activity(project: ProjectResult) -> HeldActivity:
    return HeldActivity(
        code=project.kbli_code,
        codes=standing.kbli_forms(project),
        size=project.size,
        risk=project.risk,
        area_codes=tuple(form for code in project.area_codes for form in oss_areas.both(code)),
    )
