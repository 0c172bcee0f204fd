"""What time it is, for all of the program: tests turn this one clock and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.domain.law.calendar import local_date


def now() -> datetime:
    """Return the moment, with its zone (UTC)."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Sorong."""
    return local_date(now())
