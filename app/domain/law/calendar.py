"""Working days (Hari) and the local day. Rules are told what day it is; they never ask a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

WIT = timezone(timedelta(hours=9), "WIT")
"""Waktu Indonesia Timur. A fixed offset: Papua has no summer time."""

WIB = timezone(timedelta(hours=7), "WIB")
"""Waktu Indonesia Barat, the time of Jakarta, in which the national OSS shows its days."""

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class NegativeWorkingDays(ValueError):
    """A number of working days below zero, where only counting forward makes sense."""

    def __init__(self, working_days: int) -> None:
        super().__init__("negative_working_days")
        self.working_days = working_days


class MomentWithoutZone(ValueError):
    """A moment that does not say in which zone it is."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are working days (Hari).

    holidays: public holidays and collective leave (cuti bersama); weekends need not be in it.
    Source: PP 28/2025, article 1(26): a day is a working day as set by the central government.
    """

    holidays: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Return whether offices are open on this day."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add_working_days(self, start: date, n: int) -> date:
        """Return the last day of a term of n working days that begins after `start`.

        Counting starts on the next working day; n = 0 is `start` itself, working or not.

        Raises NegativeWorkingDays below zero.
        """
        if n < 0:
            raise NegativeWorkingDays(n)
        day = start
        while n:
            day += _ONE_DAY
            n -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start`, up to and with `end`.

        The inverse of add_working_days. Below zero when `end` came before `start`: so many
        working days after `end`, up to and with `start`.
        """
        if end < start:
            return -self.working_days_between(end, start)
        return sum(
            self.is_working(start + timedelta(days=passed))
            for passed in range(1, (end - start).days + 1)
        )


def local_date(moment_utc: datetime, zone: timezone = WIT) -> date:
    """Return the date at a moment, in Sorong (WIT) unless another zone is named.

    Raises MomentWithoutZone for a moment without tzinfo: guessing would be wrong by a day.
    """
    if moment_utc.tzinfo is None:
        raise MomentWithoutZone("moment_without_zone")
    return moment_utc.astimezone(zone).date()


def last_wipe_due(now: datetime, at: time) -> datetime:
    """Return the newest moment, at or before `now` (aware), at which a wipe was due.

    at: the hour and minute in WIT. What was started before that moment has to go.
    """
    local = now.astimezone(WIT)
    due = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)
