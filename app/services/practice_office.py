"""The practice office: lets whoever learns play the office that verifies a licence."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.corrections import CorrectionItem, ReturnReason, StepTarget
from app.domain.journey import StepName
from app.domain.oss_codes import LicenceStatus
from app.domain.verification import (
    ACTION_STATUSES,
    OfficeAction,
    StatusSource,
    allowed_actions,
    is_final,
)
from app.models.dossier import Dossier
from app.models.licence import Licence
from app.services import corrections, licences

_NOT_TO_MEND = frozenset({StepName.DECLARATIONS})


class NotPossible(Exception):
    """The action does not fit where the licence stands by now."""


def waiting(dossier: Dossier) -> list[Licence]:
    """Return the licences that the practice office still decides about."""
    return [
        row
        for row in licences.of(dossier)
        if licences.needs_office(row, dossier) and not is_final(LicenceStatus(row.status))
    ]


def actions(rows: list[Licence]) -> tuple[OfficeAction, ...]:
    """Return what can be done with at least one of these licences."""
    found = {action for row in rows for action in allowed_actions(LicenceStatus(row.status))}
    return tuple(action for action in OfficeAction if action in found)


def targets(dossier: Dossier) -> list[StepTarget]:
    """Return the steps that can be given back, those of each activity apart."""
    own = [step for step in StepName if step not in _NOT_TO_MEND]
    of_person = {StepName.IDENTITY, StepName.PHONE, StepName.HOME}
    return [
        StepTarget(step, activity.position)
        for activity in dossier.activities
        for step in own
        if step not in of_person or activity is dossier.activities[0]
    ]


def act(
    dossier: Dossier,
    id_izin: str,
    action: OfficeAction,
    *,
    reason: ReturnReason | None = None,
    target: StepTarget | None = None,
    note: str = "",
    answer_days: int | None = None,
) -> None:
    """Do it. Raises NotPossible, UnknownLicence."""
    licence = licences.find(dossier, id_izin)
    if action not in allowed_actions(LicenceStatus(licence.status)):
        raise NotPossible(action)
    now = datetime.now(UTC)
    items = [CorrectionItem(target, reason, note)] if reason else []
    if action in {OfficeAction.GIVE_BACK, OfficeAction.GIVE_BACK_ANEW}:
        try:
            corrections.return_for_correction(
                dossier,
                items,
                by=StatusSource.PRACTICE,
                answer_days=answer_days,
                id_izin=id_izin,
                anew=action is OfficeAction.GIVE_BACK_ANEW,
                at=now,
            )
        except corrections.CannotReturn as refusal:
            raise NotPossible(refusal.why) from refusal
        return
    for status in ACTION_STATUSES[action]:
        licences.record_status(
            dossier, id_izin, status, at=now, source=StatusSource.PRACTICE, reasons=items
        )
