"""The time, for the whole program: tests set this one clock and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.domain.law.calendar import local_date


def now() -> datetime:
    """Return the current moment, with its zone (UTC)."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in Sorong."""
    return local_date(now())
