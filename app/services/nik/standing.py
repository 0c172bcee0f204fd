"""What is known of a file's NIK now, and which checks wait."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.nik.verdict import NikClass, RegistryQuery
from app.domain.written.person import Sex
from app.extensions import db, vault
from app.models.dossier import Dossier, NikCheck
from app.services.base import events


def identity_index(nik: str, name: str, birth_date: date, sex: Sex) -> bytes:
    """Return a keyed digest of what a check compared, to see whether it still holds."""
    return vault.index(f"{nik}|{name}|{birth_date.isoformat()}|{sex}", "nik_checks.identity")


class NothingWaits(Exception):
    """No check of this dossier is open, so there is no verdict to record."""


def query_of(dossier: Dossier) -> RegistryQuery:
    who = dossier.applicant
    return RegistryQuery(
        nik=known(who.nik),
        name=known(who.name),
        birth_date=date.fromisoformat(known(who.birth_date)),
        sex=known(who.sex),
    )


def current(dossier: Dossier) -> NikCheck | None:
    """Return the check of the identity as it now stands."""
    return dossier.nik_checks[-1] if dossier.nik_checks else None


def current_class(dossier: Dossier) -> NikClass | None:
    """Return what is known of the NIK; PENDING while the registry has not answered."""
    check = current(dossier)
    return check.nik_class if check else None


def to_compare(dossier: Dossier) -> RegistryQuery:
    """Return what staff compare on the portal, and record that it was shown.

    Raises NothingWaits when no check is open: then there is no reason to look.
    """
    check = current(dossier)
    if check is None or check.answered_at is not None:
        raise NothingWaits
    events.record(dossier, EventKind.NIK_SHOWN, where="staff")
    return query_of(dossier)


def waiting(limit: int = 200) -> list[tuple[str, datetime]]:
    """Return Nomor Bantuan and moment of the open checks, the oldest first."""
    newest = (
        select(NikCheck.dossier_id, func.max(NikCheck.attempt).label("attempt"))
        .group_by(NikCheck.dossier_id)
        .subquery()
    )
    query = (
        select(Dossier.support_number, NikCheck.asked_at)
        .join(NikCheck, NikCheck.dossier_id == Dossier.id)
        .join(
            newest,
            (newest.c.dossier_id == NikCheck.dossier_id) & (newest.c.attempt == NikCheck.attempt),
        )
        .where(NikCheck.answered_at.is_(None))
        .order_by(NikCheck.asked_at, NikCheck.id)
        .limit(limit)
    )
    return [(number, at) for number, at in db.session.execute(query)]
