"""Licences of a dossier: taken over from OSS, and every news about them kept.

Whoever changes a licence holds the dossier (`dossiers.take_to_change`), so that two news about one
licence are judged one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from app.adapters.licensing import LicenceResult
from app.domain.calendar import WIT, WorkingCalendar
from app.domain.clock import Clocks, clocks_of
from app.domain.corrections import CorrectionItem, ReturnReason
from app.domain.events import EventKind
from app.domain.messages import MessageKind
from app.domain.oss_codes import LicenceStatus, ProductType
from app.domain.risk import LicenceProduct, RiskLevel, issued_automatically, products_for
from app.domain.verification import (
    FINAL,
    GRANTED,
    RETURNED,
    PublicState,
    StatusSource,
    WhoActs,
    may_follow,
    public_state,
    who_acts,
)
from app.extensions import db
from app.models.dossier import Activity, Dossier
from app.models.licence import Correction, Licence, LicenceEvent
from app.services import events, messages
from app.services.answers import known
from app.services.reference import get_book

WORKING_DAYS = "Hari"  # as the rules write it; other units cannot be counted


class UnknownLicence(Exception):
    """The dossier has no licence with this id_izin."""


def of(dossier: Dossier) -> list[Licence]:
    """Return the licences of a dossier in the order in which OSS named them."""
    query = select(Licence).where(Licence.dossier_id == dossier.id).order_by(Licence.id)
    return list(db.session.scalars(query))


def find(dossier: Dossier, id_izin: str) -> Licence:
    """Return one licence of a dossier. Raises UnknownLicence."""
    query = select(Licence).where(Licence.dossier_id == dossier.id, Licence.id_izin == id_izin)
    found = db.session.scalar(query)
    if found is None:
        raise UnknownLicence(id_izin)
    return found


def keep(dossier: Dossier, results: Sequence[LicenceResult], *, at: datetime) -> bool:
    """Take over what OSS holds: new licences, new numbers and dates, new statuses.

    at: when OSS was asked, since its answer names no moment of a status. OSS repeats itself until
    something happens there, and gives back what we told it; neither is news. Returns whether a
    status changed.
    """
    changed = False
    rows = {licence.id_izin: licence for licence in of(dossier)}
    for place, result in enumerate(results):
        row = rows.get(result.id_izin)
        if row is None:
            row = rows[result.id_izin] = _add(dossier, place, result)
        row.kd_izin = result.kd_izin
        row.id_proyek = result.id_proyek or row.id_proyek
        row.number = result.nomor_izin or row.number
        row.issued_on = result.tgl_terbit or row.issued_on
        row.authority = result.authority or row.authority
        since = [event for event in row.events if event.number >= row.heard_number]
        echoed = next((event for event in since if event.status == result.status), None)
        if echoed is None:
            changed |= record_status(
                dossier, result.id_izin, result.status, at=at, source=StatusSource.OSS
            )
            echoed = row.events[-1]
        row.heard_number = echoed.number
    return changed


def _add(dossier: Dossier, place: int, result: LicenceResult) -> Licence:
    # OSS lists licences in the order of the activities; one more than there are belongs to the last
    activity = dossier.activities[min(place, len(dossier.activities) - 1)]
    for row in of(dossier):
        if row.id_izin == _expected_id(activity) and row.product == result.product:
            row.id_izin = result.id_izin  # what a person has entered about it so far stays
            return row
    days, unit = (None, None) if result.product is None else days_of(activity)
    row = Licence(
        handover_id=known(dossier.handover).id,
        dossier_id=dossier.id,
        activity_position=activity.position,
        id_izin=result.id_izin,
        kd_izin=result.kd_izin,
        product=result.product,
        status="",
        heard_number=0,
        told_number=0,
        days=days,
        days_unit=unit,
        events=[],
    )
    db.session.add(row)
    db.session.flush()
    return row


_NOT_READ_YET = frozenset(
    {
        LicenceStatus.REQUIREMENTS_FILLED,
        LicenceStatus.COMPLETE,
        LicenceStatus.INCOMPLETE,
        LicenceStatus.COMMITMENT,
    }
)


def takes_papers(dossier: Dossier) -> bool:
    """Say whether an office will verify a licence and has not begun to read its papers."""
    return any(
        LicenceStatus(row.status) in _NOT_READ_YET and needs_office(row, dossier)
        for row in of(dossier)
    )


def _expected_id(activity: Activity) -> str:
    return f"kegiatan-{activity.position + 1}"


_PRODUCTS = {
    RiskLevel.MEDIUM_HIGH: ProductType.STANDARD_CERTIFICATE,
    RiskLevel.HIGH: ProductType.PERMIT,
}


def expect(dossier: Dossier, *, at: datetime) -> None:
    """Note the licences that an office must still verify, where OSS has not told us of them.

    A person who files at oss.go.id sees there how each of them stands, and can enter it here. Their
    numbers at OSS are not known; what OSS tells later takes their place.
    """
    known_positions = {row.activity_position for row in of(dossier) if row.product is not None}
    for activity in dossier.activities:
        product = _PRODUCTS.get(RiskLevel(activity.risk)) if activity.risk else None
        if product is None or activity.position in known_positions:
            continue
        days, unit = days_of(activity)
        row = Licence(
            handover_id=known(dossier.handover).id,
            dossier_id=dossier.id,
            activity_position=activity.position,
            id_izin=_expected_id(activity),
            kd_izin="",
            product=product,
            status="",
            heard_number=0,
            told_number=0,
            days=days,
            days_unit=unit,
            events=[],
        )
        db.session.add(row)
        db.session.flush()
        record_status(
            dossier,
            row.id_izin,
            LicenceStatus.REQUIREMENTS_FILLED,
            at=at,
            source=StatusSource.PERSON,
        )


def needs_office(licence: Licence, dossier: Dossier) -> bool:
    """Say whether an authority decides about this licence (medium-high and high risk)."""
    if licence.product is None:
        return False
    risk = risk_of(licence, dossier)
    return risk is not None and not issued_automatically(risk)


def risk_of(licence: Licence, dossier: Dossier) -> RiskLevel | None:
    """Return the risk of the licence's activity, as it was sent."""
    for activity in dossier.activities:
        if activity.position == licence.activity_position and activity.risk:
            return RiskLevel(activity.risk)
    return None


