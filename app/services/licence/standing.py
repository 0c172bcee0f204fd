"""Licences of a dossier: taken over from OSS, and every news about them kept.

Whoever changes a licence holds the dossier (`opening.take_to_change`), so that two news about one
licence are judged one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from app import clock
from app.adapters.oss.results import LicenceResult, LicensingResult, ProjectResult
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.law.calendar import WIB, WIT
from app.domain.law.editions import KBLI_NOW
from app.domain.licence.corrections import CorrectionItem, CorrectionOutcome
from app.domain.licence.status import (
    RETURNED,
    StatusSource,
    may_follow,
)
from app.domain.oss.codes import LicenceStatus
from app.domain.oss.nib import NibDoubt, NibSource
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Activity, Dossier, Handover
from app.models.licence import Correction, Licence, LicenceEvent
from app.services.base import events
from app.services.licence import numbers
from app.services.licence.needed import BY_RISK, days_of, needs_office, product_of
from app.services.messages import outbox
from app.services.reference import oss_areas
from app.services.reference.book import get_book


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


def keep(dossier: Dossier, result: LicensingResult, *, at: datetime) -> bool:
    """Take over what OSS holds: new licences, new numbers and dates, new statuses.

    at: when OSS was asked, since its answer names no moment of a status: it may stand since OSS
    last told of the licence, or at first since the file was sent or the NIB given. OSS repeats
    itself until something happens there, and gives back what we told it; neither is news. A licence
    of an activity that the file does not have is not the file's. Returns whether a status changed.
    """
    changed = False
    for told in result.licences:
        if told.id_before:
            numbers.renumber(dossier, told.id_before, told.id_izin)
    result = replace(result, licences=tuple(numbers.in_use(dossier, result.licences)))
    _follow_new_numbers(dossier, result.licences)
    rows = {licence.id_izin: licence for licence in of(dossier)}
    owners = activities_of(dossier, result)
    for each in result.licences:
        row, activity = rows.get(each.id_izin), owners.get(each.id_izin)
        if row is None:
            if activity is None:
                continue
            row = rows[each.id_izin] = _add(dossier, activity, each)
        elif activity is not None and row.activity_position != activity.position:
            row.activity_position = activity.position
            row.days, row.days_unit = _days(activity, row.product)
        row.kd_izin = each.kd_izin or row.kd_izin
        row.id_proyek = each.id_proyek or row.id_proyek
        row.number = each.nomor_izin or row.number
        row.issued_on = each.tgl_terbit or row.issued_on
        row.authority = each.authority or row.authority
        status = each.code or each.status
        if status is None:
            continue  # OSS does not say where it stands; what is known stays
        since = [event for event in row.events if event.number >= row.heard_number]
        echoed = next((event for event in since if event.status == status), None)
        if echoed is None:
            since_when = row.heard_at or _begun(dossier, result)
            changed |= record_status(
                dossier,
                each.id_izin,
                status,
                at=at,
                not_before=since_when,
                source=StatusSource.OSS,
                words=each.words,
            )
            echoed = row.events[-1]
        elif is_told(echoed):
            echoed.seen_at = at  # OSS says what the person had told
        row.heard_number, row.heard_at = echoed.number, at
    return changed


def _begun(dossier: Dossier, result: LicensingResult) -> datetime | None:
    """Return the earliest moment at which a licence of this file can have moved at OSS."""
    given = datetime.combine(result.issued_on, time(), WIB) if result.issued_on else None
    return max((moment for moment in (dossier.sent_at, given) if moment), default=None)


def activities_of(dossier: Dossier, result: LicensingResult) -> dict[str, Activity]:
    """Return whose each licence is, by id_izin: by its activity at OSS, then by its code.

    Never by its place in the list, which OSS fills in any order. Left out is what belongs to none
    of the file's activities, or cannot be told. The NIB itself is the main activity's.
    """
    by_project = _activities_by_project(dossier, result)
    named = {project.id_proyek for project in result.projects}
    before = {row.id_izin: row.activity_position for row in of(dossier)}
    found: dict[str, Activity] = {}
    for each in result.licences:
        if each.id_proyek in by_project:
            found[each.id_izin] = by_project[each.id_proyek]
            continue
        fitting = list(dossier.activities)
        if each.kbli:
            fitting = [a for a in fitting if a.kbli_code == each.kbli]
        elif each.product is None:
            fitting = fitting[:1]
        elif each.id_izin in before or each.id_proyek in named:
            continue
        elif len(fitting) > 1:
            # Without a word on its activity, only the kind of paper can tell.
            fitting = [a for a in fitting if product_of(a) == each.product]
        if len(fitting) == 1:
            found[each.id_izin] = fitting[0]
    return found


def _activities_by_project(dossier: Dossier, result: LicensingResult) -> dict[str, Activity]:
    """Return which activity of the file each one of OSS is: as before, else by code and place."""
    left = list(dossier.activities)
    found: dict[str, Activity] = {}
    for narrow in (True, False):
        for project in result.projects:
            if not project.id_proyek or project.id_proyek in found:
                continue
            same = [a for a in left if kbli_forms(project) & kbli_forms_of(a)]
            if narrow:
                same = [a for a in same if _at(a, project)]
            if same:
                found[project.id_proyek] = same[0]
                left.remove(same[0])
    return found


def _at(activity: Activity, project: ProjectResult) -> bool:
    ours = activity.village_code or ""
    return any(ours in oss_areas.both(code) for code in project.area_codes)


def kbli_forms(project: ProjectResult) -> frozenset[str]:
    """Return the codes of 2025 that an activity of OSS may stand for.

    Where OSS does not say the edition, it may be either.
    """
    return _in_2025(project.kbli_code, project.kbli_year)


def kbli_forms_of(activity: Activity) -> frozenset[str]:
    """Return the codes of 2025 that an activity of the file stands for."""
    return _in_2025(activity.kbli_code or "", activity.kbli_year)


def _in_2025(code: str, year: int | None) -> frozenset[str]:
    """Return the codes of 2025 that a code may stand for: one of 2020 can have become several."""
    if year == KBLI_NOW:
        return frozenset({code})
    became = frozenset(step.code_2025 for step in get_book().successors(code))
    return became | {code} if year is None else became or frozenset({code})


def _follow_new_numbers(dossier: Dossier, results: Sequence[LicenceResult]) -> None:
    """OSS may give a licence another id_izin, such as when a higher authority takes it over.

    Taken as the same where, of one kind and one activity, one went and one came.
    """
    told = {each.id_izin for each in results}
    rows = of(dossier)
    known_ids = {row.id_izin for row in rows}
    came = [each for each in results if each.id_izin not in known_ids and each.id_proyek]
    gone = [row for row in rows if row.id_izin not in told and row.id_proyek]
    for each in came:
        alike = [r for r in gone if (r.id_proyek, r.kd_izin) == (each.id_proyek, each.kd_izin)]
        others = [c for c in came if (c.id_proyek, c.kd_izin) == (each.id_proyek, each.kd_izin)]
        if len(alike) == 1 and len(others) == 1:
            numbers.renumber(dossier, alike[0].id_izin, each.id_izin)


def is_told(event: LicenceEvent) -> bool:
    """Return whether only the person says this status: neither OSS nor staff have."""
    by_person = event.source == StatusSource.PERSON and event.seen_at is None
    return by_person and LicenceStatus.of(event.status) not in _SENT_BY_PERSON


_SENT_BY_PERSON = frozenset({LicenceStatus.CLARIFIED, LicenceStatus.RECLARIFIED})  # done here


def is_guess(event: LicenceEvent) -> bool:
    """Return whether a status is what we suppose of a licence that OSS has not told us of."""
    return event.number == 1 and event.source == StatusSource.PERSON


def newest_event(licence: Licence) -> LicenceEvent | None:
    """Return the event that gave a licence the status it has."""
    return max(licence.events, key=lambda event: (event.at, event.number), default=None)


def note_paper(dossier: Dossier, id_izin: str, *, at: datetime) -> bool:
    """Keep that OSS has the signed paper of a licence, and tell it once. False: not known here."""
    row = next((each for each in of(dossier) if each.id_izin == id_izin), None)
    if row is None:
        return False
    if row.paper_at is None:
        row.paper_at = at
        outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=f"paper {id_izin}")
    return True


def _days(activity: Activity, product: str | None) -> tuple[int | None, str | None]:
    """Return the days for the licence that the risk brings; of other papers none are known."""
    return days_of(activity) if product in BY_RISK else (None, None)


def _add(dossier: Dossier, activity: Activity, result: LicenceResult) -> Licence:
    for row in of(dossier):
        if row.id_izin == _expected_id(activity) and row.product == result.product:
            row.id_izin = result.id_izin  # what a person has entered about it so far stays
            return row
    days, unit = _days(activity, result.product)
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
    """Return whether an office will verify a licence and has not begun to read its papers."""
    return any(
        LicenceStatus.of(row.status) in _NOT_READ_YET and needs_office(row, dossier)
        for row in of(dossier)
    )


def _expected_id(activity: Activity) -> str:
    return f"kegiatan-{activity.position + 1}"


def expect(dossier: Dossier, *, at: datetime) -> None:
    """Note the licences that an office must still verify, where OSS has not told us of them.

    A person who files at oss.go.id sees there how each of them stands, and can enter it here. Their
    numbers at OSS are not known; what OSS tells later takes their place.
    """
    known_positions = {row.activity_position for row in of(dossier) if row.product in BY_RISK}
    for activity in dossier.activities:
        product = product_of(activity)
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


def record_status(
    dossier: Dossier,
    id_izin: str,
    status: str,
    *,
    at: datetime,
    source: StatusSource,
    reasons: Sequence[CorrectionItem] = (),
    words: str = "",
    not_before: datetime | None = None,
) -> bool:
    """Keep news about one licence. Returns whether the licence now has another status.

    status: a LicenceStatus, or a code of OSS that we do not know, as OSS wrote it; words: OSS's own
    for it. at: when it happened, as the source says (aware); not_before: where it says no moment,
    since when it may be so, but for what is known to have been before.

    News that is already known changes nothing. News older than what is known is kept in the
    history and does not touch the status. A jump that is no known step is taken and marked.

    Raises UnknownLicence.
    """
    licence = find(dossier, id_izin)
    past = list(licence.events)
    newest = newest_event(licence)
    if any(event.status == status and event.at == at for event in past):
        return False
    if newest is not None and newest.status == status:
        if source is not StatusSource.PERSON and is_told(newest):
            newest.seen_at = clock.now()
            events.record(dossier, EventKind.LICENCE_SEEN, id_izin=id_izin, status=str(status))
        return False
    is_older = newest is not None and at < newest.at
    before = LicenceStatus.of(newest.status) if newest else None
    code = LicenceStatus.of(status)
    unexpected = not is_older and not may_follow(before, code)
    licence.events.append(
        LicenceEvent(
            number=len(past) + 1,
            status=status,
            at=at,
            not_before=_earliest(past, not_before, at),
            recorded_at=clock.now(),
            source=source,
            unexpected=unexpected,
            reason_code=reasons[0].reason if reasons else None,
            targets=[str(item.target) for item in reasons if item.target is not None],
            note="\n".join(item.note for item in reasons if item.note) or None,
        )
    )
    if not is_older:
        licence.status, licence.status_words = status, words or None
    db.session.flush()
    if not is_older and status not in RETURNED:
        _close_corrections(licence, at)
    told = past and source is not StatusSource.PERSON and needs_office(licence, dossier)
    if told and not is_older:
        _tell(dossier, licence, code, given_back=bool(reasons))
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


def _earliest(
    past: Sequence[LicenceEvent], not_before: datetime | None, at: datetime
) -> datetime | None:
    if not_before is None or not_before >= at:
        return None
    return max([not_before, *(event.at for event in past if event.at <= at)])


# What a change is told as. The first status comes together with the NIB, which is told itself; what
# an office gives back with reasons is told by the correction, which knows the last day to answer.
_TOLD_AS = {
    LicenceStatus.COMPLETE: MessageKind.STATUS_CHANGED,
    LicenceStatus.INCOMPLETE: MessageKind.RETURNED,
    LicenceStatus.INSPECTION: MessageKind.VISIT_PLANNED,
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
    LicenceStatus.OTHER: MessageKind.STATUS_CHANGED,
}


def _tell(dossier: Dossier, licence: Licence, status: LicenceStatus, *, given_back: bool) -> None:
    kind = _TOLD_AS.get(status)
    if kind is None or (status in RETURNED and given_back):
        return
    outbox.announce(dossier, kind, dedupe=f"{licence.id_izin} {len(licence.events)}")


def read_in_oss(dossier: Dossier, id_izin: str, status: LicenceStatus, *, on: date) -> bool:
    """Keep what the person read in OSS: OSS itself holds it, so it is told nothing about it.

    on: the day that OSS shows, which is all that it shows. On one day, what is told later comes
    after what is known already.

    Returns whether the licence now has another status. Raises UnknownLicence.
    """
    # Noon keeps it that day here and in Jakarta, and never the future.
    at = min(datetime.combine(on, time(12), tzinfo=WIT).astimezone(UTC), clock.now())
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
        correction.outcome = CorrectionOutcome.CLOSED


def nib_is_told(handover: Handover) -> bool:
    """Return whether only the person says this NIB: neither OSS nor staff have."""
    return bool(handover.nib) and not (handover.nib_confirmed_at or handover.nib_seen_at)


def nib_is_theirs(handover: Handover) -> bool:
    """Return whether somebody but the person says that this NIB is theirs: OSS or staff.

    Until then nothing that OSS holds under it may be shown: it may be a stranger's.
    """
    by_person = handover.nib_source in (NibSource.TYPED, NibSource.SCANNED)
    is_theirs = not by_person or handover.nib_doubt == NibDoubt.GONE or not nib_is_told(handover)
    return bool(handover.nib) and is_theirs
