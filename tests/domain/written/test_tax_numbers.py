import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.written.tax_numbers import (
    NitkuError,
    NitkuProblem,
    NpwpError,
    NpwpProblem,
    belongs_to,
    parse_nitku,
    parse_npwp,
)

OLD = "00.000.001.8-091.000"
NEW = "0000000018091000"


@pytest.mark.parametrize("typed", [OLD, "000000018091000", "00 000 001 8 091 000", NEW, f" {NEW} "])
def test_old_and_new_form_are_the_same_number(typed):
    assert parse_npwp(typed) == NEW
    assert parse_npwp(typed, of_entity=True) == NEW


@pytest.mark.parametrize("place", range(9))
def test_one_wrong_digit_before_the_check_digit_is_noticed(place):
    digits = OLD.translate({ord("."): None, ord("-"): None})
    changed = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
    with pytest.raises(NpwpError) as error:
        parse_npwp(changed)
    assert error.value.problem is NpwpProblem.BAD_CHECK


def test_a_person_may_use_the_nik_and_a_company_may_not():
    nik = "9601055403879001"
    assert parse_npwp(nik) == nik
    with pytest.raises(NpwpError) as error:
        parse_npwp(nik, of_entity=True)
    assert error.value.problem is NpwpProblem.NOT_OF_ENTITY


@pytest.mark.parametrize(
    ("typed", "problem", "digits"),
    [
        ("", NpwpProblem.EMPTY, 0),
        (" - ", NpwpProblem.EMPTY, 0),
        ("tidak ada", NpwpProblem.NOT_DIGITS, 0),
        (NEW + "x", NpwpProblem.NOT_DIGITS, 0),
        ("0" * 14, NpwpProblem.WRONG_LENGTH, 14),
        ("0" * 17, NpwpProblem.WRONG_LENGTH, 17),
    ],
)
def test_anything_else_says_what_is_wrong(typed, problem, digits):
    with pytest.raises(NpwpError) as error:
        parse_npwp(typed)
    assert (error.value.problem, error.value.digits) == (problem, digits)


def test_the_number_of_a_branch_begins_with_that_of_its_holder():
    nitku = parse_nitku(f"{NEW} 000 001")
    assert nitku == NEW + "000001"
    assert belongs_to(nitku, NEW)
    assert not belongs_to(nitku, "1" + NEW[1:])


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", NitkuProblem.EMPTY),
        ("x", NitkuProblem.NOT_DIGITS),
        ("1" * 21, NitkuProblem.WRONG_LENGTH),
        ("1" * 23, NitkuProblem.WRONG_LENGTH),
    ],
)
def test_a_wrong_nitku_says_what_is_wrong(typed, problem):
    with pytest.raises(NitkuError) as error:
        parse_nitku(typed)
    assert error.value.problem is problem


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_a_problem(text):
    for parse, length in ((parse_npwp, 16), (parse_nitku, 22)):
        try:
            found = parse(text)
        except (NpwpError, NitkuError):
            continue
        assert found.isdigit()
        assert len(found) == length
