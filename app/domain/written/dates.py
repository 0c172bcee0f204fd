"""Dates as people write them: any usual order, in Indonesian or English."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from app.domain.written.text import MAX_TYPED_CHARACTERS, EntryError, tidy


class DateProblem(StrEnum):
    """Why a written date cannot be taken. IMPOSSIBLE is readable, but no such day exists."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"


class DateError(EntryError):
    """A date that cannot be taken; day, month and year as read when it is IMPOSSIBLE."""

    problem: DateProblem

    def __init__(
        self,
        problem: DateProblem,
        *,
        day: int | None = None,
        month: int | None = None,
        year: int | None = None,
    ) -> None:
        super().__init__(problem)
        self.day = day
        self.month = month
        self.year = year


# Full names by month; three letters or more of one are enough ("agus", "sept").
_MONTH_NAMES = (
    ("januari", "january"),
    ("februari", "february", "pebruari"),
    ("maret", "march"),
    ("april",),
    ("mei", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("agustus", "august"),
    ("september",),
    ("oktober", "october"),
    ("november", "nopember"),
    ("desember", "december"),
)
_SHORTENED = {"agt": 8, "ags": 8, "agst": 8, "mrt": 3, "spt": 9, "dst": 12}
# On official letters and stamps.
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTHS = {
    **{
        name[:length]: number
        for number, names in enumerate(_MONTH_NAMES, start=1)
        for name in names
        for length in range(3, len(name) + 1)
    },
    **{numeral: number for number, numeral in enumerate(_ROMAN, start=1)},
    **_SHORTENED,
}
_WORDS_TO_SKIP = frozenset(
    (
        *("tgl", "tanggal", "bln", "bulan", "thn", "tahun", "the", "of", "st", "nd", "rd", "th"),
        *("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    )
)
_CENTURIES = ("18", "19", "20", "21")
_WRITTEN_DATE = re.compile(r"(?:[0-9]+|[a-z]+|[ ./,'’_\\-])+")
_WORD_OR_NUMBER = re.compile(r"[0-9]+|[a-z]+")


def parse_date(text: str, *, today: date) -> date:
    """Read a date in any order a person writes it.

    The day comes first where two orders are possible ("8/7/1990" is 8 July); "8/17/1990" has one
    meaning and is taken. A year of two digits comes last and is the latest one that does not put
    the date after today. Also "17081990", "170890", "1990-08-17", "17 Agt 90", "August 17, 1990".

    Raises DateError: EMPTY; UNREADABLE; IMPOSSIBLE with day, month and year.
    """
    written = tidy(text).lower()
    if not written:
        raise DateError(DateProblem.EMPTY)
    if len(written) > MAX_TYPED_CHARACTERS or not _WRITTEN_DATE.fullmatch(written):
        raise DateError(DateProblem.UNREADABLE)
    parts = _WORD_OR_NUMBER.findall(written.replace("jum'at", "jumat").replace("jum’at", "jumat"))
    numbers = [part for part in parts if part.isdigit()]
    words = [part for part in parts if not part.isdigit() and part not in _WORDS_TO_SKIP]
    if not words:
        return _from_numbers(numbers, today)
    if len(words) == 1 and words[0] in _MONTHS:
        return _around_month(numbers, _MONTHS[words[0]], today)
    raise DateError(DateProblem.UNREADABLE)


def latest_date(day: int, month: int, two_digit_year: int, today: date) -> date | None:
    """Return the latest such day that is not after today; None when there is none.

    Looks at this century and the one before it.
    """
    for century in (today.year // 100, today.year // 100 - 1):
        found = _day(day, month, century * 100 + two_digit_year)
        if found is not None and found <= today:
            return found
    return None


def _from_numbers(numbers: list[str], today: date) -> date:
    if len(numbers) == 1:
        numbers = _cut(numbers[0])
    lengths = [len(number) for number in numbers]
    if len(numbers) != 3 or any(length not in (1, 2, 4) for length in lengths):
        raise DateError(DateProblem.UNREADABLE)
    if lengths.count(4) > 1 or lengths[1] == 4:
        raise DateError(DateProblem.UNREADABLE)
    if lengths[0] == 4:
        year, month, day = numbers
    else:
        day, month, year = numbers
    if int(month) > 12 and 1 <= int(day) <= 12:
        day, month = month, day
    return _build(int(day), int(month), year, today)


def _cut(run: str) -> list[str]:
    """Cut a run of six or eight digits into its three numbers.

    No run fits both orders of eight: its third pair is a month in one and starts the year in the
    other, and no year that matters starts with 01 to 12.
    """
    if len(run) == 8 and run[:2] in _CENTURIES and 1 <= int(run[4:6]) <= 12:
        return [run[:4], run[4:6], run[6:]]
    if len(run) in (6, 8):
        return [run[:2], run[2:4], run[4:]]
    return []


def _around_month(numbers: list[str], month: int, today: date) -> date:
    if len(numbers) != 2:
        raise DateError(DateProblem.UNREADABLE)
    day, year = numbers
    if len(day) == 4:
        day, year = year, day
    if len(day) > 2 or len(year) not in (1, 2, 4):
        raise DateError(DateProblem.UNREADABLE)
    return _build(int(day), month, year, today)


def _build(day: int, month: int, year: str, today: date) -> date:
    if len(year) == 4:
        found = _day(day, month, int(year))
        named_year = int(year)
    elif len(year) == 2:
        found = latest_date(day, month, int(year), today)
        named_year = today.year // 100 * 100 + int(year)
        if named_year > today.year:
            named_year -= 100
    else:
        raise DateError(DateProblem.UNREADABLE)
    if found is None:
        raise DateError(DateProblem.IMPOSSIBLE, day=day, month=month, year=named_year)
    return found


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
