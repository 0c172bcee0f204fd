"""One file on one screen, for whoever works on it: what is asked now, what is known, what was done.

Each look at it is kept, with its purpose. What an act does is what the commands do; who may do it
with whose work says the table of the desk, and who verified does not decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import clock, modes
from app.domain.desk.acts import NEEDED_FOR, Purpose
from app.domain.desk.roles import Holding, Permission, may
from app.domain.dossier.events import DoerRole, EventKind
from app.domain.licence.corrections import ReturnReason, Target
from app.domain.licence.status import OfficeAction, StatusSource, allowed_actions
from app.domain.oss.codes import LicenceStatus
from app.extensions import db
from app.models.dossier import Dossier, Event
from app.models.licence import Licence
from app.models.staff import Staff, StaffLook, StaffNote, WorkItem
from app.services.base import events
from app.services.desk import accounts, practice_office, queue
from app.services.licence import reports

LOOK_LASTS = timedelta(minutes=10)
"""Pages of one file within this time are one look."""

HISTORY_SHOWN = 60


class MayNot(Exception):
    """This person may not do this with this work. why: a word for the page."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why)
        self.why = why


class WhyNot(StrEnum):
    """Why somebody may not act."""

    NOT_HELD = "not_held"
    NOT_THIS_ROLE = "not_this_role"
    VERIFIED_IT = "verified_it"


@dataclass(frozen=True)
class Done:
    """One line of the history. staff: whose mark it bears, where it is somebody's here."""

    event: Event
    staff: Staff | None


def version_of(dossier: Dossier) -> int:
    """Return what changes with everything that happens to a file; each form carries it."""
    query = select(func.max(Event.number)).where(Event.dossier_id == dossier.id)
    return db.session.scalar(query) or 0


def work_of(dossier: Dossier) -> list[WorkItem]:
    """Return the open work of a file, the most urgent first."""
    query = select(WorkItem).where(WorkItem.dossier_id == dossier.id, WorkItem.closed_at.is_(None))
    query = query.options(joinedload(WorkItem.holder))
    return list(db.session.scalars(query.order_by(WorkItem.sort_on, WorkItem.id)))


def purpose_for(staff: Staff, work: Sequence[WorkItem]) -> Purpose:
    """Return for what somebody looks: their own work, or whoever stands before them."""
    mine = any(queue.holding_of(item, staff) is Holding.MINE for item in work)
    return Purpose.WORK if mine else Purpose.COUNTER


def is_look_open(staff: Staff, dossier_id: int) -> bool:
    """Return whether a look of this person at this file is being kept already."""
    query = select(StaffLook.id).where(
        StaffLook.staff_id == staff.id,
        StaffLook.dossier_id == dossier_id,
        StaffLook.at > clock.now() - LOOK_LASTS,
    )
    return db.session.scalar(query.limit(1)) is not None


def look(staff: Staff, dossier: Dossier, purpose: Purpose) -> None:
    """Keep that somebody looked at the personal data of a file. Append-only."""
    row = StaffLook(staff_id=staff.id, dossier_id=dossier.id, purpose=purpose, at=clock.now())
    db.session.add(row)
    db.session.flush()


def notes_of(dossier: Dossier) -> list[StaffNote]:
    """Return what colleagues wrote about a file, the oldest first."""
    query = select(StaffNote).where(StaffNote.dossier_id == dossier.id)
    query = query.options(joinedload(StaffNote.staff))
    return list(db.session.scalars(query.order_by(StaffNote.id)))


def write_note(staff: Staff, dossier: Dossier, text: str) -> StaffNote:
    """Add a note that only staff see. Nobody changes or deletes one."""
    note = StaffNote(staff_id=staff.id, dossier_id=dossier.id, text=text, at=clock.now())
    db.session.add(note)
    db.session.flush()
    events.record(dossier, EventKind.NOTE_WRITTEN)
    return note


def history_of(dossier: Dossier) -> list[Done]:
    """Return the newest of what happened, the newest first, each with who did it."""
    query = select(Event).where(Event.dossier_id == dossier.id)
    found = list(db.session.scalars(query.order_by(Event.number.desc()).limit(HISTORY_SHOWN)))
    marks = {event.actor for event in found if event.actor and event.role == DoerRole.STAFF}
    names = accounts.names_of(marks)
    return [Done(event, names.get(event.actor or "")) for event in found]


def possible(staff: Staff, dossier: Dossier) -> list[tuple[Licence, tuple[OfficeAction, ...]]]:
    """Return the licences of a file and what this person may do with each now."""
    found = []
    for row in practice_office.waiting(dossier):
        can = tuple(
            action
            for action in allowed_actions(LicenceStatus.of(row.status))
            if why_not(staff, dossier, row, action) is None
        )
        if can:
            found.append((row, can))
    return found


def why_not(staff: Staff, dossier: Dossier, row: Licence, action: OfficeAction) -> WhyNot | None:
    """Return why somebody may not act on a licence; None where they may."""
    needed = NEEDED_FOR.get(action)
    if needed is None:
        return WhyNot.NOT_THIS_ROLE
    item = db.session.scalar(select(WorkItem).where(WorkItem.subject == f"izin {row.id}"))
    if item is None or item.closed_at is not None:
        return WhyNot.NOT_HELD
    if not may(staff.role, needed, Holding.MINE):
        return WhyNot.NOT_THIS_ROLE
    if item.holder_id != staff.id:
        return WhyNot.NOT_HELD
    if needed is Permission.DECIDE and _verified(staff, dossier, row):
        return WhyNot.VERIFIED_IT
    return None


def _verified(staff: Staff, dossier: Dossier, row: Licence) -> bool:
    """Return whether somebody verified this licence: then another one decides about it."""
    query = select(Event.facts).where(
        Event.dossier_id == dossier.id,
        Event.actor == staff.mark,
        Event.kind.in_([EventKind.LICENCE_STATUS, EventKind.RETURNED]),
    )
    return any(facts.get("id_izin") == row.id_izin for facts in db.session.scalars(query))


def act(
    staff: Staff,
    dossier: Dossier,
    id_izin: str,
    action: OfficeAction,
    *,
    reason: ReturnReason | None = None,
    target: Target | None = None,
    note: str = "",
    answer_days: int | None = None,
) -> None:
    """Do it, as the commands do. dossier: held to change.

    Raises MayNot, and practice_office.NotPossible where it does not fit any more.
    """
    row = next((each for each in practice_office.waiting(dossier) if each.id_izin == id_izin), None)
    if row is None:
        raise practice_office.NotPossible(action)
    why = why_not(staff, dossier, row, action)
    if why is not None:
        raise MayNot(why)
    practice_office.act(
        dossier,
        id_izin,
        action,
        reason=reason,
        target=target,
        note=note,
        answer_days=answer_days,
        by=StatusSource.PRACTICE if modes.in_training() else StatusSource.OFFICE,
    )
    reports.plan(dossier)
