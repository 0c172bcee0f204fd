"""Where in a file an answer is kept."""

from __future__ import annotations

from app.domain.dossier.steps import STEPS, Of, StepName
from app.models.dossier import Activity, Applicant, Dossier, Entity


class NoSuchActivity(Exception):
    """The dossier has no activity with this number, or it was taken out."""


def activity_at(dossier: Dossier, at: int) -> Activity:
    """Return an activity by its number. Raises NoSuchActivity."""
    for activity in dossier.activities:
        if activity.position == at:
            return activity
    raise NoSuchActivity(at)


def row_of(
    dossier: Dossier, step: StepName, at: int = 0
) -> Dossier | Applicant | Entity | Activity | None:
    """Return the row that a step fills. at: number of the activity. Raises NoSuchActivity."""
    match STEPS[step].of:
        case Of.ACTIVITY:
            return activity_at(dossier, at)
        case Of.PERSON:
            return dossier.applicant
        case Of.ENTITY:
            return dossier.entity
        case Of.FILE:
            return dossier
