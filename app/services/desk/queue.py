"""The queue of the office: kept right with every news, listed, taken and given back.

The rows follow the files: app/work/queue.py calls `follow` for whatever was touched before each
commit, so that no way in forgets it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select, tuple_, update
from sqlalchemy.orm import joinedload

from app import clock, modes
from app.domain.desk.queue import (
    NEEDS,
    Place,
    Whose,
    WhyBack,
    WorkKind,
    kind_of,
    kinds_for,
    sort_day,
)
from app.domain.desk.roles import Holding, may
from app.domain.dossier.events import EventKind
from app.domain.dossier.seals import ActKind
from app.domain.law.calendar import local_date
from app.domain.licence.clock import URGENT_WORKING_DAYS
from app.domain.licence.status import FINAL, WhoActs
from app.domain.nik.cases import NikCaseState
from app.domain.oss.notices import NoticeState
from app.extensions import db
from app.models.dossier import Dossier, NikCheck
from app.models.licence import Licence
from app.models.nik_case import NikCase
from app.models.oss_notice import OssNotice
from app.models.staff import Staff, WorkItem
from app.services.base import acts, events
from app.services.dossier import opening
from app.services.licence import needed, standing, views
from app.services.nik import standing as nik_standing

PAGE = 25
OURS = "02"  # kewenangan: the regency decides


class NotTaken(Exception):
    """There is no such open work, or somebody else holds it by now."""


@dataclass(frozen=True)
class _Work:
    kind: WorkKind
    opened_at: datetime
    due_on: date | None = None


# Following the files


def follow(dossier_id: int) -> None:
    """Open and close the work of a file as it now stands."""
    dossier = db.session.get(Dossier, dossier_id)
    if dossier is None:
        return
    gone = dossier.withdrawn_at is not None or dossier.erased_at is not None
    wanted = {} if gone else {**_licence_work(dossier), **_nik_work(dossier)}
    query = select(WorkItem).where(WorkItem.dossier_id == dossier_id)
    rows = {row.subject: row for row in db.session.scalars(query)}
    for subject, work in wanted.items():
        _open(rows.get(subject), subject, dossier_id, work)
    for subject, row in rows.items():
        if subject not in wanted and row.closed_at is None:
            row.closed_at = clock.now()


def follow_notice(notice: OssNotice) -> None:
    """Open or close the work that a notice of OSS means."""
    subject = f"kabar {notice.id}"
    row = db.session.scalar(select(WorkItem).where(WorkItem.subject == subject))
    if notice.state == NoticeState.UNMATCHED:
        _open(row, subject, None, _Work(WorkKind.NOTICE, notice.received_at))
    elif row is not None and row.closed_at is None:
        row.closed_at = clock.now()


def _open(row: WorkItem | None, subject: str, dossier_id: int | None, work: _Work) -> None:
    if row is None:
        row = WorkItem(subject=subject, dossier_id=dossier_id, kind=work.kind)
        row.opened_at = work.opened_at
        db.session.add(row)
    elif row.closed_at is not None:
        row.closed_at, row.opened_at = None, work.opened_at
    if WorkKind.DECISION in {row.kind, work.kind} and row.kind is not work.kind:
        row.holder_id = row.taken_at = None  # who verifies does not decide
    row.kind, row.due_on = work.kind, work.due_on
    row.sort_on = sort_day(work.due_on, local_date(row.opened_at))


def _licence_work(dossier: Dossier) -> dict[str, _Work]:
    if dossier.handover is None:
        return {}
    found = {}
    for view in views.views(dossier, clock.now()):
        row = view.licence
        ours = row.authority in {None, OURS}
        waits = view.who is WhoActs.OFFICE and view.status not in FINAL
        if ours and waits and needed.needs_office(row, dossier):
            newest = standing.newest_event(row)
            since = newest.at if newest else dossier.updated_at
            due = view.clock.due_on if view.clock else None
            found[f"izin {row.id}"] = _Work(kind_of(view.status), since, due)
    return found


def _nik_work(dossier: Dossier) -> dict[str, _Work]:
    subject = f"nik {dossier.id}"
    check = nik_standing.current(dossier)
    if modes.nik_by_staff() and check is not None and check.answered_at is None:
        return {subject: _Work(WorkKind.NIK, check.asked_at)}
    query = select(NikCase.escalated_at).where(
        NikCase.dossier_id == dossier.id, NikCase.state == NikCaseState.ESCALATED
    )
    since = db.session.scalar(query)
    return {subject: _Work(WorkKind.NIK, since)} if since is not None else {}


def rebuild() -> int:
    """Follow every file that may mean work, such as after an upgrade. Return how many."""
    with_work = select(Licence.dossier_id).union(
        select(NikCase.dossier_id).where(NikCase.closed_at.is_(None)),
        select(NikCheck.dossier_id).where(NikCheck.answered_at.is_(None)),
    )
    ids = sorted(db.session.scalars(with_work))
    for dossier_id in ids:
        follow(dossier_id)
    for notice in db.session.scalars(select(OssNotice).order_by(OssNotice.id)):
        follow_notice(notice)
    db.session.flush()
    return len(ids)


# Listing


@dataclass(frozen=True)
class Filters:
    """What of the queue is shown. red: only what has two days left, or fewer."""

    kind: WorkKind | None = None
    whose: Whose = Whose.ALL
    red: bool = False


@dataclass(frozen=True)
class Page:
    """One page of the queue. after: where the next one begins, None on the last."""

    rows: Sequence[WorkItem]
    after: Place | None


def listed(staff: Staff, filters: Filters, after: Place | None = None) -> Page:
    """Return a page of what this person's role may take, in one query. By key: no OFFSET."""
    kinds = kinds_for(staff.role)
    if filters.kind is not None:
        kinds = kinds & {filters.kind}
    query = _of_kinds(select(WorkItem), kinds)
    if filters.whose is Whose.MINE:
        query = query.where(WorkItem.holder_id == staff.id)
    elif filters.whose is Whose.FREE:
        query = query.where(WorkItem.holder_id.is_(None))
    if filters.red:
        query = query.where(WorkItem.due_on <= red_until())
    if after is not None:
        query = query.where(tuple_(WorkItem.sort_on, WorkItem.id) > (after.sort_on, after.id))
    # The number of the file and nothing of the person: what is not read is not decrypted.
    only = joinedload(WorkItem.dossier).load_only(Dossier.support_number)
    query = query.options(
        only.lazyload(Dossier.applicant),
        only.lazyload(Dossier.every_activity),
        joinedload(WorkItem.holder).load_only(Staff.name),
    )
    rows = list(db.session.scalars(query.order_by(WorkItem.sort_on, WorkItem.id).limit(PAGE + 1)))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(rows, Place(rows[-1].sort_on, rows[-1].id) if more else None)


