"""Counts, areas and capacities as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from app.domain.written.text import (
    MAX_TYPED_CHARACTERS,
    EntryError,
    read_number,
    tidy,
    without_about,
)

MAX_COUNT = 999_999
MAX_QUANTITY = Decimal("999999999999.99")
MAX_DECIMALS = 2

_PEOPLE_AFTER = re.compile(r" ?(?:orang|org|people|persons?|workers?)\.?$")
_NONE = frozenset(("nol", "zero", "tidak ada", "nihil", "none"))
_TIMES = re.compile(r" ?(?:[x×*]|kali|times|by) ?")
_UNIT_AFTER = re.compile(
    r" ?(?:(?P<m2>m2|m²|meter persegi|m persegi|square met(?:er|re)s?)"
    r"|(?P<ha>ha|hektare?|hectares?)|(?P<m>m|meter|met(?:er|re)s))\.?$"
)


class CountProblem(StrEnum):
    """Why a written count cannot be taken."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    NEGATIVE = "negative"
    FRACTION = "fraction"
    TOO_LARGE = "too_large"


class CountError(EntryError):
    """A count that cannot be taken; maximum: the largest one that can."""

    problem: CountProblem

    def __init__(self, problem: CountProblem, *, maximum: int) -> None:
        super().__init__(problem)
        self.maximum = maximum


class QuantityProblem(StrEnum):
    """Why a written quantity cannot be taken.

    AMBIGUOUS: "1,250" is one and a quarter in Indonesian and over a thousand in English.
    """

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    NOT_POSITIVE = "not_positive"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"


class QuantityError(EntryError):
    """A quantity that cannot be taken; decimals: how many were found (TOO_MANY_DECIMALS)."""

    problem: QuantityProblem

    def __init__(self, problem: QuantityProblem, *, decimals: int | None = None) -> None:
        super().__init__(problem)
        self.decimals = decimals


class AreaUnit(StrEnum):
    """Unit of land area (satuan luas tanah), in the codes of the national OSS."""

    M2 = "01"
    HA = "02"


def parse_count(text: str, *, maximum: int = MAX_COUNT) -> int:
    """Read a whole number from 0, such as workers: "12", "1.200", "12 orang", "nol".

    Raises CountError with maximum: EMPTY; UNREADABLE; NEGATIVE; FRACTION; TOO_LARGE.
    """
    typed = tidy(text).lower()
    if not typed.strip(" -.,"):
        raise CountError(CountProblem.EMPTY, maximum=maximum)
    if len(typed) > MAX_TYPED_CHARACTERS:
        raise CountError(CountProblem.UNREADABLE, maximum=maximum)
    typed = _PEOPLE_AFTER.sub("", without_about(typed))
    if typed in _NONE:
        return 0
    number = read_number(typed.removeprefix("-").strip())
    if number is None or len(number.fraction) > MAX_DECIMALS:
        raise CountError(CountProblem.UNREADABLE, maximum=maximum)
    is_fraction = number.fraction.strip("0") != ""
    if typed.startswith("-") and (number.whole or is_fraction):
        raise CountError(CountProblem.NEGATIVE, maximum=maximum)
    if is_fraction:
        raise CountError(CountProblem.FRACTION, maximum=maximum)
    if number.whole > maximum:
        raise CountError(CountProblem.TOO_LARGE, maximum=maximum)
    return number.whole


def parse_quantity(text: str) -> Decimal:
    """Read a quantity above 0 with at most two decimals, without its unit.

    "12,5" and "12.5" have a decimal; "1.000" is a thousand, as Indonesian writes it; "1.000,50"
    and "1,000.50" have one reading; "1,000" has two and is refused.

    Raises QuantityError: EMPTY; UNREADABLE; AMBIGUOUS; NOT_POSITIVE; TOO_MANY_DECIMALS with
    decimals; TOO_LARGE above MAX_QUANTITY.
    """
    typed = tidy(text)
    if not typed.strip(" -.,"):
        raise QuantityError(QuantityProblem.EMPTY)
    if len(typed) > MAX_TYPED_CHARACTERS:
        raise QuantityError(QuantityProblem.UNREADABLE)
    typed = without_about(typed)
    number = read_number(typed.removeprefix("-").strip())
    if number is None:
        raise QuantityError(QuantityProblem.UNREADABLE)
    if typed.startswith("-"):
        raise QuantityError(QuantityProblem.NOT_POSITIVE)
    if number.either == ",":
        raise QuantityError(QuantityProblem.AMBIGUOUS)
    if len(number.fraction) > MAX_DECIMALS:
        raise QuantityError(QuantityProblem.TOO_MANY_DECIMALS, decimals=len(number.fraction))
    value = Decimal(f"{number.whole}.{number.fraction or '0'}")
    if value == 0:
        raise QuantityError(QuantityProblem.NOT_POSITIVE)
    if value > MAX_QUANTITY:
        raise QuantityError(QuantityProblem.TOO_LARGE)
    return value


def parse_area(text: str) -> Decimal:
    """Read the size of a place: "12", "12 m2", "3x4", "3 kali 4 meter", "0,5 ha".

    Two lengths are multiplied, rounded to two decimals. Which unit was written: `written_unit`.

    Raises QuantityError as parse_quantity() does.
    """
    typed = tidy(text).lower()
    if len(typed) > MAX_TYPED_CHARACTERS:
        raise QuantityError(QuantityProblem.UNREADABLE)
    typed = without_about(typed).rstrip(".,; ")  # a size may end a sentence
    sides = [_UNIT_AFTER.sub("", side) for side in _TIMES.split(_UNIT_AFTER.sub("", typed))]
    if len(sides) == 1:
        return parse_quantity(sides[0])
    if len(sides) != 2 or not all(sides):
        raise QuantityError(QuantityProblem.UNREADABLE)
    long, wide = (parse_quantity(side) for side in sides)
    return parse_quantity(f"{(long * wide).quantize(Decimal('0.01')):f}")


def written_unit(text: str) -> AreaUnit | None:
    """Return the unit that was written behind a size, None where none was."""
    typed = tidy(text[:MAX_TYPED_CHARACTERS]).lower().rstrip(".,; ")
    found = _UNIT_AFTER.search(typed)
    if found is None:
        return AreaUnit.M2 if _TIMES.search(typed) else None
    return AreaUnit.HA if found["ha"] else AreaUnit.M2
