"""Files: started, found by number, held to change."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Select, select

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.journey import (
    StepName,
    Stop,
)
from app.domain.dossier.known import known
from app.domain.law.editions import KBLI_NOW
from app.domain.law.legal_form import LegalForm
from app.domain.written.support_number import new_support_number
from app.extensions import db, vault
from app.models.dossier import Activity, Applicant, Dossier
from app.services.base import events
from app.services.reference.book import get_book

T = TypeVar("T")

SLIP_MENDED_WITHIN = timedelta(hours=1)


def free_support_number() -> str:
    """Return a new Nomor Bantuan (12 digits) that no dossier has."""

    def digits(count: int) -> str:
        return "".join(str(secrets.randbelow(10)) for _ in range(count))

    number = new_support_number(digits)
    while db.session.scalar(select(Dossier.id).where(Dossier.support_number == number)):
        number = new_support_number(digits)
    return number


def start(pin_hash: str, language: str, *, kbli_code: str | None = None) -> Dossier:
    """Open an empty dossier with a new Nomor Bantuan."""
    now = clock.now()
    dossier = Dossier(
        support_number=free_support_number(),
        pin_hash=pin_hash,
        pin_failures=0,
        language=language,
        created_at=now,
        updated_at=now,
        applicant=Applicant(),
        legal_form=LegalForm.INDIVIDUAL,
        every_activity=[Activity(position=0, described=False)],
    )
    if kbli_code is not None and get_book().kbli(KBLI_NOW, kbli_code):
        dossier.activity.kbli_year = KBLI_NOW
        dossier.activity.kbli_code = kbli_code
    db.session.add(dossier)
    db.session.flush()
    events.record(dossier, EventKind.STARTED, language=language)
    return dossier


def find_by_id(dossier_id: int, *, to_change: bool = False) -> Dossier | None:
    """Return a dossier; to_change: nobody else changes it until this transaction ends."""
    if not to_change:
        found = db.session.get(Dossier, dossier_id)
        return None if found is None or found.erased_at else found
    query = select(Dossier).where(Dossier.id == dossier_id, Dossier.erased_at.is_(None))
    query = query.with_for_update(of=Dossier)
    return db.session.scalar(query.execution_options(populate_existing=True))


def take_to_change(dossier_id: int) -> Dossier:
    """Return a dossier that is known to exist, held until this transaction ends."""
    return known(find_by_id(dossier_id, to_change=True))


def tag_of(dossier: Dossier) -> str:
    """Return a short mark of a dossier for its forms, which tells nobody else anything.

    Two people may share a phone: an answer typed for one file must not end up in the other.
    """
    return vault.index(str(dossier.id), "dossiers.tag")[:6].hex()


def find_by_number(support_number: str) -> Dossier | None:
    """Return the dossier with this Nomor Bantuan (12 digits)."""
    return db.session.scalar(with_number(select(Dossier), support_number))


def with_number(query: Select[T], support_number: str) -> Select[T]:
    """Narrow a query to the file with this number; one that was erased is none any more."""
    return query.where(Dossier.support_number == support_number, Dossier.erased_at.is_(None))


def id_of(support_number: str) -> int | None:
    """Return the number of the row, in one query whether there is one or not."""
    return db.session.scalar(with_number(select(Dossier.id), support_number))


def is_slip(dossier: Dossier) -> bool:
    """Return whether an unsent number was given so lately that it is mended, not changed.

    A slip of the finger belongs to a stranger, who must not get our messages.
    """
    told = {"step": str(Stop(StepName.PHONE))}
    answers = (e for e in dossier.events if (e.kind, e.facts) == (EventKind.STEP_ANSWERED, told))
    first = next(answers, None)
    since = clock.now() - SLIP_MENDED_WITHIN
    return dossier.sent_at is None and first is not None and first.at > since
