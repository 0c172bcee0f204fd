"""The practice office: lets whoever learns play the office that verifies a licence."""

from __future__ import annotations

from app import clock
from app.domain.dossier import journey
from app.domain.dossier.steps import STEPS
from app.domain.licence.corrections import CorrectionItem, PaperTarget, ReturnReason, Target
from app.domain.licence.status import (
    ACTION_STATUSES,
    OfficeAction,
    StatusSource,
    allowed_actions,
    is_final,
)
from app.domain.oss.codes import LicenceStatus
from app.models.dossier import Dossier
from app.models.licence import Licence
from app.services.dossier import answers
from app.services.licence import gate, needed, standing
from app.services.mending import corrections
from app.services.papers import wanted


class NotPossible(Exception):
    """The action does not fit where the licence stands by now."""


def waiting(dossier: Dossier) -> list[Licence]:
    """Return the licences that the practice office still decides about."""
    return [
        row
        for row in standing.of(dossier)
        if needed.needs_office(row, dossier) and not is_final(LicenceStatus.of(row.status))
    ]


def actions(rows: list[Licence]) -> tuple[OfficeAction, ...]:
    """Return what can be done with at least one of these licences."""
    found = {action for row in rows for action in allowed_actions(LicenceStatus.of(row.status))}
    return tuple(action for action in OfficeAction if action in found)


def targets(dossier: Dossier) -> list[Target]:
    """Return the steps and papers that can be given back, those of each activity apart."""
    stops = journey.way(answers.answers_of(dossier))
    steps = [gate.target_of(stop) for stop in stops if STEPS[stop.name].is_mendable]
    there = [state.paper.key for state in wanted.papers_of(dossier) if state.there]
    return [*steps, *(PaperTarget(key) for key in dict.fromkeys(there))]


def act(
    dossier: Dossier,
    id_izin: str,
    action: OfficeAction,
    *,
    reason: ReturnReason | None = None,
    target: Target | None = None,
    note: str = "",
    answer_days: int | None = None,
    by: StatusSource = StatusSource.PRACTICE,
) -> None:
    """Do it. by: on whose word. Raises NotPossible, UnknownLicence."""
    licence = standing.find(dossier, id_izin)
    if action not in allowed_actions(LicenceStatus.of(licence.status)):
        raise NotPossible(action)
    now = clock.now()
    items = [CorrectionItem(target, reason, note)] if reason else []
    if action in {OfficeAction.GIVE_BACK, OfficeAction.GIVE_BACK_ANEW}:
        try:
            corrections.return_for_correction(
                dossier,
                items,
                by=by,
                answer_days=answer_days,
                id_izin=id_izin,
                anew=action is OfficeAction.GIVE_BACK_ANEW,
                at=now,
            )
        except corrections.CannotReturn as refusal:
            raise NotPossible(refusal.why) from refusal
        return
    for status in ACTION_STATUSES[action]:
        standing.record_status(dossier, id_izin, status, at=now, source=by, reasons=items)
