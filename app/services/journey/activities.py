"""Several activities in one file: added, taken away, put back."""

from __future__ import annotations

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.journey import MAX_ACTIVITIES
from app.extensions import db
from app.models.dossier import Activity, Dossier
from app.services.base import events
from app.services.dossier.activity import NoSuchActivity, activity_at
from app.services.journey.steps import check_unsent


class TooManyActivities(Exception):
    """One file cannot hold more activities."""


def add_activity(dossier: Dossier) -> Activity:
    """Add an empty activity at the end. An empty one that is there already is used first.

    Raises TooManyActivities, DossierClosed.
    """
    check_unsent(dossier)
    last = dossier.activities[-1]
    if last.kbli_code is None:
        return last
    if len(dossier.activities) >= MAX_ACTIVITIES:
        raise TooManyActivities(MAX_ACTIVITIES)
    position = max(activity.position for activity in dossier.every_activity) + 1
    added = Activity(position=position, described=False)
    dossier.every_activity.append(added)
    db.session.flush()
    events.record(dossier, EventKind.ACTIVITY_ADDED, position=position)
    return added


def remove_activity(dossier: Dossier, at: int) -> None:
    """Take an activity out; its answers stay, so that it can be put back.

    Without the main one, the next becomes the main activity. The last one stays.

    Raises NoSuchActivity, DossierClosed.
    """
    check_unsent(dossier)
    activity = activity_at(dossier, at)
    if len(dossier.activities) == 1:
        raise NoSuchActivity(at)
    activity.removed_at = clock.now()
    db.session.flush()
    events.record(dossier, EventKind.ACTIVITY_REMOVED, position=at)


def restore_activity(dossier: Dossier, at: int) -> None:
    """Put an activity back that was taken out.

    Raises NoSuchActivity, TooManyActivities, DossierClosed.
    """
    check_unsent(dossier)
    for activity in dossier.every_activity:
        if activity.position == at:
            if activity.removed_at and len(dossier.activities) >= MAX_ACTIVITIES:
                raise TooManyActivities(MAX_ACTIVITIES)
            activity.removed_at = None
            db.session.flush()
            events.record(dossier, EventKind.ACTIVITY_RESTORED, position=at)
            return
    raise NoSuchActivity(at)


def removed_activities(dossier: Dossier) -> list[Activity]:
    """Return what was taken out and can be put back, the newest first."""
    gone = [(a.removed_at, a) for a in dossier.every_activity if a.removed_at and a.kbli_code]
    return [activity for _, activity in sorted(gone, key=lambda pair: pair[0], reverse=True)]
