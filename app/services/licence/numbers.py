"""A licence that gets another id_izin at OSS, as when a higher authority takes it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, select, update

from app.adapters.oss.results import LicenceResult
from app.domain.dossier.events import EventKind
from app.extensions import db
from app.models.dossier import Dossier, Event
from app.models.licence import Correction, Licence, LicenceEvent
from app.services.base import events


def renumber(dossier: Dossier, before: str, new: str) -> None:
    """Keep that OSS gave a licence another id_izin, and move the licence to it.

    Told twice it counts once; told out of order (the second change before the first) it ends the
    same. Where OSS was heard under both, the two become one: nothing of either is lost.
    """
    numbers = _new_numbers(dossier)
    if numbers.get(before) == new or before == _newest_number(numbers, new):
        return
    events.record(dossier, EventKind.LICENCE_RENUMBERED, before=before, id_izin=new)
    newest = _newest_number(numbers | {before: new}, before)
    query = select(Licence).where(Licence.dossier_id == dossier.id).order_by(Licence.id)
    rows = {row.id_izin: row for row in db.session.scalars(query)}
    stays = rows.get(newest)
    for each in (before, new):
        row = rows.get(each)
        if row is None or row is stays:
            continue
        if stays is None:
            row.id_izin, stays = newest, row
        else:
            _merge(row, into=stays)
    db.session.flush()


def in_use(dossier: Dossier, told: Sequence[LicenceResult]) -> list[LicenceResult]:
    """Return licences under their newest id_izin; one told under both is told under the newest."""
    new = _new_numbers(dossier)
    named = {each.id_izin for each in told}
    found = []
    for each in told:
        newest = _newest_number(new, each.id_izin)
        if newest == each.id_izin or newest not in named:
            found.append(replace(each, id_izin=newest))
    return found


def _new_numbers(dossier: Dossier) -> dict[str, str]:
    """Return which id_izin each one that OSS gave up became."""
    query = select(Event.facts).where(
        Event.dossier_id == dossier.id, Event.kind == EventKind.LICENCE_RENUMBERED
    )
    return {str(facts["before"]): str(facts["id_izin"]) for facts in db.session.scalars(query)}


def _newest_number(numbers: Mapping[str, str], id_izin: str) -> str:
    passed = {id_izin}
    while (new := numbers.get(id_izin, id_izin)) not in passed:
        id_izin = new
        passed.add(new)
    return id_izin


def _merge(row: Licence, *, into: Licence) -> None:
    """Move what happened under a number that was given up, and let its licence go.

    The events of both stand in the order in which they happened; an equal one stands once.
    """
    same = {(event.status, event.at) for event in into.events}
    moved = {event.number: event for event in row.events}
    number = max((event.number for event in into.events), default=0)
    for old_number, event in moved.items():
        if (event.status, event.at) in same:
            continue
        number += 1
        db.session.execute(
            update(LicenceEvent)
            .where(LicenceEvent.id == event.id)
            .values(licence_id=into.id, number=number)
        )
        db.session.execute(
            update(Correction)
            .where(Correction.licence_id == row.id, Correction.event_number == old_number)
            .values(licence_id=into.id, event_number=number)
        )
    into.paper_at = into.paper_at or row.paper_at
    into.number, into.issued_on = into.number or row.number, into.issued_on or row.issued_on
    db.session.execute(delete(LicenceEvent).where(LicenceEvent.licence_id == row.id))
    db.session.execute(
        delete(Licence).where(Licence.id == row.id),
        execution_options={"synchronize_session": False},
    )
    db.session.expunge(row)
    db.session.expire(into)
    newest = max(into.events, key=lambda event: (event.at, event.number), default=None)
    if newest is not None:
        if newest.status != into.status:
            into.status_words = None
        into.status = newest.status
