"""Codes as people type them, and their limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.recovery import (
    COUNTER_LETTERS,
    LETTERS,
    PIN_WITHIN,
    TRIES_AT_MOST,
    CodeError,
    CodeProblem,
    is_usable,
    may_choose_pin,
    new_code,
    new_counter_code,
    parse_code,
    parse_counter_code,
)

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("typed", ["012345", "012 345", "012-345", " 012345 "])
def test_a_code_is_read_as_people_type_it(typed):
    assert parse_code(typed) == "012345"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", CodeProblem.EMPTY),
        (" ", CodeProblem.EMPTY),
        ("12345", CodeProblem.WRONG_SHAPE),
        ("1234567", CodeProblem.WRONG_SHAPE),
        ("12345a", CodeProblem.WRONG_SHAPE),
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
    code = new_counter_code(lambda below: below - 1)
    assert code == LETTERS[-1] * COUNTER_LETTERS
    assert parse_counter_code(code) == code


@pytest.mark.parametrize(
    ("tries", "expires_at", "used_at", "usable"),
    [
        (TRIES_AT_MOST, NOW + SECOND, None, True),
        (TRIES_AT_MOST + 1, NOW + SECOND, None, False),
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
