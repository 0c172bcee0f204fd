"""What may still be changed in a dossier that was sent: only what an office gave back to mend."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select

from app.domain.dossier.journey import EACH, Stop
from app.domain.licence.corrections import PaperTarget, StepTarget, Target, parse_target
from app.extensions import db
from app.models.dossier import Dossier
from app.models.licence import Correction, CorrectionTarget


def target_of(stop: Stop) -> StepTarget:
    """Return what the answers of a stop are called as a target."""
    return StepTarget(stop.name, stop.position if stop.name in EACH else 0)


def open_corrections(dossier: Dossier) -> list[Correction]:
    """Return the corrections that wait for the person, the oldest first."""
    query = select(Correction).where(
        Correction.dossier_id == dossier.id, Correction.closed_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Correction.id)))


def open_items(dossier: Dossier) -> list[CorrectionTarget]:
    """Return everything that waits to be mended, in the order in which it was named."""
    return [item for correction in open_corrections(dossier) for item in correction.items]


def _names(dossier: Dossier, target: Target) -> list[CorrectionTarget]:
    return [item for item in open_items(dossier) if item.target == str(target)]


def may_change(dossier: Dossier, stop: Stop, *, unanswered: Iterable[Stop] = ()) -> bool:
    """Say whether a stop may be answered: before sending, and afterwards while it is to be mended.

    unanswered: stops that another change left open; they have to be answered too.
    """
    if dossier.sent_at is None:
        return True
    if _names(dossier, target_of(stop)):
        return True
    return stop in unanswered and bool(open_items(dossier))


def was_given_back(dossier: Dossier, stop: Stop) -> bool:
    """Say whether a stop was given back at any time, while something is to be mended now."""
    if not open_items(dossier):
        return False
    query = (
        select(CorrectionTarget.id)
        .join(Correction)
        .where(
            Correction.dossier_id == dossier.id,
            CorrectionTarget.target == str(target_of(stop)),
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def papers_to_mend(dossier: Dossier) -> frozenset[str]:
    """Return the keys of the papers that may be changed after sending: they are to be mended."""
    targets = (parse_target(item.target) for item in open_items(dossier))
    return frozenset(target.key for target in targets if isinstance(target, PaperTarget))


def changed(dossier: Dossier, target: Target) -> None:
    """Tick off what was mended just now. Nothing happens where it was not to be mended."""
    if dossier.sent_at is None:
        return
    for item in _names(dossier, target):
        item.changed_at = datetime.now(UTC)
