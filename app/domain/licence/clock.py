"""How long an office has been at work on a licence, and how long it still may be (SLA).

The days of a licence stand in its rules (NSPK); they are working days. They begin when the papers
are complete and correct (PP 28/2025, elucidation of article 5(4)). Codes 41 and 42 pause the clock
and let it go on, 43 and 44 set it back and start it anew. If the office says nothing in time, OSS
itself marks the certificate as verified (article 225) or issues the permit (article 230).

Two calendars count the same days: OSS by the working days of the central government (article 1(26))
and the day in Jakarta (WIB), the office by its own free days and the day in Sorong (WIT). The law
knows one clock, that of OSS, so nobody may be shown a later day than that: the earlier one counts.
Whether OSS leaves out regional days too is not known; that it does not is the safe reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Any

from app.domain.law.calendar import WIB, WIT, NegativeWorkingDays, WorkingCalendar, local_date
from app.domain.licence.status import FINAL, SUPERVISION
from app.domain.oss.codes import LicenceStatus as S

URGENT_WORKING_DAYS = 2
"""At so many days left an officer should see red."""

_NOT_COMPLETE = frozenset(
    {S.ENVIRONMENTAL_SCREENING, S.REQUIREMENTS_FILLED, S.INCOMPLETE, S.COMMITMENT}
)


HALTS_THE_DAYS = frozenset(
    {*_NOT_COMPLETE, *FINAL, *SUPERVISION, S.CLARIFICATION, S.RECLARIFICATION}
)
"""Statuses after which no day counts; every other one lets them run, or go on."""


class ClockState(StrEnum):
    """What the clock does. STOPPED: the way of the application has ended."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one licence at a moment.

    started_on: the day of the (last) start. used_working_days: days the office has had, never
        below zero. days_left: None where the rules name no days; below zero when they are over.
    due_on: the last day for the office; None unless the clock runs and the days are known.
    deemed_on: the first day on which OSS may decide by itself; None in the same cases.
    """

    state: ClockState
    started_on: date | None
    used_working_days: int
    days_left: int | None
    due_on: date | None
    deemed_on: date | None

    @property
    def is_urgent(self) -> bool:
        """Return whether the running clock has two days left, or fewer."""
        return (
            self.state is ClockState.RUNNING
            and self.days_left is not None
            and self.days_left <= URGENT_WORKING_DAYS
        )


class DayKind(StrEnum):
    """What one day does to a clock. START: the papers became complete, counting begins after it."""

    START = "start"
    COUNTED = "counted"
    FREE = "free"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a reckoning. number: which working day of the count it is, None unless counted."""

    day: date
    kind: DayKind
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock of one licence as OSS reckons it and as the office does; the earlier is shown."""

    oss: Clock
    office: Clock
    oss_days: tuple[CountedDay, ...] = ()
    office_days: tuple[CountedDay, ...] = ()

    @property
    def state(self) -> ClockState:
        """Return what both do: the same news moves them."""
        return self.oss.state

    @property
    def days_left(self) -> int | None:
        """Return the fewer working days left; None where the rules name no days."""
        return min(self._known(self.oss.days_left, self.office.days_left), default=None)

    @property
    def due_on(self) -> date | None:
        """Return the earlier last day; None unless the clock runs and the days are known."""
        return min(self._known(self.oss.due_on, self.office.due_on), default=None)

    @property
    def deemed_on(self) -> date | None:
        """Return the earlier first day on which OSS may decide by itself; None likewise."""
        return min(self._known(self.oss.deemed_on, self.office.deemed_on), default=None)

    @property
    def is_urgent(self) -> bool:
        """Return whether either has two days left, or fewer."""
        return self.oss.is_urgent or self.office.is_urgent

    @property
    def differ(self) -> bool:
        """Return whether the two end on different days."""
        return self.oss.due_on != self.office.due_on

    @property
    def by_day(self) -> tuple[tuple[date, CountedDay | None, CountedDay | None], ...]:
        """Return each day with what it is to OSS and to the office, in order."""
        sides = [{each.day: each for each in days} for days in (self.oss_days, self.office_days)]
        return tuple(
            (day, sides[0].get(day), sides[1].get(day)) for day in sorted({*sides[0], *sides[1]})
        )

    @staticmethod
    def _known(*values: Any) -> list[Any]:
        return [value for value in values if value is not None]


@dataclass(slots=True)
class _Run:
    """Stretches in which the clock ran, (from, to): `from` itself is not counted, `to` is."""

    state: ClockState
    stretches: list[tuple[date, date | None]]

    def start(self, day: date) -> None:
        self.state = ClockState.RUNNING
        self.stretches.append((day, None))

    def halt(self, day: date, state: ClockState) -> None:
        if self.stretches and self.stretches[-1][1] is None:
            self.stretches[-1] = (self.stretches[-1][0], day)
        self.state = state

    def reset(self, state: ClockState) -> None:
        self.stretches.clear()
        self.state = state


def clocks_of(
    history: Iterable[tuple[S, datetime]],
    days: int | None,
    national: WorkingCalendar,
    office: WorkingCalendar,
    now: datetime,
) -> Clocks:
    """Return both clocks of a licence at `now`, each with its reckoning day by day.

    national: the working days of the central government. office: those of the office here, which
    also has regional days and days on which its door was shut. The rest as for clock_of.
    """
    past = sorted(history, key=lambda pair: pair[1])
    both = [
        (
            clock_of(past, days, calendar, now, zone),
            reckoning(past, days, calendar, now, zone),
        )
        for calendar, zone in ((national, WIB), (office, WIT))
    ]
    return Clocks(both[0][0], both[1][0], both[0][1], both[1][1])


def clock_of(
    history: Iterable[tuple[S, datetime]],
    days: int | None,
    calendar: WorkingCalendar,
    now: datetime,
    zone: timezone = WIT,
) -> Clock:
    """Return how the clock of a licence stands at `now`, by the days of one zone.

    history: statuses with their moments (aware), in any order; what comes after `now` is left out.
    days: working days of the rules, None where not known: then nothing is promised.

    A licence that was seen first at a later stage was complete before; its clock starts at the
    first status that shows it. 93 and other statuses do not touch the clock: no article says so.

    Raises NegativeWorkingDays for days below zero, MomentWithoutZone.
    """
    if days is not None and days < 0:
        raise NegativeWorkingDays(days)
    today = local_date(now, zone)
    run = _run_of(history, now, zone)
    used = _used(run.stretches, calendar, today)
    due = None
    if days is not None and run.state is ClockState.RUNNING:
        due = _day_after_working_days(run.stretches, days, calendar, today)
    return Clock(
        state=run.state,
        started_on=run.stretches[0][0] if run.stretches else None,
        used_working_days=used,
        days_left=None if days is None else days - used,
        due_on=due,
        deemed_on=due + timedelta(days=1) if due else None,
    )


def reckoning(
    history: Iterable[tuple[S, datetime]],
    days: int | None,
    calendar: WorkingCalendar,
    now: datetime,
    zone: timezone = WIT,
) -> tuple[CountedDay, ...]:
    """Return the days from the (last) start to the last day of the term, or to a pause.

    Empty where the days are not known or the clock has not started: then there is nothing to count.
    """
    run = _run_of(history, now, zone)
    if days is None or not run.stretches or run.state is ClockState.STOPPED:
        return ()
    today = local_date(now, zone)
    found = [CountedDay(run.stretches[0][0], DayKind.START)]
    number = 0
    for start, end in run.stretches:
        day = found[-1].day
        while day < start:
            day += timedelta(days=1)
            found.append(CountedDay(day, DayKind.PAUSED))
        last = end or max(today, calendar.add_working_days(start, max(0, days - number)))
        while day < last:
            day += timedelta(days=1)
            if calendar.is_working(day):
                number += 1
                found.append(CountedDay(day, DayKind.COUNTED, number))
            else:
                found.append(CountedDay(day, DayKind.FREE))
    return tuple(found)


def _run_of(history: Iterable[tuple[S, datetime]], now: datetime, zone: timezone) -> _Run:
    run = _Run(ClockState.NOT_STARTED, [])
    for status, moment in sorted(history, key=lambda pair: pair[1]):
        if moment > now or run.state is ClockState.STOPPED:
            break
        _take(run, status, local_date(moment, zone))
    return run


def _take(run: _Run, status: S, day: date) -> None:
    if status in FINAL or status in SUPERVISION:
        run.halt(day, ClockState.STOPPED)
    elif status in _NOT_COMPLETE:
        run.reset(ClockState.NOT_STARTED)
    elif status is S.CLARIFICATION:
        run.halt(day, ClockState.PAUSED)
    elif status is S.RECLARIFICATION:
        run.reset(ClockState.PAUSED)
    elif status is S.RECLARIFIED:
        run.reset(ClockState.RUNNING)
        run.start(day)
    elif status is S.OTHER:
        return  # whether it pauses the clock nobody can tell: the earlier day counts
    elif run.state is not ClockState.RUNNING and status is not S.REQUIREMENT_REJECTED:
        run.start(day)  # 42, the first sight of a complete file, or an office that went on


def _used(
    stretches: Sequence[tuple[date, date | None]], calendar: WorkingCalendar, today: date
) -> int:
    return sum(calendar.working_days_between(start, end or today) for start, end in stretches)


def _day_after_working_days(
    stretches: Sequence[tuple[date, date | None]],
    days: int,
    calendar: WorkingCalendar,
    today: date,
) -> date:
    """Return the day on which so many days had been, or will have been, used."""
    left = days
    for start, end in stretches[:-1]:
        used = _used([(start, end)], calendar, today)
        if used >= left:
            return calendar.add_working_days(start, left)
        left -= used
    return calendar.add_working_days(stretches[-1][0], left)


def end_of_term(
    start: datetime, working_days: int, national: WorkingCalendar, office: WorkingCalendar
) -> datetime:
    """Return the moment at which a term of working days is over: midnight after its last day.

    By both calendars, each in its zone; the earlier moment, so that nobody is late at OSS who is
    in time by what we say.

    Raises NegativeWorkingDays, MomentWithoutZone.
    """
    return min(
        datetime.combine(
            calendar.add_working_days(local_date(start, zone), working_days) + timedelta(days=1),
            time(),
            tzinfo=zone,
        )
        for calendar, zone in ((national, WIB), (office, WIT))
    )
