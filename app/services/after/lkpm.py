"""Reports on the investment (LKPM): own dates, the worksheet, reminders. OSS takes the report."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

from sqlalchemy import select

from app import clock
from app.domain.after.lkpm import (
    BadPeriod,
    Due,
    DueNotice,
    Period,
    Rhythm,
    by_period,
    next_dues,
    period_of,
    remind_on,
    rhythm_of,
)
from app.domain.dossier.changes import ChangeKind, ChangeState
from app.domain.dossier.events import EventKind
from app.domain.law.business_size import BusinessSize
from app.domain.law.calendar import WIT, local_date
from app.domain.oss.codes import NibStatus
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.change import ChangeRequest
from app.models.dossier import Dossier, Event, Job
from app.models.lkpm import LkpmWorksheet
from app.reference import FOLDER
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.messages import outbox

NOTICES_FILE = FOLDER / "lkpm_notices.csv"
_HEADER = ["period", "due", "source"]
_REMIND_AT = time(8, 0, tzinfo=WIT)  # in the morning: nobody wants a message at midnight
_SIZES = list(BusinessSize)


class BadNotices(ValueError):
    """The table of notices cannot be used. line counts from 1."""

    def __init__(self, line: int, value: str) -> None:
        super().__init__(f"{NOTICES_FILE.name}:{line}: {value!r}")
        self.line = line
        self.value = value


def read_notices(path: Path = NOTICES_FILE) -> dict[str, DueNotice]:
    """Read the official notices that move a last day, by period.

    A line is `2026-T4,2027-01-20,"Surat … tanggal …"`: period, last day, source.

    Raises BadNotices.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or rows[0] != _HEADER:
        raise BadNotices(1, ",".join(rows[0]) if rows else "")
    notices = []
    for line, row in enumerate(rows[1:], 2):
        try:
            period, due, source = row
            period_of(period)
            day = date.fromisoformat(due)
        except (BadPeriod, ValueError) as error:
            raise BadNotices(line, ",".join(row)) from error
        if not source.strip():
            raise BadNotices(line, ",".join(row))
        notices.append(DueNotice(period, day, source.strip()))
    return by_period(notices)


@cache
def _notices_as_of(changed_ns: int) -> dict[str, DueNotice]:
    return read_notices()


def notices() -> Mapping[str, DueNotice]:
    """Return the notices, read again when the file changed."""
    return _notices_as_of(NOTICES_FILE.stat().st_mtime_ns)


# --- one's own dates ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier stands with LKPM. nib_on: the day of the NIB; dues: the next last days."""

    size: BusinessSize
    rhythm: Rhythm
    nib_on: date
    dues: tuple[Due, ...]


def standing(dossier: Dossier, *, on: date, count: int = 2) -> Standing | None:
    """Return the own dates; None while there is no NIB, or when it was revoked."""
    handover = dossier.handover
    size = size_of(dossier)
    if handover is None or handover.nib is None or handover.answered_at is None or size is None:
        return None
    if handover.nib_status == NibStatus.REVOKED:
        return None
    nib_on = local_date(_first_answer(dossier) or handover.answered_at)
    rhythm = rhythm_of(size)
    dues = next_dues(rhythm, notices(), on=on, since=nib_on, count=count)
    return Standing(size, rhythm, nib_on, dues)


def _asked_for(dossier: Dossier) -> ChangeRequest | None:
    """Return the change for which a dossier was opened."""
    return db.session.scalar(
        select(ChangeRequest).where(ChangeRequest.new_dossier_id == dossier.id)
    )


def _first_answer(dossier: Dossier) -> datetime | None:
    """Return when the NIB came: a change opens another dossier, but the NIB stays the same."""
    request = _asked_for(dossier)
    while request is not None:
        dossier = request.dossier
        request = _asked_for(dossier)
    return dossier.handover.answered_at if dossier.handover else None