def days_of(activity: Activity) -> tuple[int | None, str | None]:
    """Return the days that the rules give the office, and their unit; (None, None) if not known.

    Known only where every row in question names the same (see domain.estimate).
    """
    if activity.kbli_code is None or activity.kbli_year is None:
        return None, None
    rows = [
        row
        for row in get_book().risk_rows(activity.kbli_code, activity.kbli_year)
        if row.size == activity.size
        and row.risk == activity.risk
        and (activity.scope_no is None or row.scope_no == activity.scope_no)
    ]
    spans = {(row.days, row.days_unit) for row in rows}
    if len(spans) != 1:
        return None, None
    days, unit = next(iter(spans))
    return (None, None) if days is None else (days, unit)


@dataclass(frozen=True)
class LicenceView:
    """One licence as a page shows it. Nothing in it is personal.

    history: every public state with its moment, the newest last. clock: None where no office
    decides. risk: None only where the dossier was never sent. reason: of the newest status.
    """

    licence: Licence
    risk: RiskLevel | None
    status: LicenceStatus
    state: PublicState
    who: WhoActs
    history: tuple[tuple[PublicState, datetime], ...]
    clock: Clocks | None
    reason: ReturnReason | None

    @property
    def kind(self) -> LicenceProduct | None:
        """Return what the licence is called; None for a kind that has no words here."""
        by_risk = products_for(self.risk)[-1] if self.risk else LicenceProduct.NIB
        if self.licence.product in {ProductType.STANDARD_CERTIFICATE, ProductType.PERMIT}:
            return by_risk
        return LicenceProduct.NIB if self.licence.product is None else None

    @property
    def is_granted(self) -> bool:
        """Say whether the licence is there."""
        return self.status in GRANTED

    @property
    def is_final(self) -> bool:
        """Say whether nothing more comes."""
        return self.status in FINAL


def views(dossier: Dossier, now: datetime) -> list[LicenceView]:
    """Return the licences of a dossier for a page."""
    found = []
    for row in of(dossier):
        status = LicenceStatus(row.status)
        past = sorted(row.events, key=lambda event: (event.at, event.number))
        clock = None
        if needs_office(row, dossier):
            clock = clocks_of(
                [(LicenceStatus(event.status), event.at) for event in past],
                row.days if row.days_unit == WORKING_DAYS else None,
                *calendars_around(now),
                now,
            )
        found.append(
            LicenceView(
                licence=row,
                risk=risk_of(row, dossier),
                status=status,
                state=public_state(status),
                who=who_acts(status),
                history=tuple((public_state(LicenceStatus(e.status)), e.at) for e in past),
                clock=clock,
                reason=ReturnReason(past[-1].reason_code) if past[-1].reason_code else None,
            )
        )
    return found


def calendars_around(moment: datetime) -> tuple[WorkingCalendar, WorkingCalendar]:
    """Return the working days of OSS and of the office around a moment.

    The years before and after are in it: a term may cross a New Year.
    """
    book, first, last = get_book(), moment.year - 1, moment.year + 1
    return (
        WorkingCalendar(book.national_holidays(first, last)),
        WorkingCalendar(book.holidays(first, last)),
    )


