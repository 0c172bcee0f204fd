"""The clock of an office: pause, reset, weekends, holidays, and what nobody may promise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import (
    WIT,
    MomentWithoutZone,
    NegativeWorkingDays,
    WorkingCalendar,
    local_date,
)
from app.domain.clock import ClockState, clock_of, end_of_term
from app.domain.oss_codes import LicenceStatus as S
from app.domain.verification import FINAL

PLAIN = WorkingCalendar(frozenset())
# Christmas week of 2026: Thursday 24 and Friday 25 December are free.
CHRISTMAS = WorkingCalendar(frozenset({date(2026, 12, 24), date(2026, 12, 25)}))


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
    assert (paused.state, paused.paused) == (ClockState.PAUSED, True)
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


def test_a_term_ends_at_midnight_in_sorong_after_its_last_day():
    end = end_of_term(at(day(4)), 5, PLAIN)
    assert end == datetime(2026, 11, 14, tzinfo=WIT)
    assert local_date(end - timedelta(seconds=1)) == day(11)
    assert end_of_term(at(date(2026, 12, 23)), 1, CHRISTMAS).date() == date(2026, 12, 29)


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
    assert ended or (found.days_left, found.paused) == (days, True)


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
