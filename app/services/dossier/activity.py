"""One activity of a file, as the rules want it."""

from __future__ import annotations

from app.models.dossier import Activity, Dossier


class NoSuchActivity(Exception):
    """The dossier has no activity with this number, or it was taken out."""


def activity_at(dossier: Dossier, at: int) -> Activity:
    """Return an activity by its number. Raises NoSuchActivity."""
    for activity in dossier.activities:
        if activity.position == at:
            return activity
    raise NoSuchActivity(at)
