"""LKPM (laporan kegiatan penanaman modal): who reports on the investment, for when, until when.

Source: PP 28/2025, article 255; dates and exemption from Permen Investasi/BKPM 5/2025, articles
285-286, which was read second-hand. The report itself is made at oss.go.id and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import Citation

LKPM_LAW = (
    Citation("PP 28/2025", "255"),
    Citation("Permen Investasi/BKPM 5/2025", "285-286", confirmed=False),
)
DUE_DAY = 15  # of the month after the period
REMIND_DAYS_BEFORE = 14
_MONTHS_IN_YEAR = 12
_KEY = re.compile(r"(20[0-9]{2})-(?:S([12])|T([1-4]))")


class Rhythm(StrEnum):
    """How often a business reports."""

    EXEMPT = "exempt"
    HALF_YEARLY = "half_yearly"
    QUARTERLY = "quarterly"

    @property
    def months(self) -> int:
        """Length of a period. Raises KeyError for EXEMPT, which has none."""
        return _MONTHS[self]


_MONTHS = {Rhythm.HALF_YEARLY: 6, Rhythm.QUARTERLY: 3}
_LETTERS = {Rhythm.HALF_YEARLY: "S", Rhythm.QUARTERLY: "T"}  # semester, triwulan


class BadPeriod(ValueError):
    """Not the key of a period, such as "2026-S2" or "2026-T4"."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period of reporting. part: 1-2 for half-years (semester), 1-4 for quarters (triwulan)."""

    year: int
    part: int
    rhythm: Rhythm

    @property
    def key(self) -> str:
        """Return its short name: "2026-S2", "2026-T4"."""
        return f"{self.year}-{_LETTERS[self.rhythm]}{self.part}"

    @property
    def first(self) -> date:
        """The first day that the report covers."""
        return date(self.year, (self.part - 1) * self.rhythm.months + 1, 1)

    @property
    def last(self) -> date:
        """The last day that the report covers."""
        return _month_after(self.year, self.part * self.rhythm.months) - timedelta(days=1)

    @property
    def usual_due(self) -> date:
        """The last day to report when no notice moves it: the 15th of the month after."""
        return _month_after(self.year, self.part * self.rhythm.months).replace(day=DUE_DAY)


@dataclass(frozen=True, slots=True)
class DueNotice:
    """An official notice that moves the last day of one period. source: what it is and of when."""

    period: str
    due: date
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """The last day to report on a period. notice: what moved it, None for the usual day."""

    period: Period
    day: date
    notice: DueNotice | None = None


def rhythm_of(size: BusinessSize) -> Rhythm:
    """Return how often a business of this size reports.

    Source: Permen Investasi/BKPM 5/2025, articles 285-286 (second-hand).
    """
    if size is BusinessSize.MICRO:
        return Rhythm.EXEMPT
    return Rhythm.HALF_YEARLY if size is BusinessSize.SMALL else Rhythm.QUARTERLY


def period_of(key: str) -> Period:
    """Return the period with this key. Raises BadPeriod."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise BadPeriod(key)
    year, half, quarter = found.groups()
    if half:
        return Period(int(year), int(half), Rhythm.HALF_YEARLY)
    return Period(int(year), int(quarter), Rhythm.QUARTERLY)


def due_of(period: Period, notices: Mapping[str, DueNotice]) -> Due:
    """Return the last day to report on a period. A holiday alone moves nothing: a notice does."""
    notice = notices.get(period.key)
    return Due(period, notice.due if notice else period.usual_due, notice)


def next_dues(
    rhythm: Rhythm,
    notices: Mapping[str, DueNotice],
    *,
    on: date,
    since: date | None = None,
    count: int = 2,
) -> tuple[Due, ...]:
    """Return the next last days, from `on` itself onwards; empty for EXEMPT.

    since: the day of the NIB: a period that ended before it is not reported.
    """
    if rhythm is Rhythm.EXEMPT:
        return ()
    dues = (due_of(period, notices) for period in _periods_from(rhythm, on.year - 1))
    wanted = (due for due in dues if due.day >= on and (since is None or due.period.last >= since))
    return tuple(islice(wanted, count))


def remind_on(due: Due) -> date:
    """Return the day of the reminder."""
    return due.day - timedelta(days=REMIND_DAYS_BEFORE)


def by_period(notices: Iterable[DueNotice]) -> dict[str, DueNotice]:
    """Return notices by the key of their period; of several the last one counts."""
    return {notice.period: notice for notice in notices}


def _periods_from(rhythm: Rhythm, year: int) -> Iterator[Period]:
    while True:
        for part in range(1, _MONTHS_IN_YEAR // rhythm.months + 1):
            yield Period(year, part, rhythm)
        year += 1


def _month_after(year: int, month: int) -> date:
    return date(year + month // _MONTHS_IN_YEAR, month % _MONTHS_IN_YEAR + 1, 1)
