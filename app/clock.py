"""What day it is, where the office stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.domain.law.calendar import local_date


def today() -> date:
    """Return the day it is in Sorong."""
    return local_date(datetime.now(UTC))
