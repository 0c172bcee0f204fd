"""LKPM: who reports, which months each date covers, and what moves a date."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.after.lkpm import (
    LKPM_LAW,
    BadPeriod,
    DueNotice,
    Rhythm,
    by_period,
    due_of,
    next_dues,
    period_of,
    remind_on,
    rhythm_of,
)
from app.domain.law.business_size import BusinessSize

HALF, QUARTER = Rhythm.HALF_YEARLY, Rhythm.QUARTERLY


@pytest.mark.parametrize(
    ("size", "rhythm"),
    [
        (BusinessSize.MICRO, Rhythm.EXEMPT),
        (BusinessSize.SMALL, HALF),
        (BusinessSize.MEDIUM, QUARTER),
        (BusinessSize.LARGE, QUARTER),
    ],
)
def test_the_size_decides_how_often(size, rhythm):
    assert rhythm_of(size) is rhythm


@pytest.mark.parametrize(
    ("key", "first", "last", "due"),
    [
        ("2026-S1", date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 15)),
        ("2026-S2", date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 15)),
        ("2026-T1", date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 15)),
        ("2026-T2", date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 15)),
        ("2026-T3", date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 15)),
        ("2026-T4", date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 15)),
    ],
)
def test_each_period_has_its_months_and_its_last_day(key, first, last, due):
    period = period_of(key)
    assert (period.key, period.first, period.last) == (key, first, last)
    assert due_of(period, {}).day == period.usual_due == due


@pytest.mark.parametrize("key", ["", "2026", "2026-S3", "2026-T5", "2026-S0", "1999-S1", "2026-s1"])
def test_another_key_is_no_period(key):
    with pytest.raises(BadPeriod):
        period_of(key)


@pytest.mark.parametrize(
    ("rhythm", "on", "keys"),
    [
        (HALF, date(2026, 7, 15), ["2026-S1", "2026-S2"]),  # the last day itself still counts
        (HALF, date(2026, 7, 16), ["2026-S2", "2027-S1"]),
        (HALF, date(2027, 1, 15), ["2026-S2", "2027-S1"]),
        (HALF, date(2027, 1, 16), ["2027-S1", "2027-S2"]),
        (QUARTER, date(2026, 4, 15), ["2026-T1", "2026-T2"]),
        (QUARTER, date(2026, 4, 16), ["2026-T2", "2026-T3"]),
        (QUARTER, date(2026, 7, 16), ["2026-T3", "2026-T4"]),
        (QUARTER, date(2026, 10, 16), ["2026-T4", "2027-T1"]),
        (QUARTER, date(2027, 1, 15), ["2026-T4", "2027-T1"]),
        (QUARTER, date(2027, 1, 16), ["2027-T1", "2027-T2"]),
        (Rhythm.EXEMPT, date(2026, 7, 15), []),
    ],
)
def test_the_next_dates(rhythm, on, keys):
    assert [due.period.key for due in next_dues(rhythm, {}, on=on)] == keys


@pytest.mark.parametrize(
    ("since", "first"),
    [
        (date(2026, 6, 30), "2026-S1"),
        (date(2026, 7, 1), "2026-S2"),
        (date(2026, 12, 31), "2026-S2"),
        (date(2027, 1, 1), "2027-S1"),
    ],
)
def test_what_ended_before_the_nib_is_not_reported(since, first):
    found = next_dues(HALF, {}, on=date(2026, 7, 1), since=since)
    assert found[0].period.key == first


def test_only_a_notice_moves_a_date_and_only_its_own():
    later = DueNotice("2026-T2", date(2026, 7, 20), "Surat contoh")
    notices = by_period([DueNotice("2026-T2", date(2026, 7, 17), "Surat lama"), later])
    assert due_of(period_of("2026-T2"), notices).day == date(2026, 7, 20)
    assert due_of(period_of("2026-T2"), notices).notice == later
    assert due_of(period_of("2026-S1"), notices).notice is None
    moved = next_dues(QUARTER, notices, on=date(2026, 7, 20))
    assert moved[0].day == date(2026, 7, 20)
    assert next_dues(QUARTER, notices, on=date(2026, 7, 21))[0].period.key == "2026-T3"


def test_a_weekend_moves_nothing():
    assert date(2028, 4, 15).weekday() == 5
    assert due_of(period_of("2028-T1"), {}).day == date(2028, 4, 15)


def test_one_is_reminded_two_weeks_before():
    assert remind_on(due_of(period_of("2026-S2"), {})) == date(2027, 1, 1)


def test_what_was_not_read_in_the_law_itself_says_so():
    assert [law.confirmed for law in LKPM_LAW] == [True, False]


@given(
    st.sampled_from([HALF, QUARTER]),
    st.dates(date(2026, 1, 1), date(2060, 12, 31)),
    st.integers(1, 12),
)
def test_periods_follow_each_other_without_a_gap(rhythm, on, count):
    found = next_dues(rhythm, {}, on=on, count=count)
    assert len(found) == count
    assert on <= found[0].day <= on + timedelta(days=184)
    for one, other in pairwise(found):
        assert other.period.first == one.period.last + timedelta(days=1)
        assert one.period.last < one.day < other.day
    assert [period_of(due.period.key) for due in found] == [due.period for due in found]
