from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.nik.number import (
    Nik,
    NikError,
    NikProblem,
    NikWarning,
    mask_nik,
    nik_warnings,
    parse_nik,
)
from app.domain.written.person import Sex

TODAY = date(2026, 11, 23)
SORONG = ("9201", "9271", "9601", "9671")
MAN = "9601051708900001"
WOMAN = "9601055708900001"


def made_up(day: int, month: int, year: int, *, prefix="9601", district=5, serial=1) -> str:
    return f"{prefix}{district:02}{day:02}{month:02}{year % 100:02}{serial:04}"


def refused(text: str) -> NikError:
    with pytest.raises(NikError) as caught:
        parse_nik(text, today=TODAY)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        *(MAN, f"  {MAN}\n", "9601 0517 0890 0001", "960105.170890.0001", "96-01-05-170890-0001"),
        *("960105\u00a0170890\u202f0001", "960105–170890–0001", "\u200e9601051708900001\u200e"),
    ],
)
def test_digits_may_stand_in_groups(text):
    assert parse_nik(text, today=TODAY) == Nik(MAN, "9601", date(1990, 8, 17), Sex.MALE)


def test_forty_is_added_to_the_day_of_women():
    assert parse_nik(WOMAN, today=TODAY) == Nik(WOMAN, "9601", date(1990, 8, 17), Sex.FEMALE)


@settings(deadline=None)
@given(
    prefix=st.sampled_from(SORONG),
    district=st.integers(1, 99),
    birth_date=st.dates(date(1926, 11, 24), TODAY),
    sex=st.sampled_from(Sex),
    serial=st.integers(1, 9999),
)
def test_every_sorong_nik_old_or_new_is_taken(prefix, district, birth_date, sex, serial):
    day = birth_date.day + (40 if sex is Sex.FEMALE else 0)
    digits = made_up(
        day, birth_date.month, birth_date.year, prefix=prefix, district=district, serial=serial
    )
    nik = parse_nik(digits, today=TODAY)
    assert nik == Nik(digits, prefix, birth_date, sex)
    assert nik_warnings(nik, birth_date=birth_date, sex=sex, known_prefixes=SORONG) == frozenset()


@settings(deadline=None)
@given(prefix=st.integers(0, 9999).map("{:04}".format))
def test_an_unknown_prefix_only_warns(prefix):
    nik = parse_nik(made_up(17, 8, 1990, prefix=prefix), today=TODAY)
    expected = set() if prefix in SORONG else {NikWarning.UNKNOWN_PREFIX}
    assert nik_warnings(nik, birth_date=None, sex=None, known_prefixes=SORONG) == expected


def test_district_00_only_warns():
    nik = parse_nik(made_up(17, 8, 1990, district=0), today=TODAY)
    assert nik_warnings(nik, birth_date=None, sex=None, known_prefixes=SORONG) == {
        NikWarning.UNKNOWN_PREFIX
    }


@pytest.mark.parametrize("day", [0, *range(32, 41), *range(72, 100)])
def test_days_of_nobody_are_refused(day):
    assert refused(made_up(day, 1, 1990)).problem is NikProblem.IMPOSSIBLE_DATE


@pytest.mark.parametrize(
    ("day", "sex"), [(1, Sex.MALE), (31, Sex.MALE), (41, Sex.FEMALE), (71, Sex.FEMALE)]
)
def test_days_at_the_edges_are_taken(day, sex):
    assert parse_nik(made_up(day, 1, 1990), today=TODAY).sex is sex


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [(31, 2, 90), (71, 2, 90), (29, 2, 90), (69, 2, 90), (31, 4, 90), (1, 0, 90), (1, 13, 90)],
)
def test_dates_that_do_not_exist_are_refused(day, month, year):
    assert refused(made_up(day, month, year)).problem is NikProblem.IMPOSSIBLE_DATE


def test_29_february_of_leap_years_is_taken():
    assert parse_nik(made_up(29, 2, 2000), today=TODAY).birth_date == date(2000, 2, 29)
    assert parse_nik(made_up(69, 2, 1928), today=TODAY).birth_date == date(1928, 2, 29)


@pytest.mark.parametrize(
    ("day", "month", "year"), [(23, 11, 2026), (24, 11, 1926), (1, 1, 1927), (31, 12, 2025)]
)
def test_the_century_is_the_latest_not_in_the_future(day, month, year):
    nik = parse_nik(made_up(day, month, year), today=TODAY)
    assert nik.birth_date == date(year, month, day)


def test_serial_zero_is_refused():
    assert refused(made_up(17, 8, 1990, serial=0)).problem is NikProblem.ZERO_SERIAL
    assert parse_nik(made_up(17, 8, 1990, serial=9999), today=TODAY)


@pytest.mark.parametrize(
    ("text", "digits"), [(MAN[:15], 15), (MAN + "1", 17), ("1", 1), ("1" * 10_000, 10_000)]
)
def test_the_number_of_digits_is_told(text, digits):
    error = refused(text)
    assert (error.problem, error.digits) == (NikProblem.WRONG_LENGTH, digits)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("96O1051708900001", 15),
        ("９６０１051708900001", 12),
        ("٩٦٠١051708900001", 12),
        ("9601051708900001🙂", 16),
        ("<script>1</script>", 1),
        ("+9601051708900001", 16),
        ("9601051708900001, 9601055708900001", 32),
        ("x" * 10_000, 0),
    ],
)
def test_anything_else_is_not_digits(text, digits):
    error = refused(text)
    assert (error.problem, error.digits) == (NikProblem.NOT_DIGITS, digits)


@pytest.mark.parametrize("text", ["", " \n", "\u00a0", ".-.", " " * 10_000])
def test_nothing_is_empty(text):
    assert refused(text).problem is NikProblem.EMPTY


def test_what_the_person_says_may_differ():
    nik = parse_nik(WOMAN, today=TODAY)
    assert nik_warnings(
        nik, birth_date=date(1990, 8, 18), sex=Sex.MALE, known_prefixes=frozenset({"9601"})
    ) == {NikWarning.BIRTH_DATE_DIFFERS, NikWarning.SEX_DIFFERS}


def test_a_nik_holds_no_century():
    nik = parse_nik(made_up(1, 1, 1920), today=TODAY)
    assert nik.birth_date == date(2020, 1, 1)
    assert not nik_warnings(nik, birth_date=date(1920, 1, 1), sex=None, known_prefixes=SORONG)


@pytest.mark.parametrize(
    ("digits", "masked"), [(MAN, "•" * 13 + "001"), ("1234", "•234"), ("123", "•••"), ("", "")]
)
def test_masked_shows_at_most_three_digits(digits, masked):
    assert mask_nik(digits) == masked


def test_a_nik_does_not_print_itself():
    nik = parse_nik(MAN, today=TODAY)
    assert "0001" not in f"{nik!r}{nik}"
    assert "1990" not in f"{nik!r}{nik}"
