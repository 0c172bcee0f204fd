"""The number of a NIK case: short, checked, and never like a NIK, a NIB or a Nomor Bantuan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.written.case_number import (
    CASE_NUMBER_DIGITS,
    CaseNumberError,
    format_case_number,
    new_case_number,
    parse_case_number,
)
from app.domain.written.support_number import SupportNumberError, parse_support_number

SEVEN = st.text("0123456789", min_size=7, max_size=7)


def numbered(digits: str) -> str:
    return new_case_number(lambda count: digits[:count])


@given(SEVEN)
def test_what_is_shown_can_be_read_again(digits):
    number = numbered(digits)
    assert len(number) == CASE_NUMBER_DIGITS
    shown = format_case_number(number)
    for typed in (
        shown,
        shown.lower(),
        number,
        f" nik {number[:4]} {number[4:]} ",
        f"NIK.{number}",
    ):
        assert parse_case_number(typed) == number


@given(SEVEN, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits, place, shift):
    number = numbered(digits)
    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(CaseNumberError):
        parse_case_number(number[:place] + wrong + number[place + 1 :])


@given(SEVEN, st.integers(0, 6))
def test_two_neighbours_exchanged_are_noticed(digits, place):
    number = numbered(digits)
    if number[place] != number[place + 1]:
        exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        with pytest.raises(CaseNumberError):
            parse_case_number(exchanged)


@pytest.mark.parametrize(
    "text", ["", "NIK-", "NIK-1234-567", "NIK-1234-56789", "9601055403879001", "NIK-1234-567x", "É"]
)
def test_anything_else_is_refused_and_not_repeated(text):
    with pytest.raises(CaseNumberError) as caught:
        parse_case_number(text)
    assert str(caught.value) == "case_number"


def test_it_is_no_support_number():
    with pytest.raises(SupportNumberError):
        parse_support_number(format_case_number(numbered("4821093")))


@pytest.mark.parametrize("source", ["123456", "12345678", "123456x", "١٢٣٤٥٦٧"])
def test_a_bad_source_of_digits_is_refused(source):
    with pytest.raises(ValueError, match="random_digits"):
        new_case_number(lambda _count: source)