def _of_kinds(query: Select[WorkItem], kinds: Collection[WorkKind]) -> Select[WorkItem]:
    return query.where(WorkItem.closed_at.is_(None), WorkItem.kind.in_(sorted(kinds)))


def red_until() -> date:
    """Return the last due day that is red today, by whichever calendar is nearer."""
    today = clock.today()
    calendars = views.calendars_around(clock.now())
    return max(each.add_working_days(today, URGENT_WORKING_DAYS) for each in calendars)


def counts(staff: Staff) -> tuple[int, int]:
    """Return how many pieces of work this person holds, and how many of them are red."""
    mine = (WorkItem.holder_id == staff.id) & WorkItem.closed_at.is_(None)
    red = WorkItem.due_on <= red_until()
    row = db.session.execute(
        select(func.count(), func.count().filter(red)).select_from(WorkItem).where(mine)
    ).one()
    return int(row[0]), int(row[1])


# Taking


def holding_of(row: WorkItem, staff: Staff) -> Holding:
    """Return who holds a piece of work, as seen by this person."""
    if row.holder_id is None:
        return Holding.FREE
    return Holding.MINE if row.holder_id == staff.id else Holding.OTHERS


def take_next(staff: Staff) -> WorkItem | None:
    """Take the most urgent free work that this role may do; None where there is none.

    Two at once get two different ones: PostgreSQL passes over what somebody else is just taking,
    SQLite lets one after the other in.
    """
    query = _of_kinds(select(WorkItem), kinds_for(staff.role))
    query = query.where(WorkItem.holder_id.is_(None)).order_by(WorkItem.sort_on, WorkItem.id)
    row = db.session.scalar(query.limit(1).with_for_update(skip_locked=True))
    if row is not None:
        _take(row, staff)
    return row


def take(staff: Staff, item_id: int) -> WorkItem:
    """Take this one. Raises NotTaken where somebody else was first."""
    row = _held_to_change(item_id)
    if not may(staff.role, NEEDS[row.kind], holding_of(row, staff)):
        raise NotTaken
    if row.holder_id != staff.id:
        _take(row, staff)
    return row


def give_back(staff: Staff, item_id: int, why: WhyBack) -> WorkItem:
    """Give work back, with a reason. Raises NotTaken where this person does not hold it."""
    row = _held_to_change(item_id)
    if row.holder_id != staff.id:
        raise NotTaken
    row.holder_id = row.taken_at = None
    _record(row, EventKind.WORK_GIVEN_BACK, ActKind.NOTICE_GIVEN_BACK, why=str(why))
    return row


def _held_to_change(item_id: int) -> WorkItem:
    query = select(WorkItem).where(WorkItem.id == item_id, WorkItem.closed_at.is_(None))
    row = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotTaken
    return row


def _take(row: WorkItem, staff: Staff) -> None:
    row.holder_id, row.taken_at = staff.id, clock.now()
    _record(row, EventKind.WORK_TAKEN, ActKind.NOTICE_TAKEN)


def _record(row: WorkItem, event: EventKind, act: ActKind, **facts: str) -> None:
    db.session.flush()
    if row.dossier_id is None:
        acts.record(act, subject=row.subject, **facts)
    else:
        events.record(opening.take_to_change(row.dossier_id), event, work=str(row.kind), **facts)


def release_of(staff: Staff) -> None:
    """Give back all that somebody holds, such as when their account ends."""
    mine = update(WorkItem).where(WorkItem.holder_id == staff.id, WorkItem.closed_at.is_(None))
    db.session.execute(mine.values(holder_id=None, taken_at=None))
