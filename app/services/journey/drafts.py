"""What somebody typed on a page before leaving it: kept until that page is answered."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import delete, select

from app import clock
from app.domain.dossier.journey import Stop
from app.extensions import db
from app.models.dossier import Dossier
from app.models.draft import Draft

Pairs = Sequence[tuple[str, str]]


def keep(dossier: Dossier, stop: Stop, typed: Pairs) -> None:
    """Keep the boxes of a step as (name, text), instead of what was kept of it before."""
    now = clock.now()
    drop(dossier, stop)
    text = json.dumps(typed, ensure_ascii=False)
    db.session.add(Draft(dossier_id=dossier.id, stop=str(stop), typed=text, kept_at=now))
    dossier.updated_at = now
    db.session.flush()


def of(dossier: Dossier, stop: Stop) -> list[tuple[str, str]] | None:
    """Return what was kept of a step, as (name, text); None where nothing was."""
    mine = (Draft.dossier_id == dossier.id, Draft.stop == str(stop))
    found = db.session.scalar(select(Draft.typed).where(*mine))
    return None if found is None else [(name, text) for name, text in json.loads(found)]


def stops(dossier: Dossier) -> list[Stop]:
    """Return the steps of which something is kept, the one that was left last first."""
    query = select(Draft.stop).where(Draft.dossier_id == dossier.id)
    return [Stop.parse(text) for text in db.session.scalars(query.order_by(Draft.id.desc()))]


def drop(dossier: Dossier, stop: Stop) -> None:
    """Forget what was kept of a step."""
    mine = (Draft.dossier_id == dossier.id, Draft.stop == str(stop))
    db.session.execute(delete(Draft).where(*mine))


def drop_all(dossier: Dossier) -> None:
    """Forget what was kept of every step: the file was sent without it."""
    db.session.execute(delete(Draft).where(Draft.dossier_id == dossier.id))