def record_status(
    dossier: Dossier,
    id_izin: str,
    status: LicenceStatus,
    *,
    at: datetime,
    source: StatusSource,
    reasons: Sequence[CorrectionItem] = (),
) -> bool:
    """Keep news about one licence. Returns whether the licence now has another status.

    at: when it happened, as the source says (aware).

    News that is already known changes nothing. News older than what is known is kept in the
    history and does not touch the status. A jump that is no known step is taken and marked.

    Raises UnknownLicence.
    """
    licence = find(dossier, id_izin)
    past = list(licence.events)
    newest = max(past, key=lambda event: (event.at, event.number)) if past else None
    if any(event.status == status and event.at == at for event in past):
        return False
    if newest is not None and newest.status == status:
        return False
    is_older = newest is not None and at < newest.at
    before = LicenceStatus(newest.status) if newest else None
    unexpected = not is_older and not may_follow(before, status)
    licence.events.append(
        LicenceEvent(
            number=len(past) + 1,
            status=status,
            at=at,
            recorded_at=datetime.now(UTC),
            source=source,
            unexpected=unexpected,
            reason_code=reasons[0].reason if reasons else None,
            targets=[str(item.target) for item in reasons if item.target is not None],
            note="\n".join(item.note for item in reasons if item.note) or None,
        )
    )
    if not is_older:
        licence.status = status
    db.session.flush()
    if not is_older and status not in RETURNED:
        _close_corrections(licence, at)
    told = past and source is not StatusSource.PERSON and needs_office(licence, dossier)
    if told and not is_older:
        _tell(dossier, licence, status, given_back=bool(reasons))
    events.record(
        dossier,
        EventKind.LICENCE_STATUS,
        id_izin=id_izin,
        status=str(status),
        source=str(source),
        **({"unexpected": True} if unexpected else {}),
        **({"older": True} if is_older else {}),
    )
    return not is_older


# What a change is told as. The first status comes together with the NIB, which is told itself; what
# an office gives back with reasons is told by the correction, which knows the last day to answer.
_TOLD_AS = {
    LicenceStatus.COMPLETE: MessageKind.STATUS_CHANGED,
    LicenceStatus.INCOMPLETE: MessageKind.RETURNED,
    LicenceStatus.INSPECTION: MessageKind.STATUS_CHANGED,
    LicenceStatus.CLARIFICATION: MessageKind.RETURNED,
    LicenceStatus.RECLARIFICATION: MessageKind.RETURNED,
    LicenceStatus.CLARIFIED: MessageKind.SENT_AGAIN,
    LicenceStatus.RECLARIFIED: MessageKind.SENT_AGAIN,
    LicenceStatus.PROVISIONAL: MessageKind.STATUS_CHANGED,
    LicenceStatus.APPROVED: MessageKind.APPROVED,
    LicenceStatus.DEEMED_APPROVED: MessageKind.APPROVED,
    LicenceStatus.WARNED: MessageKind.STATUS_CHANGED,
    LicenceStatus.SUSPENDED: MessageKind.STATUS_CHANGED,
    LicenceStatus.FINED: MessageKind.STATUS_CHANGED,
    LicenceStatus.REJECTED: MessageKind.REJECTED,
    LicenceStatus.REQUIREMENT_REJECTED: MessageKind.REJECTED,
}


def _tell(dossier: Dossier, licence: Licence, status: LicenceStatus, *, given_back: bool) -> None:
    kind = _TOLD_AS.get(status)
    if kind is None or (status in RETURNED and given_back):
        return
    messages.announce(dossier, kind, dedupe=f"{licence.id_izin} {len(licence.events)}")


def read_in_oss(dossier: Dossier, id_izin: str, status: LicenceStatus, *, on: date) -> bool:
    """Keep what the person read in OSS: OSS itself holds it, so it is told nothing about it.

    on: the day that OSS shows, which is all that it shows. On one day, what is told later comes
    after what is known already.

    Returns whether the licence now has another status. Raises UnknownLicence.
    """
    # Noon keeps it that day here and in Jakarta, and never the future.
    at = min(datetime.combine(on, time(12), tzinfo=WIT).astimezone(UTC), datetime.now(UTC))
    newest = max((event.at for event in find(dossier, id_izin).events), default=at)
    if newest.astimezone(WIT).date() == on:
        at = max(at, newest)
    changed = record_status(dossier, id_izin, status, at=at, source=StatusSource.PERSON)
    if changed:
        licence = find(dossier, id_izin)
        licence.heard_number = licence.events[-1].number
    return changed


def _close_corrections(licence: Licence, at: datetime) -> None:
    """The office went on, so what it had given back is no longer waited for."""
    query = select(Correction).where(
        Correction.licence_id == licence.id, Correction.closed_at.is_(None)
    )
    for correction in db.session.scalars(query):
        correction.closed_at = at
        correction.outcome = "closed"
