"""Perbaikan: an office gives a dossier back, the person mends what it named and sends it again.

Both versions of every answer stay. Whoever calls these holds the dossier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask_babel import force_locale, get_locale
from sqlalchemy import select

from app.domain.dossier.events import EventKind
from app.domain.dossier.journey import StepName, Stop, first_unanswered
from app.domain.dossier.known import MissingAnswer, known
from app.domain.law.calendar import local_date
from app.domain.licence.clock import end_of_term
from app.domain.licence.corrections import (
    MENDABLE,
    CorrectionItem,
    Hindrance,
    PaperTarget,
    ReturnReason,
    StepTarget,
    parse_target,
    rule_of,
)
from app.domain.licence.status import FINAL, RETURNED, StatusSource
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LicenceStatus
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.i18n import LANGUAGES
from app.models.dossier import Dossier, Job
from app.models.licence import Correction, CorrectionTarget, Licence
from app.services import (
    dossiers,
    estimates,
    events,
    finder_learning,
    jobs,
    licence_reports,
    licences,
    messages,
    nik_checks,
)
from app.services.answers import activity_at
from app.services.change_gate import open_corrections, open_items
from app.services.jobs import JobKind
from app.services.reference_book import get_book
from app.services.summary import summary_of

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
    for licence in licences.of(dossier):
        if licences.needs_office(licence, dossier) and licence.status not in FINAL:
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
    licence = licences.find(dossier, id_izin) if id_izin else waiting_licence(dossier)
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
    now = at or datetime.now(UTC)
    status = LicenceStatus.RECLARIFICATION if anew else LicenceStatus.CLARIFICATION
    licences.record_status(dossier, licence.id_izin, status, at=now, source=by, reasons=items)
    if answer_days is None:
        named = [rule_of(item.reason).answer_working_days for item in items]
        answer_days = max((days for days in named if days is not None), default=None)
    until = None
    if answer_days is not None:
        until = end_of_term(now, answer_days, *licences.calendars_around(now)).astimezone(UTC)
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
        messages.announce(dossier, MessageKind.RETURNED, dedupe=dedupe)
        return correction
    jobs.plan(JobKind.CORRECTION_LATE, dossier.id, due_at=until)
    day = known(last_day(correction))
    messages.announce(dossier, MessageKind.RETURNED, dedupe=dedupe, until=day)
    remind_at = until - REMIND_BEFORE
    if remind_at > now:
        jobs.plan(JobKind.CORRECTION_REMINDER, dossier.id, due_at=remind_at)
    return correction


@jobs.handles(JobKind.CORRECTION_REMINDER)
def _remind(job: Job, _budget_s: float) -> bool:
    """Tell who has not answered yet that the last day comes near."""
    assert job.dossier_id is not None
    db.session.rollback()
    dossier = dossiers.take_to_change(job.dossier_id)
    for correction in open_corrections(dossier):
        day = last_day(correction)
        if day is not None:
            messages.announce(
                dossier, MessageKind.DEADLINE_SOON, dedupe=str(correction.id), until=day
            )
    db.session.commit()
    return True


def send_again(dossier: Dossier, *, by: StatusSource, at: datetime | None = None) -> None:
    """Send what was mended: status 42, or 44 after 43; the office's clock goes on.

    Every item must be ticked off and the dossier as complete as when it was first sent. Sending
    again when nothing is open changes nothing.

    Raises NotMended; TooLate when the term was over, with the rejection kept: commit it.
    """
    corrections = open_corrections(dossier)
    if not corrections:
        return
    now = at or datetime.now(UTC)
    if _reject_late(dossier, now):
        raise TooLate
    hindrance = hindrance_of(dossier)
    if hindrance is not None:
        raise NotMended(hindrance)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    estimates.drop_needless_declarations(dossier, whole)
    db.session.flush()
    finder_learning.note_corrected(dossier, [i for c in corrections for i in c.items], now)
    for correction in corrections:
        for item in correction.items:
            item.after = version_of(dossier, parse_target(item.target))
        correction.closed_at = now
        correction.outcome = "sent"
        was = LicenceStatus.of(correction.licence.status)
        licences.record_status(
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


def hindrance_of(dossier: Dossier) -> Hindrance | None:
    """Return what still keeps a mended dossier from being sent, None when nothing does."""
    if any(item.changed_at is None for item in open_items(dossier)):
        return Hindrance.ITEMS
    if first_unanswered(dossiers.answers_of(dossier)) is not None:
        return Hindrance.ANSWERS
    if nik_checks.current_class(dossier) is not NikClass.MATCH:
        return Hindrance.NIK
    whole = estimates.whole_of(dossier)
    if whole is None or estimates.obstacles(dossier, whole):
        return Hindrance.OTHER_LICENCE
    # Another risk leads to another licence: that is a new application, not a mended one. What was
    # rejected is not mended any more, so a slip in it must not hold up the others.
    same = zip(whole.parts, dossier.activities, strict=True)
    led_away = {activity.position for part, activity in same if part.found.risk != activity.risk}
    if led_away and led_away - _rejected_positions(dossier):
        return Hindrance.OTHER_LICENCE
    return None


def _rejected_positions(dossier: Dossier) -> set[int]:
    """Return the activities whose licence an office has rejected for good."""
    ended = {LicenceStatus.REJECTED, LicenceStatus.REQUIREMENT_REJECTED} & FINAL
    return {
        row.activity_position
        for row in licences.of(dossier)
        if row.status in ended and licences.needs_office(row, dossier)
    }


@jobs.handles(JobKind.CORRECTION_LATE)
def _end_late(job: Job, _budget_s: float) -> bool:
    """The time to answer is over."""
    assert job.dossier_id is not None
    db.session.rollback()
    dossier = dossiers.take_to_change(job.dossier_id)
    _reject_late(dossier, datetime.now(UTC))
    licence_reports.plan(dossier)
    db.session.commit()
    return True


def _reject_late(dossier: Dossier, now: datetime) -> bool:
    late = [c for c in open_corrections(dossier) if c.answer_until and c.answer_until <= now]
    for correction in late:
        correction.closed_at = now
        correction.outcome = "late"
        licences.record_status(
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


def version_of(dossier: Dossier, target: StepTarget | PaperTarget) -> str | None:
    """Return the answers of a target as they are now: raw, and as the person reads them."""
    if isinstance(target, PaperTarget):
        return None  # the files keep their own versions
    shown = {}
    for language in LANGUAGES:
        with force_locale(language):
            shown[language] = shown_now(dossier, target)
    return json.dumps({"answers": _raw(dossier, target), "shown": shown}, ensure_ascii=False)


_OF_PERSON: Mapping[StepName, tuple[str, ...]] = {
    StepName.IDENTITY: ("nik", "name", "birth_date", "sex"),
    StepName.PHONE: ("phone", "npwp", "email"),
    StepName.HOME: ("area_code", "area_text", "street", "rt_rw", "postcode"),
}
_OF_ENTITY: Mapping[StepName, tuple[str, ...]] = {
    StepName.ENTITY: (
        "name",
        "role",
        "registration_no",
        "registered_on",
        "npwp",
        "nitku",
        "parent_nib",
        "parent_name",
    ),
    StepName.DEED: ("deed_year", "deed_codes"),
}
_OF_ACTIVITY: Mapping[StepName, tuple[str, ...]] = {
    StepName.ACTIVITY: ("kbli_year", "kbli_code", "scope_no"),
    StepName.BUSINESS: ("trade_name", "description", "scope_no"),
    StepName.PLACE: ("village_code", "street", "rt_rw", "shared_premises", "position_code"),
    StepName.LAND: ("land_area", "land_unit", "land_status", "customary_land"),
    StepName.CAPITAL: ("land_idr", "building_idr", "machines_idr", "other_idr", "working_idr"),
    StepName.PRODUCTION: (
        "workers_male",
        "workers_female",
        "product",
        "capacity",
        "capacity_unit",
    ),
}


def _raw(dossier: Dossier, target: StepTarget) -> dict[str, object]:
    if target.step is StepName.DECLARATIONS:
        return {"kinds": sorted(given.kind for given in dossier.declarations)}
    if target.step is StepName.KIND:
        return {"legal_form": dossier.legal_form}
    row: object
    if target.step in _OF_PERSON:
        row, names = dossier.applicant, _OF_PERSON[target.step]
    elif target.step in _OF_ENTITY:
        row, names = dossier.entity, _OF_ENTITY[target.step]
    else:
        row = activity_at(dossier, target.position)
        names = _OF_ACTIVITY[target.step]
    values = {name: getattr(row, name, None) for name in names}
    return {n: str(v) if isinstance(v, Decimal | date) else v for n, v in values.items()}


def shown_now(dossier: Dossier, target: StepTarget) -> list[list[str]]:
    """Return the (question, answer) pairs of a step in the language in use."""
    stop = Stop(target.step, target.position)
    try:
        sections = summary_of(dossier, get_book())
    except MissingAnswer:  # a change left something open that the summary needs
        return []
    return [[q, a] for section in sections if section.stop == stop for q, a in section.rows]


@dataclass(frozen=True)
class ItemView:
    """One thing to mend, for a page. before, now: (question, answer) pairs; empty for papers."""

    item: CorrectionTarget
    target: StepTarget | PaperTarget
    reason: ReturnReason
    before: list[list[str]]
    now: list[list[str]]

    @property
    def differs(self) -> bool:
        """Say whether the answers are other ones than before."""
        return self.before != self.now


def view_items(dossier: Dossier, items: Sequence[CorrectionTarget]) -> list[ItemView]:
    """Return items with their answers before and now, in the language in use."""
    language = str(get_locale())
    found = []
    for item in items:
        target = parse_target(item.target)
        before: list[list[str]] = []
        now: list[list[str]] = []
        if isinstance(target, StepTarget):
            before = json.loads(item.before)["shown"].get(language, []) if item.before else []
            if item.after:
                now = json.loads(item.after)["shown"].get(language, [])
            elif item.changed_at is not None:
                now = shown_now(dossier, target)
        found.append(ItemView(item, target, ReturnReason(item.reason_code), before, now))
    return found


def last_day(correction: Correction) -> date | None:
    """Return the last day (WIT) for an answer, None where there is no term."""
    if correction.answer_until is None:
        return None
    # The term ends at midnight; its last day is the one before that.
    return local_date(correction.answer_until - timedelta(seconds=1))
