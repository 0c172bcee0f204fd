"""Codes as people type them, and their limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.dossier.recovery import (
    COUNTER_LETTERS,
    LETTERS,
    LONG_CODE_DIGITS,
    LONG_CODE_FIRST_WAIT,
    LONG_CODE_LIFE,
    LONG_CODE_LONGEST_WAIT,
    PIN_WITHIN,
    SHORT_CODES,
    SHORT_CODES_WITHIN,
    TRIES_AT_MOST,
    CodeError,
    CodeLength,
    CodeProblem,
    is_usable,
    may_choose_pin,
    new_code,
    new_counter_code,
    new_long_code,
    next_code,
    parse_code,
    parse_consent_code,
    parse_counter_code,
)

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("typed", ["012345", "012 345", "012-345", " 012345 "])
def test_a_code_is_read_as_people_type_it(typed):
    assert parse_code(typed) == parse_consent_code(typed) == "012345"


@pytest.mark.parametrize("typed", ["012345678901", "0123 4567 8901", "0123-4567-8901"])
def test_a_long_code_is_read_as_people_type_it(typed):
    assert parse_code(typed) == "012345678901"
    with pytest.raises(CodeError):
        parse_consent_code(typed)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", CodeProblem.EMPTY),
        (" ", CodeProblem.EMPTY),
        ("12345", CodeProblem.WRONG_SHAPE),
        ("1234567", CodeProblem.WRONG_SHAPE),
        ("12345a", CodeProblem.WRONG_SHAPE),
        ("12345678901", CodeProblem.WRONG_SHAPE),
        ("1234567890123", CodeProblem.WRONG_SHAPE),
    ],
)
def test_what_cannot_be_a_code(typed, problem):
    with pytest.raises(CodeError) as caught:
        parse_code(typed)
    assert caught.value.problem is problem


@pytest.mark.parametrize("typed", ["ABCDEFGH", "abcd efgh", "ABCD-efgh"])
def test_a_code_from_the_counter_is_read_as_people_type_it(typed):
    assert parse_counter_code(typed) == "ABCDEFGH"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", CodeProblem.EMPTY),
        ("ABCDEFG", CodeProblem.WRONG_SHAPE),
        ("ABCDEFGHJ", CodeProblem.WRONG_SHAPE),
        ("ABCDEFGO", CodeProblem.WRONG_SHAPE),
        ("ABCDEFG1", CodeProblem.WRONG_SHAPE),
        ("ÀBCDEFGH", CodeProblem.WRONG_SHAPE),
    ],
)
def test_what_cannot_be_a_code_from_the_counter(typed, problem):
    with pytest.raises(CodeError) as caught:
        parse_counter_code(typed)
    assert caught.value.problem is problem


def test_new_codes_can_be_typed():
    assert parse_code(new_code(lambda below: below - 1)) == "999999"
    assert new_code(lambda _below: 0) == "000000"
    assert parse_code(new_long_code(lambda below: below - 1)) == "9" * 12
    code = new_counter_code(lambda below: below - 1)
    assert code == LETTERS[-1] * COUNTER_LETTERS
    assert parse_counter_code(code) == code


@pytest.mark.parametrize(
    ("tries", "expires_at", "used_at", "usable"),
    [
        (TRIES_AT_MOST, NOW + SECOND, None, True),
        (TRIES_AT_MOST + 1, NOW + SECOND, None, False),
        (None, NOW + SECOND, None, True),
        (None, NOW, None, False),
        (1, NOW, None, False),
        (1, None, None, False),
        (1, NOW + SECOND, NOW, False),
    ],
)
def test_when_a_code_may_be_compared(tries, expires_at, used_at, usable):
    found = is_usable(tries=tries, expires_at=expires_at, used_at=used_at, now=NOW)
    assert found is usable


@pytest.mark.parametrize(
    ("verified_at", "used_at", "may"),
    [
        (NOW - PIN_WITHIN + SECOND, None, True),
        (NOW - PIN_WITHIN, None, False),
        (None, None, False),
        (NOW, NOW, False),
    ],
)
def test_when_a_new_pin_may_be_chosen(verified_at, used_at, may):
    assert may_choose_pin(verified_at=verified_at, used_at=used_at, now=NOW) is may


SHORT, LONG = CodeLength.SHORT, CodeLength.LONG


@pytest.mark.parametrize(
    ("short_ago", "long_ago", "code"),
    [
        ([], [], SHORT),
        ([SECOND] * (SHORT_CODES - 1), [], SHORT),
        ([SECOND] * SHORT_CODES, [], LONG),
        ([SHORT_CODES_WITHIN - SECOND] * SHORT_CODES, [], LONG),
        ([SHORT_CODES_WITHIN] * SHORT_CODES, [SECOND], SHORT),
        ([SECOND] * SHORT_CODES, [LONG_CODE_FIRST_WAIT - SECOND], None),
        ([SECOND] * SHORT_CODES, [LONG_CODE_FIRST_WAIT], LONG),
        ([SECOND] * SHORT_CODES, [3 * LONG_CODE_FIRST_WAIT, 2 * LONG_CODE_FIRST_WAIT], LONG),
        ([SECOND] * SHORT_CODES, [LONG_CODE_LIFE], LONG),
        ([SECOND] * SHORT_CODES, [LONG_CODE_LONGEST_WAIT - SECOND] * 9, None),
        ([SECOND] * SHORT_CODES, [LONG_CODE_LONGEST_WAIT] * 9, LONG),
    ],
)
def test_which_code_goes_out_next(short_ago, long_ago, code):
    assert next_code([NOW - ago for ago in short_ago], [NOW - ago for ago in long_ago], NOW) is code


def test_who_asks_all_the_time_neither_ends_codes_nor_fills_the_phone():
    short: list[datetime] = []
    long: list[datetime] = []
    now, minute = NOW, timedelta(minutes=1)
    while now < NOW + timedelta(days=14):
        code = next_code(short, long, now)
        if code is not None:
            (short if code is SHORT else long).append(now)
        if len(short) >= SHORT_CODES:
            assert code is SHORT or now - long[-1] < LONG_CODE_LONGEST_WAIT, (
                "one that works is there"
            )
        now += minute
    for start in [*short, *long]:
        sent = [at for at in [*short, *long] if start <= at < start + timedelta(days=1)]
        assert len(sent) <= 9, "messages a day"


def test_guessing_codes_is_hopeless():
    """Whatever the number of addresses; a hundred tries a second are more than we answer."""
    weeks = timedelta(days=365) / SHORT_CODES_WITHIN
    assert weeks * SHORT_CODES * TRIES_AT_MOST / 10**6 < 1 / 1_200, "short codes, in a year"
    tries_a_day = 100 * 24 * 3600
    assert tries_a_day / len(LETTERS) ** COUNTER_LETTERS < 1 / 10_000, "a code from the counter"
    assert tries_a_day * 6 / 10**LONG_CODE_DIGITS < 1 / 10_000, "long codes, in a day"
