"""The sessions that are open: a browser is let in by its row, and leaving takes the row away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import contains_eager, joinedload

from app.extensions import db, vault
from app.models.dossier import Dossier, OpenSession
from app.models.draft import Draft


def begin(secret: str, dossier_id: int, now: datetime) -> None:
    """Open a session. secret: what the cookie of this browser holds."""
    db.session.add(OpenSession(key=_key(secret), dossier_id=dossier_id, used_at=now))


# Asked for with every page of a file, so it is made once: dossier, applicant, entity and activities
# come in this one round trip, which costs less than a second statement would.
_OPEN = (
    select(OpenSession, exists().where(Draft.dossier_id == Dossier.id))
    .join(OpenSession.dossier)
    .where(
        OpenSession.key == bindparam("key"),
        OpenSession.dossier_id == bindparam("dossier_id"),
        Dossier.erased_at.is_(None),
    )
    .options(
        contains_eager(OpenSession.dossier).options(
            joinedload(Dossier.entity), joinedload(Dossier.every_activity)
        )
    )
)
_OPEN_TO_CHANGE = _OPEN.with_for_update(of=Dossier).execution_options(populate_existing=True)


@dataclass(frozen=True)
class Found:
    """An open session with its dossier. has_drafts: whether anything typed there is kept unsent."""

    session: OpenSession
    has_drafts: bool


def find(secret: str, dossier_id: int, *, to_change: bool) -> Found | None:
    """Return an open session with its dossier.

    to_change: nobody else changes the dossier until this transaction ends.
    """
    wanted = {"key": _key(secret), "dossier_id": dossier_id}
    rows = db.session.execute(_OPEN_TO_CHANGE if to_change else _OPEN, wanted)
    row = rows.unique().one_or_none()
    return Found(*row) if row else None


def end(secret: str) -> None:
    """End a session; one that has ended already stays so."""
    db.session.execute(delete(OpenSession).where(OpenSession.key == _key(secret)))


def end_all(dossier_id: int) -> None:
    """Put out every browser that was let into a dossier."""
    db.session.execute(delete(OpenSession).where(OpenSession.dossier_id == dossier_id))


def _key(secret: str) -> bytes:
    return vault.index(secret, "open_sessions.key")
