import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.law.deed import MAX_CODES, DeedError, DeedProblem, not_in_deed, parse_codes
from app.domain.law.rows import KbliStep


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("47112", ("47112",)),
        ("47112, 56102;46311", ("47112", "56102", "46311")),
        ("KBLI 47112 (perdagangan eceran)\n56102", ("47112", "56102")),
        ("47112 47112", ("47112",)),
        ("KBLI 2020: 47521", ("47521",)),
        ("1. 47521\n2. 47112\n10) 56102.", ("47521", "47112", "56102")),
        ("1) KBLI tahun 2020 47521; KBLI2025 47112", ("47521", "47112")),
        ("47521 - Perdagangan eceran (edisi 2017)", ("47521",)),
    ],
)
def test_codes_are_read_out_of_a_line_of_the_deed(typed, codes):
    assert parse_codes(typed) == codes


@pytest.mark.parametrize(
    ("typed", "problem", "code"),
    [
        ("", DeedProblem.EMPTY, ""),
        ("perdagangan eceran", DeedProblem.EMPTY, ""),
        ("47112 4711", DeedProblem.NOT_FIVE_DIGITS, "4711"),
        ("471125", DeedProblem.NOT_FIVE_DIGITS, "471125"),
        ("2020 47112", DeedProblem.NOT_FIVE_DIGITS, "2020"),
        ("KBLI 4752", DeedProblem.NOT_FIVE_DIGITS, "4752"),
    ],
)
def test_anything_else_says_what_is_wrong(typed, problem, code):
    with pytest.raises(DeedError) as error:
        parse_codes(typed)
    assert (error.value.problem, error.value.code) == (problem, code)


@pytest.mark.parametrize(("count", "fits"), [(MAX_CODES, True), (MAX_CODES + 1, False)])
def test_a_deed_names_so_many_codes_at_most(count, fits):
    typed = " ".join(f"{number:05}" for number in range(count))
    if fits:
        assert len(parse_codes(typed)) == count
        return
    with pytest.raises(DeedError) as error:
        parse_codes(typed)
    assert (error.value.problem, error.value.maximum) == (DeedProblem.TOO_MANY, MAX_CODES)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_codes_or_a_problem(text):
    try:
        codes = parse_codes(text)
    except DeedError:
        return
    assert codes
    assert all(len(code) == 5 and code.isdigit() for code in codes)


STEPS = (
    KbliStep("47111", "47112", "1:N", "bps_change_table"),
    KbliStep("47111", "47113", "1:N", "bps_change_table"),
    KbliStep("56102", "56109", "1:1", "bps_change_table"),
)


@pytest.mark.parametrize(
    ("year", "deed", "activities", "missing"),
    [
        (2025, ("47112",), ("47112",), ()),
        (2025, ("47112",), ("47112", "56102", "56102"), ("56102",)),
        # A code of the old edition covers all that it became, ...
        (2020, ("47111",), ("47112", "47113"), ()),
        # ... and not the same number with another meaning.
        (2020, ("56102",), ("56102",), ("56102",)),
        (2020, ("56102",), ("56109",), ()),
        (2020, (), ("47112",), ("47112",)),
    ],
)
def test_what_the_deed_does_not_name(year, deed, activities, missing):
    found = not_in_deed(activities, deed_year=year, deed_codes=deed, steps=STEPS)
    assert found == missing
