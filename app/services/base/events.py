"""Recording what happened, and checking that the record was not changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app import clock
from app.domain.dossier.events import (
    FIRST_HASH,
    FORM,
    OLD_FORM,
    Behalf,
    Doer,
    DoerRole,
    EventKind,
    chain_hash,
)
from app.domain.law.calendar import local_date
from app.domain.law.legal_form import LegalForm
from app.extensions import db
from app.models.audit import Act
from app.models.dossier import Dossier, Event
from app.services.base import doers, touched

_MAKES_WORK = frozenset(
    {
        EventKind.NIK_CHECKED, EventKind.NIK_CASE_OPENED, EventKind.NIK_CASE_MOVED,
        EventKind.NIK_CASE_ESCALATED, EventKind.NIK_CASE_CLOSED, EventKind.LICENCE_STATUS,
        EventKind.LICENCE_RENUMBERED, EventKind.SENT, EventKind.REOPENED, EventKind.WITHDRAWN,
        EventKind.NIB_RECEIVED, EventKind.NIB_REVOKED, EventKind.ERASED,
        EventKind.DATA_REQUEST_UNDONE,
    }
)  # fmt: skip
"""After these there may be other work for the office than before."""


def record(dossier: Dossier, kind: EventKind, **facts: object) -> Event:
    """Append an event to the dossier. `facts` must not hold a personal value."""
    last = db.session.scalar(
        select(Event).where(Event.dossier_id == dossier.id).order_by(Event.number.desc()).limit(1)
    )
    number = last.number + 1 if last else 1
    previous = last.hash if last else FIRST_HASH
    at = clock.now()
    doer = doers.current()
    behalf = _behalf(doer, dossier)
    event = Event(
        dossier_id=dossier.id,
        number=number,
        kind=kind,
        facts=facts,
        at=at,
        form=FORM,
        role=doer.role,
        actor=doer.actor,
        terminal=doer.terminal,
        behalf=behalf,
        previous_hash=previous,
        hash=chain_hash(previous, dossier.id, number, kind, facts, at, (doer, behalf)),
    )
    db.session.add(event)
    db.session.flush()
    if kind in _MAKES_WORK:
        touched.note(dossier.id)
    return event


def _behalf(doer: Doer, dossier: Dossier) -> Behalf:
    if doer.role is not DoerRole.PERSON:
        return Behalf.OWNER
    return Behalf.SELF if dossier.legal_form == LegalForm.INDIVIDUAL else Behalf.ENTITY


@dataclass(frozen=True)
class BrokenLink:
    """The first event of a dossier that does not fit the one before it.

    day: of the event in WIT, as it now says.
    """

    support_number: str
    number: int
    day: date = field(default=date.min, compare=False)


def verify_chains() -> Iterator[BrokenLink]:
    """Walk every dossier's events and yield where a chain breaks."""
    query = (
        select(Event, Dossier.support_number)
        .join(Dossier, Dossier.id == Event.dossier_id)
        .order_by(Event.dossier_id, Event.number)
    )
    dossier_id, previous, number, form, broken = None, FIRST_HASH, 0, OLD_FORM, False
    for event, support_number in db.session.execute(query).yield_per(1000):
        if event.dossier_id != dossier_id:
            dossier_id, previous, number, form, broken = (
                event.dossier_id, FIRST_HASH, 0, OLD_FORM, False,
            )  # fmt: skip
        number += 1
        fits = event.number == number and event.previous_hash == previous and event.form >= form
        if not broken and not (fits and event.hash == hash_of(event, event.dossier_id)):
            broken = True
            yield BrokenLink(support_number, event.number, local_date(event.at))
        previous, form = event.hash, event.form


def hash_of(row: Event | Act, dossier_id: int) -> str:
    """Return the hash that a row should have. dossier_id: 0 for an act without a file."""
    by = None
    if row.form != OLD_FORM:
        try:
            by = (
                Doer(DoerRole(row.role or ""), row.actor or "", row.terminal or ""),
                row.behalf or "",
            )
        except ValueError:  # a role that there never was
            return ""
    return chain_hash(row.previous_hash, dossier_id, row.number, row.kind, row.facts, row.at, by)
