"""Recording what happened, and checking that the record was not changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app.domain.events import FIRST_HASH, EventKind, chain_hash
from app.extensions import db
from app.models.dossier import Dossier, Event


def record(dossier: Dossier, kind: EventKind, **facts: object) -> Event:
    """Append an event to the dossier. `facts` must not hold a personal value."""
    last = db.session.scalar(
        select(Event).where(Event.dossier_id == dossier.id).order_by(Event.number.desc()).limit(1)
    )
    number = last.number + 1 if last else 1
    previous = last.hash if last else FIRST_HASH
    at = datetime.now(UTC)
    event = Event(
        dossier_id=dossier.id,
        number=number,
        kind=kind,
        facts=facts,
        at=at,
        previous_hash=previous,
        hash=chain_hash(previous, dossier.id, number, kind, facts, at),
    )
    db.session.add(event)
    db.session.flush()
    return event


@dataclass(frozen=True)
class BrokenLink:
    """The first event of a dossier that does not fit the one before it."""

    support_number: str
    number: int


def verify_chains() -> Iterator[BrokenLink]:
    """Walk every dossier's events and yield where a chain breaks."""
    query = (
        select(Event, Dossier.support_number)
        .join(Dossier, Dossier.id == Event.dossier_id)
        .order_by(Event.dossier_id, Event.number)
    )
    dossier_id, previous, number, broken = None, FIRST_HASH, 0, False
    for event, support_number in db.session.execute(query).yield_per(1000):
        if event.dossier_id != dossier_id:
            dossier_id, previous, number, broken = event.dossier_id, FIRST_HASH, 0, False
        number += 1
        expected = chain_hash(
            previous, event.dossier_id, event.number, event.kind, event.facts, event.at
        )
        fits = event.number == number and event.previous_hash == previous
        if not broken and not (fits and event.hash == expected):
            broken = True
            yield BrokenLink(support_number, event.number)
        previous = event.hash
