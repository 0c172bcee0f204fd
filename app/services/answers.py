"""What the steps before have made sure of: an answer, an activity."""

from __future__ import annotations

from typing import TypeVar

from app.models.dossier import Activity, Dossier

T = TypeVar("T")


class MissingAnswer(Exception):
    """An answer that must be there is not: a step was let through too early."""


def known(value: T | None) -> T:
    """Return the answer. Raises MissingAnswer; only complete dossiers come to where it is used."""
    if value is None:
        raise MissingAnswer
    return value


class NoSuchActivity(Exception):
    """The dossier has no activity with this number, or it was taken out."""


def activity_at(dossier: Dossier, at: int) -> Activity:
    """Return an activity by its number. Raises NoSuchActivity."""
    for activity in dossier.activities:
        if activity.position == at:
            return activity
    raise NoSuchActivity(at)
