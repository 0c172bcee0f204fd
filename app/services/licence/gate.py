"""What may still be changed in a dossier that was sent: only what an office gave back to mend."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app import clock
from app.domain.dossier.journey import EACH, StepName, Stop, first_unanswered
from app.domain.licence import corrections
from app.domain.licence.corrections import Hindrance, PaperTarget, StepTarget, Target, parse_target
from app.domain.licence.status import FINAL
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LicenceStatus
from app.extensions import db
from app.models.dossier import Dossier
from app.models.licence import Correction, CorrectionTarget
from app.services.dossier import answers, estimates
from app.services.dossier.answers import answers_of
from app.services.licence import needed
from app.services.licence import standing as licence_standing
from app.services.nik import standing


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


def waits_for(dossier: Dossier, target: Target) -> bool:
    """Return whether this was given back after sending and was not mended since."""
    return any(item.changed_at is None for item in _names(dossier, target))


def may_change(dossier: Dossier, stop: Stop, *, unanswered: Iterable[Stop] = ()) -> bool:
    """Return whether a stop may be answered: before sending, and later while it is to be mended.

    unanswered: stops that another change left open; they have to be answered too.
    """
    if dossier.sent_at is None:
        return True
    if _names(dossier, target_of(stop)):
        return True
    return stop in unanswered and bool(open_items(dossier))


def was_given_back(dossier: Dossier, stop: Stop) -> bool:
    """Return whether a stop was given back at any time, while something is to be mended now."""
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
        item.changed_at = clock.now()


def hindrance_of(dossier: Dossier) -> Hindrance | None:
    """Return what still keeps a mended dossier from being sent, None when nothing does."""
    if any(item.changed_at is None for item in open_items(dossier)):
        return Hindrance.ITEMS
    if first_unanswered(answers.answers_of(dossier)) is not None:
        return Hindrance.ANSWERS
    if standing.current_class(dossier) is not NikClass.MATCH:
        return Hindrance.NIK
    whole = estimates.whole_of(dossier)
    if whole is None or estimates.obstacles(dossier, whole):
        return Hindrance.OTHER_LICENCE
    # Another risk leads to another licence: that is a new application, not a mended one. What was
    # rejected is not mended any more, so a slip in it must not hold up the others.
    same = zip(whole.parts, dossier.activities, strict=True)
    led_away = {activity.position for part, activity in same if part.found.risk != activity.risk}
    if led_away and led_away - _rejected_positions(dossier):
        return Hindrance.OTHER_LICENCE
    return None


def _rejected_positions(dossier: Dossier) -> set[int]:
    """Return the activities whose licence an office has rejected for good."""
    ended = {LicenceStatus.REJECTED, LicenceStatus.REQUIREMENT_REJECTED} & FINAL
    return {
        row.activity_position
        for row in licence_standing.of(dossier)
        if row.status in ended and needed.needs_office(row, dossier)
    }


class DossierClosed(Exception):
    """The dossier was sent, so its answers stay as they are."""


def may_answer(dossier: Dossier, step: StepName, position: int = 0) -> bool:
    """Return whether a step may be answered: until the dossier is sent, and what is given back."""
    if dossier.withdrawn_at is not None:
        return False
    if dossier.sent_at is None:
        return True
    open_stop = first_unanswered(answers_of(dossier))
    unanswered = () if open_stop is None else (open_stop,)
    stop = Stop(step, position)
    if may_change(dossier, stop, unanswered=unanswered):
        return True
    # An earlier mend can stand in the way of this one: then it may be mended once more.
    return was_given_back(dossier, stop) and _hinders(dossier)


def _hinders(dossier: Dossier) -> bool:
    """Return whether answers that were all given keep a returned file from being sent again."""
    found = hindrance_of(dossier)
    return found in {corrections.Hindrance.NIK, corrections.Hindrance.OTHER_LICENCE}
