from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.nib import NibError, NibProblem, is_specimen, parse_nib


@pytest.mark.parametrize("typed", ["1234567890123", "NIB 1234 5678 90123", "nib: 1234.567890-123"])
def test_a_nib_is_read_as_people_write_it(typed):
    assert parse_nib(typed) == "1234567890123"


@pytest.mark.parametrize(
    ("typed", "problem", "digits"),
    [
        ("", NibProblem.EMPTY, 0),
        ("NIB", NibProblem.EMPTY, 0),
        ("SRG 1234 5678 9012", NibProblem.NOT_DIGITS, 0),
        ("123456789012", NibProblem.WRONG_LENGTH, 12),
        ("12345678901234", NibProblem.WRONG_LENGTH, 14),
    ],
)
def test_anything_else_says_what_is_wrong(typed, problem, digits):
    with pytest.raises(NibError) as error:
        parse_nib(typed)
    assert (error.value.problem, error.value.digits) == (problem, digits)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_nib_or_a_problem(text):
    with suppress(NibError):
        assert len(parse_nib(text)) == 13


def test_a_specimen_is_known_by_its_first_digits():
    assert is_specimen("0000123456789")
    assert not is_specimen("0001234567890")
