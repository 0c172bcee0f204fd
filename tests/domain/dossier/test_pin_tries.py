"""Whom wrong PINs slow, both sides of each edge, and what somebody who guesses all year reaches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.dossier.pin_tries import (
    FIRST_WAIT,
    FORGIVEN_AFTER,
    LONGEST_WAIT,
    SAME_WITHIN,
    Free,
    Wrong,
    is_same_try,
)
from app.domain.written.pin import PIN_DIGITS, PinError, check_pin

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)


@pytest.mark.parametrize("free", Free)
def test_the_first_wait_comes_after_the_last_free_try(free):
    assert Wrong(free - 1, NOW).waits_until(free) is None
    assert Wrong(free - 1, NOW).left(free) == 1
    assert Wrong(free, NOW).waits_until(free) == NOW + FIRST_WAIT == NOW + timedelta(minutes=1)
    assert Wrong(free, NOW).left(free) == 0
    assert Wrong(free + 4, NOW).left(free) == 0
    assert Wrong().waits_until(free) is None


@pytest.mark.parametrize(
    ("further", "wait"),
    [
        (1, timedelta(minutes=2)),
        (5, timedelta(minutes=32)),
        (10, timedelta(minutes=1024)),
        (11, LONGEST_WAIT),
        (12, LONGEST_WAIT),
        (10**9, LONGEST_WAIT),
    ],
)
def test_each_wait_is_twice_as_long_up_to_a_day(further, wait):
    assert Wrong(Free.ONE + further, NOW).waits_until(Free.ONE) == NOW + wait
    assert timedelta(days=1) == LONGEST_WAIT <= FORGIVEN_AFTER


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (timedelta(), 3),
        (FORGIVEN_AFTER - SECOND, 3),
        (FORGIVEN_AFTER, 2),
        (3 * FORGIVEN_AFTER - SECOND, 1),
        (3 * FORGIVEN_AFTER, 0),
        (-FORGIVEN_AFTER, 3),  # a clock that was put back forgives nothing
    ],
)
def test_a_day_without_a_wrong_try_forgives_one(after, left):
    assert Wrong(3, NOW).at(NOW + after).count == left
    assert Wrong(3, NOW).and_one(NOW + after) == Wrong(left + 1, NOW + after)


@pytest.mark.parametrize(
    ("same_pin", "last", "same"),
    [
        (True, NOW - SAME_WITHIN + SECOND, True),
        (True, NOW - SAME_WITHIN, False),
        (False, NOW, False),
        (True, None, False),
    ],
)
def test_when_a_wrong_pin_is_the_last_try_again(same_pin, last, same):
    assert is_same_try(same_pin=same_pin, last=last, now=NOW) is same


def guesses_in(span: timedelta, free: Free) -> int:
    """Guess the moment that it is allowed, as often as it is, and count."""
    wrong, now, guesses = Wrong(), NOW, 0
    while now <= NOW + span:
        guesses += 1
        wrong = wrong.and_one(now)
        now = max(wrong.waits_until(free) or now, now)
    return guesses


def test_a_year_of_guessing_is_hopeless_from_however_many_addresses():
    """Strangers share one ceiling per file, so more addresses bring no more guesses."""
    a_year = guesses_in(YEAR, Free.ALL_STRANGERS)
    assert a_year <= 400
    choices = sum(1 for n in range(10**PIN_DIGITS) if _may_be_chosen(f"{n:06d}"))
    assert choices > 998_000
    assert a_year / choices < 1 / 2_400, "the chance in a year"
    assert choices / 2 / a_year > 1_200, "years until it is more likely than not"
    birthdays = 60 * 365  # six digits as a date of birth, which the page asks people not to take
    assert a_year / birthdays < 1 / 50


def test_one_address_hardly_touches_the_ceiling_of_all():
    """Who guesses from one address waits long before strangers elsewhere have to."""
    assert guesses_in(timedelta(days=1), Free.ONE) < Free.ALL_STRANGERS
    assert guesses_in(YEAR, Free.ONE) <= 385


def _may_be_chosen(pin: str) -> bool:
    try:
        check_pin(pin)
    except PinError:
        return False
    return True
