"""Perbaikan: an office gives a dossier back, the person mends what it named and sends it again.

Both versions of every answer stay. Whoever calls these holds the dossier.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.law.calendar import local_date
from app.domain.licence.clock import end_of_term
from app.domain.licence.corrections import (
    MENDABLE,
    CorrectionItem,
    CorrectionOutcome,
    Hindrance,
    ReturnReason,
    StepTarget,
    parse_target,
    rule_of,
)
from app.domain.licence.status import FINAL, RETURNED, StatusSource
from app.domain.oss.codes import LicenceStatus
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier
from app.models.licence import Correction, CorrectionTarget, Licence
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import estimates
from app.services.kbli import learning
from app.services.licence import needed, standing, views
from app.services.licence.gate import hindrance_of, open_corrections
from app.services.mending.versions import version_of
from app.services.messages import outbox

REMIND_BEFORE = timedelta(days=2)


class CannotReturn(Exception):
    """This licence cannot be given back now, or not for this. `why` is a word for staff."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotMended(Exception):
    """The dossier cannot be sent again yet."""

    def __init__(self, why: Hindrance) -> None:
        super().__init__(why)
        self.why = why


class TooLate(Exception):
    """The time to answer was over; the licence is rejected for that."""


def past_corrections(dossier: Dossier) -> list[Correction]:
    """Return the corrections that are over, the newest first."""
    query = select(Correction).where(
        Correction.dossier_id == dossier.id, Correction.closed_at.is_not(None)
    )
    return list(db.session.scalars(query.order_by(Correction.id.desc())))


def waiting_licence(dossier: Dossier) -> Licence | None:
    """Return the licence that an office is still working on; the first where there are several."""
    for licence in standing.of(dossier):
        if needed.needs_office(licence, dossier) and licence.status not in FINAL:
            return licence
    return None


def return_for_correction(
    dossier: Dossier,
    items: Sequence[CorrectionItem],
    *,
    by: StatusSource,
    answer_days: int | None = None,
    id_izin: str | None = None,
    anew: bool = False,
    at: datetime | None = None,
) -> Correction:
    """Give the dossier back: status 41 (anew: 43), and only the targets may be changed.

    answer_days: working days to answer; None takes those of the law, where it names them, and else
        sets no term. id_izin: of the licence, None for the one that is being verified.

    Raises CannotReturn.
    """
    licence = standing.find(dossier, id_izin) if id_izin else waiting_licence(dossier)
    if licence is None or licence.status in FINAL:
        raise CannotReturn("no licence is being verified")
    if licence.status in RETURNED:
        raise CannotReturn("it was given back already")
    targets = [item.target for item in items if item.target is not None]
    if not items or len(targets) < len(items) or any(i.reason not in MENDABLE for i in items):
        raise CannotReturn("nothing that could be mended")
    positions = {activity.position for activity in dossier.activities}
    if any(isinstance(t, StepTarget) and t.position not in positions for t in targets):
        raise CannotReturn("no such activity")
    now = at or clock.now()
    status = LicenceStatus.RECLARIFICATION if anew else LicenceStatus.CLARIFICATION
    standing.record_status(dossier, licence.id_izin, status, at=now, source=by, reasons=items)
    if answer_days is None:
        named = [rule_of(item.reason).answer_working_days for item in items]
        answer_days = max((days for days in named if days is not None), default=None)
    until = None
    if answer_days is not None:
        until = end_of_term(now, answer_days, *views.calendars_around(now)).astimezone(UTC)
    correction = Correction(
        dossier_id=dossier.id,
        licence_id=licence.id,
        event_number=len(licence.events),
        opened_at=now,
        answer_until=until,
        items=[
            CorrectionTarget(
                target=str(target),
                reason_code=item.reason,
                note=item.note or None,
                before=version_of(dossier, target),
            )
            for item, target in zip(items, targets, strict=True)
        ],
    )
    db.session.add(correction)
    db.session.flush()
    events.record(
        dossier,
        EventKind.RETURNED,
        id_izin=licence.id_izin,
        reasons=[str(item.reason) for item in items],
        targets=[str(target) for target in targets],
    )
    dedupe = f"{licence.id_izin} {len(licence.events)}"
    if until is None:
        outbox.announce(dossier, MessageKind.RETURNED, dedupe=dedupe)
        return correction
    jobs.plan(JobKind.CORRECTION_LATE, dossier.id, due_at=until)
    day = known(last_day(correction))
    outbox.announce(dossier, MessageKind.RETURNED, dedupe=dedupe, until=day)
    remind_at = until - REMIND_BEFORE
    if remind_at > now:
        jobs.plan(JobKind.CORRECTION_REMINDER, dossier.id, due_at=remind_at)
    return correction


def send_again(dossier: Dossier, *, by: StatusSource, at: datetime | None = None) -> None:
    """Send what was mended: status 42, or 44 after 43; the office's clock goes on.

    Every item must be ticked off and the dossier as complete as when it was first sent. Sending
    again when nothing is open changes nothing.

    Raises NotMended; TooLate when the term was over, with the rejection kept: commit it.
    """
    corrections = open_corrections(dossier)
    if not corrections:
        return
    now = at or clock.now()
    if reject_late(dossier, now):
        raise TooLate
    hindrance = hindrance_of(dossier)
    if hindrance is not None:
        raise NotMended(hindrance)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    estimates.drop_needless_declarations(dossier, whole)
    db.session.flush()
    learning.note_corrected(dossier, [i for c in corrections for i in c.items], now)
    for correction in corrections:
        for item in correction.items:
            item.after = version_of(dossier, parse_target(item.target))
        correction.closed_at = now
        correction.outcome = CorrectionOutcome.SENT
        was = LicenceStatus.of(correction.licence.status)
        standing.record_status(
            dossier,
            correction.licence.id_izin,
            LicenceStatus.RECLARIFIED
            if was is LicenceStatus.RECLARIFICATION
            else LicenceStatus.CLARIFIED,
            at=now,
            source=by,
        )
    dossier.updated_at = now
    events.record(dossier, EventKind.SENT_AGAIN, items=len(corrections[0].items))


def reject_late(dossier: Dossier, now: datetime) -> bool:
    late = [c for c in open_corrections(dossier) if c.answer_until and c.answer_until <= now]
    for correction in late:
        correction.closed_at = now
        correction.outcome = CorrectionOutcome.LATE
        standing.record_status(
            dossier,
            correction.licence.id_izin,
            LicenceStatus.REJECTED,
            at=max(correction.answer_until or now, correction.opened_at),
            source=StatusSource.CLOCK,
            reasons=[
                CorrectionItem(parse_target(item.target), ReturnReason.LATE_REPLY)
                for item in correction.items
            ],
        )
        events.record(dossier, EventKind.ANSWER_LATE, id_izin=correction.licence.id_izin)
    return bool(late)


# Both versions


def last_day(correction: Correction) -> date | None:
    """Return the last day (WIT) for an answer, None where there is no term."""
    if correction.answer_until is None:
        return None
    # The term ends at midnight; its last day is the one before that.
    return local_date(correction.answer_until - timedelta(seconds=1))
