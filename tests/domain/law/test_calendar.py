from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.law.calendar import (
    WIT,
    MomentWithoutZone,
    NegativeWorkingDays,
    WorkingCalendar,
    local_date,
)

# 2026-12-24 is a Thursday; the holidays are examples.
CALENDAR = WorkingCalendar(frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1)}))
WEDNESDAY = date(2026, 12, 23)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 12, 18), True),
        (date(2026, 12, 19), False),
        (date(2026, 12, 20), False),
        (date(2026, 12, 21), True),
        (date(2026, 12, 23), True),
        (date(2026, 12, 24), False),
    ],
)
def test_weekends_and_holidays_are_no_working_days(day, works):
    assert CALENDAR.is_working(day) is works


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 12, 21), 1, date(2026, 12, 22)),
        (date(2026, 12, 18), 1, date(2026, 12, 21)),
        (date(2026, 12, 19), 1, date(2026, 12, 21)),
        (WEDNESDAY, 0, WEDNESDAY),
        (date(2026, 12, 25), 0, date(2026, 12, 25)),
        (WEDNESDAY, 1, date(2026, 12, 28)),
        (WEDNESDAY, 4, date(2026, 12, 31)),
        (WEDNESDAY, 5, date(2027, 1, 4)),
        (date(2026, 12, 1), 10, date(2026, 12, 15)),
    ],
)
def test_counting_starts_on_the_next_working_day(start, n, end):
    assert CALENDAR.add_working_days(start, n) == end


def test_terms_do_not_run_backwards():
    with pytest.raises(NegativeWorkingDays) as caught:
        CALENDAR.add_working_days(WEDNESDAY, -1)
    assert caught.value.working_days == -1


@pytest.mark.parametrize(
    ("start", "end", "n"),
    [
        (WEDNESDAY, WEDNESDAY, 0),
        (WEDNESDAY, date(2026, 12, 27), 0),
        (WEDNESDAY, date(2026, 12, 28), 1),
        (date(2026, 12, 28), WEDNESDAY, -1),
        (date(2026, 12, 18), date(2026, 12, 21), 1),
    ],
)
def test_the_first_day_is_not_counted_and_the_last_is(start, end, n):
    assert CALENDAR.working_days_between(start, end) == n


@settings(deadline=None)
@given(start=DAYS, n=st.integers(0, 60), holidays=st.frozensets(DAYS, max_size=20))
def test_adding_and_counting_are_inverse(start, n, holidays):
    calendar = WorkingCalendar(holidays)
    end = calendar.add_working_days(start, n)
    assert calendar.working_days_between(start, end) == n
    assert calendar.working_days_between(end, start) == -n
    assert n == 0 or calendar.is_working(end)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 12, 31, 15, 30, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 1, 1, 0, 30, tzinfo=WIT), date(2027, 1, 1)),
        (datetime(2027, 1, 1, 3, 0, tzinfo=timezone(timedelta(hours=14))), date(2026, 12, 31)),
    ],
)
def test_the_day_in_sorong_begins_nine_hours_earlier(moment, day):
    assert local_date(moment) == day


def test_a_moment_must_name_its_zone():
    with pytest.raises(MomentWithoutZone):
        local_date(datetime(2026, 12, 31, 15, 30))  # noqa: DTZ001


def test_wit_is_nine_hours_ahead():
    assert WIT.utcoffset(None) == timedelta(hours=9)
