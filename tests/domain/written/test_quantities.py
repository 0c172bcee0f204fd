from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.written.quantities import (
    MAX_QUANTITY,
    AreaUnit,
    CountError,
    CountProblem,
    QuantityError,
    QuantityProblem,
    parse_area,
    parse_count,
    parse_quantity,
    written_unit,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(("0", 0), ("nol", 0), ("tidak ada", 0), ("-0", 0), (" 12 ", 12), ("012", 12)),
        *(("1.200", 1200), ("1,200", 1200), ("1 200", 1200), ("12 orang", 12), ("12org", 12)),
        *(("2 workers", 2), ("12,0", 12), ("999.999", 999_999)),
        *(("sekitar 12 orang", 12), ("± 3", 3), ("about 2 people", 2), ("+/- 4", 4)),
    ],
)
def test_counts_are_read(text, count):
    assert parse_count(text) == count


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((text, CountProblem.EMPTY) for text in ("", " ", "\u00a0")),
        *((text, CountProblem.NEGATIVE) for text in ("-1", "- 5", "−3", "-2,5")),
        *((text, CountProblem.FRACTION) for text in ("2,5", "2.5", "1.200,5")),
        *((text, CountProblem.TOO_LARGE) for text in ("1000000", "1.000.000", "9" * 200)),
        *((text, CountProblem.EMPTY) for text in ("-", "--", "..")),
        *((text, CountProblem.UNREADABLE) for text in ("dua", "orang", "2 3", "1500,000")),
        *((text, CountProblem.UNREADABLE) for text in ("５", "٥", "5🙂", "<b>5</b>", "9" * 10_000)),
    ],
)
def test_what_is_no_count_is_told_apart(text, problem):
    with pytest.raises(CountError) as caught:
        parse_count(text)
    assert (caught.value.problem, caught.value.maximum) == (problem, 999_999)


def test_the_maximum_is_included():
    assert parse_count("100", maximum=100) == 100
    with pytest.raises(CountError) as caught:
        parse_count("101", maximum=100)
    assert (caught.value.problem, caught.value.maximum) == (CountProblem.TOO_LARGE, 100)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("12,5", "12.5"), ("12.5", "12.5"), ("12,50", "12.5"), ("0,01", "0.01"), ("1", "1")),
        *(("1.000", "1000"), ("1.000,50", "1000.5"), ("1,000.50", "1000.5"), ("1 000", "1000")),
        *(("1,000,000", "1000000"), ("1000000", "1000000"), ("999999999999,99", str(MAX_QUANTITY))),
    ],
)
def test_quantities_are_read(text, value):
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((text, QuantityProblem.EMPTY) for text in ("", " \n")),
        *((text, QuantityProblem.NOT_POSITIVE) for text in ("0", "0,00", "-1", "-12,5")),
        *((text, QuantityProblem.TOO_MANY_DECIMALS) for text in ("0,001", "12,3456", "1.500,000")),
        *((text, QuantityProblem.AMBIGUOUS) for text in ("1,000", "12,345")),
        *((text, QuantityProblem.TOO_LARGE) for text in ("1000000000000", "9" * 200)),
        *(
            (text, QuantityProblem.UNREADABLE)
            for text in ("luas", "12 m2", "1/2", "½", "NaN", "1e3")
        ),
        *((text, QuantityProblem.EMPTY) for text in ("-", "--", "..")),
        *((text, QuantityProblem.UNREADABLE) for text in ("１２", "١٢", "5🙂", "9" * 10_000)),
    ],
)
def test_what_is_no_quantity_is_told_apart(text, problem):
    with pytest.raises(QuantityError) as caught:
        parse_quantity(text)
    assert caught.value.problem is problem


def test_the_decimals_found_are_told():
    with pytest.raises(QuantityError) as caught:
        parse_quantity("0,0625")
    assert caught.value.decimals == 4


@settings(deadline=None)
@given(st.decimals("0.01", MAX_QUANTITY, places=2))
def test_every_quantity_is_read_back_in_indonesian(value):
    indonesian = f"{value:,}".translate(str.maketrans(",.", ".,"))
    assert parse_quantity(indonesian) == value


def test_area_units_have_the_national_codes():
    assert {unit.name: unit.value for unit in AreaUnit} == {"M2": "01", "HA": "02"}


@pytest.mark.parametrize(
    ("typed", "size", "unit"),
    [
        ("12", "12", None),
        ("12 m2", "12", AreaUnit.M2),
        ("12m²", "12", AreaUnit.M2),
        ("3x4", "12", AreaUnit.M2),
        ("3x4.", "12", AreaUnit.M2),
        ("kira-kira 12 m2", "12", AreaUnit.M2),
        ("± 3 x 4 meter.", "12", AreaUnit.M2),
        ("sekitar 0,5 ha", "0.5", AreaUnit.HA),
        ("3 x 4", "12", AreaUnit.M2),
        ("3 × 4 m", "12", AreaUnit.M2),
        ("3 kali 4", "12", AreaUnit.M2),
        ("3 m x 4 m", "12", AreaUnit.M2),
        ("2,5x4", "10", AreaUnit.M2),
        ("3 Kali 4 Meter", "12", AreaUnit.M2),
        ("0,5 ha", "0.5", AreaUnit.HA),
        ("1 hektar", "1", AreaUnit.HA),
        ("12 meter persegi", "12", AreaUnit.M2),
    ],
)
def test_a_size_is_read_as_people_write_it(typed, size, unit):
    assert parse_area(typed) == Decimal(size)
    assert written_unit(typed) is unit


@pytest.mark.parametrize(
    "typed", ["", "-", "x", "3x", "x4", "3x4x5", "m2", "0x4", "-3x4", "9x" * 90, "tiga kali empat"]
)
def test_a_size_that_cannot_be_read_is_a_problem(typed):
    with pytest.raises(QuantityError):
        parse_area(typed)
