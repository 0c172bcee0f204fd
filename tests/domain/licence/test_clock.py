"""The clock of an office: pause, reset, weekends, holidays, and what nobody may promise."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.law.calendar import (
    WIB,
    WIT,
    MomentWithoutZone,
    NegativeWorkingDays,
    WorkingCalendar,
    local_date,
)
from app.domain.licence.clock import (
    Clocks,
    ClockState,
    CountedDay,
    DayKind,
    clock_of,
    clocks_of,
    end_of_term,
    reckoning,
)
from app.domain.licence.status import FINAL
from app.domain.oss.codes import LicenceStatus as S

PLAIN = WorkingCalendar(frozenset())
# Christmas week of 2026: Thursday 24 and Friday 25 December are free.
CHRISTMAS = WorkingCalendar(frozenset({date(2026, 12, 24), date(2026, 12, 25)}))
# National and collective days of the joint decree around the rows of tests/data/clock_days.csv.
NATIONAL = frozenset(
    date(2027, month, day)
    for month, days in {
        1: (1, 5), 2: (5, 6), 3: (8, 9, 10, 11, 12, 15, 25, 26, 28), 5: (1, 6, 17, 18, 19, 20),
    }.items()
    for day in days
) | {date(2026, 12, 24), date(2026, 12, 25)}  # fmt: skip
FREE_IN_PAPUA = date(2029, 2, 5)  # a Monday on which nothing national falls


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=WIT)


MONDAY = date(2026, 11, 2)


def day(n: int) -> date:
    """Return the n-th day after a Monday."""
    return MONDAY + timedelta(days=n)


def clock(history, now: date, days: int | None = 7, calendar: WorkingCalendar = PLAIN):
    return clock_of([(status, at(when)) for status, when in history], days, calendar, at(now, 12))


def test_nothing_runs_before_the_papers_are_complete():
    for status in (S.REQUIREMENTS_FILLED, S.INCOMPLETE, S.COMMITMENT, S.ENVIRONMENTAL_SCREENING):
        found = clock([(status, day(0))], day(30))
        assert (found.state, found.started_on) == (ClockState.NOT_STARTED, None)
        assert (found.used_working_days, found.days_left, found.due_on) == (0, 7, None)


def test_no_history_no_clock():
    assert clock([], day(0)).state is ClockState.NOT_STARTED


@pytest.mark.parametrize(
    ("now", "used", "left", "urgent"),
    [
        (day(0), 0, 7, False),  # the day of the start is not counted
        (day(1), 1, 6, False),
        (day(4), 4, 3, False),
        (day(6), 4, 3, False),  # Sunday
        (day(7), 5, 2, True),
        (day(9), 7, 0, True),  # the last day
        (day(10), 8, -1, True),
    ],
)
def test_it_counts_working_days(now, used, left, urgent):
    found = clock([(S.REQUIREMENTS_FILLED, day(0)), (S.COMPLETE, day(0))], now)
    assert (found.used_working_days, found.days_left, found.is_urgent) == (used, left, urgent)
    assert (found.started_on, found.due_on) == (day(0), day(9))
    assert found.deemed_on == day(10)


@pytest.mark.parametrize("start", [day(4), day(5), day(6)])
def test_friday_saturday_and_sunday_lead_to_the_same_last_day(start):
    assert clock([(S.COMPLETE, start)], start, days=5).due_on == day(11)


def test_holidays_are_not_counted():
    found = clock_of([(S.COMPLETE, at(date(2026, 12, 23)))], 3, CHRISTMAS, at(date(2026, 12, 28)))
    assert (found.used_working_days, found.due_on) == (1, date(2026, 12, 30))
    without = clock_of([(S.COMPLETE, at(date(2026, 12, 23)))], 3, PLAIN, at(date(2026, 12, 28)))
    assert (without.used_working_days, without.due_on) == (3, date(2026, 12, 28))


def test_the_day_is_the_one_in_sorong():
    """16.00 UTC on Monday is Tuesday 01.00 WIT; 14.59 is still Monday."""
    late = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
    early = datetime(2026, 11, 2, 14, 59, tzinfo=UTC)
    now = at(day(4))
    assert clock_of([(S.COMPLETE, late)], 7, PLAIN, now).used_working_days == 3
    assert clock_of([(S.COMPLETE, early)], 7, PLAIN, now).used_working_days == 4


def test_unknown_days_promise_nothing():
    found = clock([(S.COMPLETE, day(0))], day(50), days=None)
    assert (found.days_left, found.due_on, found.deemed_on) == (None, None, None)
    assert not found.is_urgent
    assert found.used_working_days == 36


def test_a_return_pauses_and_an_answer_goes_on():
    history = [(S.COMPLETE, day(0)), (S.CLARIFICATION, day(2))]
    paused = clock(history, day(20))
    assert paused.state is ClockState.PAUSED
    assert (paused.used_working_days, paused.days_left, paused.due_on) == (2, 5, None)
    assert not paused.is_urgent
    again = clock([*history, (S.CLARIFIED, day(21))], day(22))
    assert (again.state, again.used_working_days, again.days_left) == (ClockState.RUNNING, 3, 4)
    assert again.due_on == day(28)


def test_a_return_anew_sets_back_and_waits():
    history = [(S.COMPLETE, day(0)), (S.RECLARIFICATION, day(4))]
    paused = clock(history, day(20))
    assert (paused.state, paused.used_working_days, paused.days_left) == (ClockState.PAUSED, 0, 7)
    again = clock([*history, (S.RECLARIFIED, day(21))], day(21))
    assert (again.state, again.days_left) == (ClockState.RUNNING, 7)
    assert (again.started_on, again.due_on) == (day(21), day(30))


def test_started_anew_without_a_return_counts_from_zero():
    found = clock([(S.COMPLETE, day(0)), (S.RECLARIFIED, day(4))], day(7))
    assert (found.started_on, found.used_working_days) == (day(4), 1)


def test_an_answer_to_a_return_anew_counts_from_zero_too():
    history = [(S.COMPLETE, day(0)), (S.RECLARIFICATION, day(4)), (S.CLARIFIED, day(7))]
    assert clock(history, day(8)).used_working_days == 1


def test_a_return_before_the_start_waits_with_all_days():
    history = [(S.REQUIREMENTS_FILLED, day(0)), (S.CLARIFICATION, day(1))]
    assert clock(history, day(9)).days_left == 7
    assert clock([*history, (S.CLARIFIED, day(9))], day(10)).days_left == 6


@pytest.mark.parametrize("final", [S.APPROVED, S.DEEMED_APPROVED, S.REJECTED, S.WARNED])
def test_it_stops_for_good(final):
    history = [(S.COMPLETE, day(0)), (final, day(3)), (S.SUSPENDED, day(40))]
    found = clock(history, day(60))
    assert (found.state, found.used_working_days) == (ClockState.STOPPED, 3)
    assert (found.due_on, found.deemed_on, found.is_urgent) == (None, None, False)


def test_between_the_stages_it_runs_on():
    stages = [S.COMPLETE, S.VALIDATION, S.INSPECTION, S.TECHNICALLY_APPROVED, S.NUMBER_TAKEN]
    found = clock([(stage, day(n)) for n, stage in enumerate(stages)], day(4))
    assert (found.state, found.used_working_days, found.started_on) == (
        ClockState.RUNNING,
        4,
        day(0),
    )


def test_an_office_that_goes_on_without_an_answer_lets_it_run():
    history = [(S.COMPLETE, day(0)), (S.CLARIFICATION, day(2)), (S.INSPECTION, day(7))]
    assert clock(history, day(8)).used_working_days == 3


def test_first_seen_at_a_later_stage_it_starts_there():
    assert clock([(S.INSPECTION, day(3))], day(4)).started_on == day(3)
    rejected = clock([(S.REQUIREMENT_REJECTED, day(3))], day(4))
    assert rejected.state is ClockState.NOT_STARTED


def test_papers_found_incomplete_after_all_take_the_start_back():
    history = [(S.COMPLETE, day(0)), (S.INCOMPLETE, day(2)), (S.COMPLETE, day(7))]
    assert clock(history[:2], day(3)).state is ClockState.NOT_STARTED
    assert clock(history, day(8)).used_working_days == 1


def test_days_that_ran_out_before_a_pause_stay_over():
    history = [(S.COMPLETE, day(0)), (S.CLARIFICATION, day(14)), (S.CLARIFIED, day(21))]
    found = clock(history, day(22))
    assert (found.days_left, found.due_on) == (-4, day(9))


def test_no_days_at_all_are_due_at_once():
    found = clock([(S.COMPLETE, day(0))], day(0), days=0)
    assert (found.days_left, found.due_on, found.deemed_on) == (0, day(0), day(1))


def test_what_comes_later_is_left_out():
    assert clock([(S.COMPLETE, day(0)), (S.REJECTED, day(9))], day(3)).state is ClockState.RUNNING


def test_refused_values():
    with pytest.raises(NegativeWorkingDays):
        clock([(S.COMPLETE, day(0))], day(1), days=-1)
    with pytest.raises(MomentWithoutZone):
        clock_of([], 7, PLAIN, datetime(2026, 11, 2))  # noqa: DTZ001 - on purpose


def test_a_term_ends_at_the_earlier_midnight_after_its_last_day():
    midnight_here = end_of_term(at(day(4)), 5, PLAIN, PLAIN)
    assert midnight_here == datetime(2026, 11, 14, tzinfo=WIT)
    assert local_date(midnight_here - timedelta(seconds=1)) == day(11)
    # Half past midnight here is still the day before in Jakarta, and the term is over a day sooner.
    early = at(day(1), 0) + timedelta(minutes=30)
    assert end_of_term(early, 1, PLAIN, PLAIN) == datetime(2026, 11, 4, tzinfo=WIB)
    # A day that only the office has free gives nobody more time at OSS.
    assert end_of_term(at(date(2026, 12, 23)), 1, PLAIN, CHRISTMAS).date() == date(2026, 12, 25)


def golden_rows() -> list[dict[str, str]]:
    path = Path(__file__).parent.parent.parent / "data" / "clock_days.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIT)


def some_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def clocks_of_row(row: dict[str, str]) -> Clocks:
    history = [event.split("@") for event in row["history_wit"].split()]
    shut = {date.fromisoformat(text) for text in row["closed"].split()}
    return clocks_of(
        [(S(code), here(moment)) for code, moment in history],
        int(row["days"]),
        WorkingCalendar(NATIONAL),
        WorkingCalendar(NATIONAL | {FREE_IN_PAPUA} | shut),
        here(row["now_wit"]),
    )


@pytest.mark.parametrize("case", sorted({row["case"] for row in golden_rows()}))
def test_both_clocks_by_rows_reckoned_apart(case):
    rows = [row for row in golden_rows() if row["case"] == case]
    for row in rows:
        found = clocks_of_row(row)
        told = (
            *(found.oss.days_left, found.oss.due_on),
            *(found.office.days_left, found.office.due_on),
            *(found.days_left, found.due_on),
        )
        expected = []
        for side in ("oss_", "office_", ""):
            expected += [int(row[f"{side}left"]), some_day(row[f"{side}due"])]
        assert told == tuple(expected), row
        assert found.differ is (row["oss_due"] != row["office_due"])
    assert len(golden_rows()) >= 200


@pytest.mark.parametrize("row", golden_rows()[::13], ids=lambda row: row["history_wit"])
def test_the_reckoning_ends_where_the_clock_does(row):
    found = clocks_of_row(row)
    for clock, days in ((found.oss, found.oss_days), (found.office, found.office_days)):
        numbers = [each.number for each in days if each.number]
        assert days[0].kind is DayKind.START
        assert numbers == list(range(1, len(numbers) + 1))
        assert [each.day for each in days] == sorted({each.day for each in days})
        if clock.due_on:
            assert [each.day for each in days if each.number == int(row["days"])] == [clock.due_on]
    assert [day for day, *_ in found.by_day] == sorted({day for day, *_ in found.by_day})


def test_a_pause_stands_in_the_reckoning():
    history = [(S.COMPLETE, at(day(0))), (S.CLARIFICATION, at(day(1))), (S.CLARIFIED, at(day(3)))]
    days = reckoning(history, 3, PLAIN, at(day(3), 12))
    kinds = [DayKind.START, DayKind.COUNTED, DayKind.PAUSED, DayKind.PAUSED, DayKind.COUNTED]
    assert [each.kind for each in days][:5] == kinds
    assert days[-1] == CountedDay(day(7), DayKind.COUNTED, 3)


@pytest.mark.parametrize("history", [[], [(S.REQUIREMENTS_FILLED, at(MONDAY))]])
def test_nothing_is_reckoned_before_the_start(history):
    assert reckoning(history, 3, PLAIN, at(day(3))) == ()


statuses = st.sampled_from([s for s in S if s not in {S.WARNED, S.SUSPENDED, S.FINED}])
days_later = st.integers(min_value=0, max_value=90)
histories = st.lists(st.tuples(statuses, days_later), max_size=12).map(
    lambda pairs: [(status, day(n)) for status, n in sorted(pairs, key=lambda pair: pair[1])]
)
calendars = st.frozensets(days_later.map(day), max_size=10).map(WorkingCalendar)
terms = st.integers(min_value=0, max_value=40)


@given(histories, terms, calendars, st.integers(min_value=0, max_value=120))
def test_used_days_are_never_negative_and_left_is_the_rest(history, days, calendar, n):
    found = clock(history, day(n), days, calendar)
    assert found.used_working_days >= 0
    assert found.days_left == days - found.used_working_days
    assert (found.due_on is not None) == (found.state is ClockState.RUNNING)


@given(terms, calendars, days_later, days_later, days_later, st.integers(0, 90))
def test_pausing_never_shortens_the_time_left(days, calendar, start, wait, length, later):
    plain = [(S.COMPLETE, day(start))]
    pause = start + wait
    paused = [*plain, (S.CLARIFICATION, day(pause)), (S.CLARIFIED, day(pause + length))]
    now = day(pause + length + later)
    straight, waited = clock(plain, now, days, calendar), clock(paused, now, days, calendar)
    assert waited.days_left >= straight.days_left
    assert waited.due_on >= straight.due_on


@given(histories, terms, calendars)
def test_a_reset_gives_all_days_back(history, days, calendar):
    ended = any(status in FINAL for status, _ in history)
    found = clock([*history, (S.RECLARIFICATION, day(91))], day(91), days, calendar)
    assert ended or (found.days_left, found.state) == (days, ClockState.PAUSED)


@given(terms, calendars, days_later, days_later)
def test_on_the_last_day_nothing_is_left_and_the_day_before_something_is(
    days, calendar, start, later
):
    due = clock([(S.COMPLETE, day(start))], day(start), days, calendar).due_on
    assert clock([(S.COMPLETE, day(start))], due, days, calendar).days_left == 0
    if days:
        before = due - timedelta(days=1)
        assert (
            clock([(S.COMPLETE, day(start))], max(before, day(start)), days, calendar).days_left > 0
        )
    assert (
        clock([(S.COMPLETE, day(start))], due + timedelta(days=later), days, calendar).due_on == due
    )


@given(
    st.lists(st.tuples(statuses, st.integers(0, 90 * 24)), min_size=1, max_size=12),
    terms,
    st.frozensets(days_later.map(day), max_size=6),
    st.frozensets(days_later.map(day), max_size=6),
    st.integers(0, 120 * 24),
)
def test_the_day_that_is_shown_is_never_later_than_that_of_oss(hours, days, free, free_here, now):
    start = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC)
    history = [(status, start + timedelta(hours=n)) for status, n in hours]
    national, office = WorkingCalendar(free), WorkingCalendar(free | free_here)
    found = clocks_of(history, days, national, office, start + timedelta(hours=now))
    assert found.oss.state is found.office.state
    assert found.days_left <= found.oss.days_left
    assert found.is_urgent >= found.oss.is_urgent
    if found.oss.due_on:
        assert found.due_on <= found.oss.due_on
        assert found.deemed_on <= found.oss.deemed_on