def _speaks_for_the_nib(dossier: Dossier) -> bool:
    """Return whether reminders go out for this dossier: one of all that belong to a NIB.

    A change replaces what was said before; a further activity stands beside it.
    """
    replaced = select(ChangeRequest.id).where(
        ChangeRequest.dossier_id == dossier.id,
        ChangeRequest.state == ChangeState.DONE,
        ChangeRequest.new_dossier_id.is_not(None),
        ChangeRequest.kind != ChangeKind.ADD_ACTIVITY,
    )
    if db.session.scalar(replaced.limit(1)) is not None:
        return False
    request = _asked_for(dossier)
    if request is None or request.kind != ChangeKind.ADD_ACTIVITY:
        return True
    size = size_of(request.dossier)
    return size is None or rhythm_of(size) is Rhythm.EXEMPT


def size_of(dossier: Dossier) -> BusinessSize | None:
    """Return the size that was fixed when the dossier was sent: the biggest of its activities."""
    sizes = [each.size for each in dossier.activities if each.size]
    return max(sizes, key=_SIZES.index, default=None)


# --- the worksheet --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """What was done in one period. *_idr: whole rupiah spent in it; workers at its end."""

    land_idr: int
    building_idr: int
    machines_idr: int
    other_idr: int
    working_idr: int
    workers_male: int
    workers_female: int
    production: str | None
    problems: str | None


def worksheet(dossier: Dossier, period: Period) -> LkpmWorksheet | None:
    """Return the worksheet of a period, None where nothing was saved."""
    return db.session.scalar(
        select(LkpmWorksheet).where(
            LkpmWorksheet.dossier_id == dossier.id, LkpmWorksheet.period == period.key
        )
    )


def worksheets(dossier: Dossier) -> list[LkpmWorksheet]:
    """Return all worksheets of a dossier, the newest period first."""
    query = select(LkpmWorksheet).where(LkpmWorksheet.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(LkpmWorksheet.period.desc())))


def save(dossier: Dossier, period: Period, figures: Figures, *, reported: bool) -> LkpmWorksheet:
    """Keep the figures of a period. reported: the person says that OSS has the report."""
    now = clock.now()
    sheet = worksheet(dossier, period)
    if sheet is None:
        sheet = LkpmWorksheet(dossier_id=dossier.id, period=period.key)
        db.session.add(sheet)
    for each in fields(figures):
        setattr(sheet, each.name, getattr(figures, each.name))
    sheet.saved_at = now
    if reported and sheet.reported_at is None:
        sheet.reported_at = now
        events.record(dossier, EventKind.LKPM_REPORTED, period=period.key)
    elif not reported:
        sheet.reported_at = None
    db.session.flush()
    return sheet


# --- reminders ------------------------------------------------------------------------------------


def plan_reminder(dossier: Dossier, *, now: datetime) -> Job | None:
    """Plan the reminder of the next report, in the caller's transaction.

    To be called when a NIB is there. Returns None where nothing is reported; a reminder that is
    already planned stays.
    """
    open_job = jobs.open_job(JobKind.LKPM_REMINDER, dossier.id)
    due = next_to_remind(dossier, now)
    if due is None or open_job is not None:
        return open_job
    return jobs.plan(JobKind.LKPM_REMINDER, dossier.id, moment_on(due))


def next_to_remind(dossier: Dossier, now: datetime) -> Due | None:
    """Return the next report of which nobody was reminded and that is not made yet."""
    if not _speaks_for_the_nib(dossier):
        return None
    found = standing(dossier, on=local_date(now), count=3)
    past = select(Event.facts).where(
        Event.dossier_id == dossier.id, Event.kind == EventKind.LKPM_REMINDED
    )
    settled = {facts.get("period") for facts in db.session.scalars(past)}
    settled |= {sheet.period for sheet in worksheets(dossier) if sheet.reported_at}
    return next((d for d in found.dues if d.period.key not in settled), None) if found else None


def moment_on(due: Due) -> datetime:
    return datetime.combine(remind_on(due), _REMIND_AT).astimezone(UTC)


def announce_lkpm(dossier: Dossier, due: Due) -> None:
    """Tell the person that a report is near, in the transaction of the reminder.

    The record sees to it that nobody is reminded of the same period twice.
    """
    events.record(dossier, EventKind.LKPM_REMINDED, period=due.period.key, due=due.day.isoformat())
    outbox.announce(dossier, MessageKind.LKPM_DUE, dedupe=due.period.key, until=due.day)
