"""When the practice space is wiped: once each night, at an hour of Sorong."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from app.domain.calendar import WIT


def last_wipe_due(now: datetime, at: time) -> datetime:
    """Return the newest moment, at or before `now` (aware), at which a wipe was due.

    at: the hour and minute in WIT. What was started before that moment has to go.
    """
    local = now.astimezone(WIT)
    due = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)
