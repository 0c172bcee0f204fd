"""Amounts of money (rupiah) as people write them. Whole rupiah only, always int."""

from __future__ import annotations

import re
from enum import StrEnum

from app.domain.written.text import (
    MAX_TYPED_CHARACTERS,
    EntryError,
    read_number,
    tidy,
    without_about,
)

MAX_AMOUNT_IDR = 999_999_999_999_999

_UNITS = {
    **dict.fromkeys(("ribu", "rb", "rbu", "k", "thousand"), 10**3),
    **dict.fromkeys(("juta", "jt", "jta", "million"), 10**6),
    **dict.fromkeys(("miliar", "milyar", "miliyar", "mlr", "m", "billion"), 10**9),
    **dict.fromkeys(("triliun", "trilyun", "trilliun", "t", "trillion"), 10**12),
}
_IN_ONE_WORD = {
    "seribu": "1 ribu",
    "sejuta": "1 juta",
    "semiliar": "1 miliar",
    **dict.fromkeys(("nol", "nihil", "tidak ada", "none"), "0"),
}
_CURRENCY_BEFORE = re.compile(r"^(?:rp|idr)(?: ?\.)? ?")
_CURRENCY_AFTER = re.compile(r" ?(?:rupiah|rp|idr)\.?$")
_CLOSING_SIGN = re.compile(r" ?[.,]?[-=]{1,2}$|[.,]$")  # "1.500.000,-"
_ABOUT_AFTER = re.compile(r"(?<=ribu|juta)-?an$|(?<=rb|jt)-?an$")  # "5 jutaan", "500rb-an"
_PART = re.compile(r"([0-9][0-9., ]*)([a-z]*)( ?)")


class MoneyProblem(StrEnum):
    """Why a written amount cannot be taken. FRACTION: it is not a whole number of rupiah."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    NEGATIVE = "negative"
    FRACTION = "fraction"
    TOO_LARGE = "too_large"


class MoneyError(EntryError):
    """An amount that cannot be taken. The largest one is MAX_AMOUNT_IDR."""

    problem: MoneyProblem


def parse_rupiah(text: str) -> int:
    """Read an amount in whole rupiah: "Rp 1.500.000,-", "1,5 juta", "500rb", "2 miliar".

    One sign before exactly three digits parts thousands: "1.500" and "1,500" are 1500. Before one
    or two digits it parts sen, and only zero sen are taken: "1.500,00" is 1500, while "1.5" may be
    meant as one and a half million, so it is refused as FRACTION.
    Beside a unit the amount may have decimals: "1.5 jt" and "1,5 jt" are 1500000, and "1.500 ribu"
    is 1500000. "2 M" is two miliar. "1,500 juta" has two readings a thousand times apart and is
    UNREADABLE.
    Several units go from large to small: "1 juta 500 ribu". What calls it rough is left out:
    "kira-kira 5 juta", "± Rp 500rb", "5 jutaan".

    Raises MoneyError: EMPTY; UNREADABLE; NEGATIVE; FRACTION; TOO_LARGE above 999_999_999_999_999.
    """
    typed = tidy(text).lower()
    if not typed:
        raise MoneyError(MoneyProblem.EMPTY)
    if len(typed) > MAX_TYPED_CHARACTERS:
        raise MoneyError(MoneyProblem.UNREADABLE)
    unsigned, below_zero = _without_currency(without_about(typed))
    unsigned = _ABOUT_AFTER.sub("", without_about(unsigned))
    if not unsigned.strip(" -.,"):
        raise MoneyError(MoneyProblem.EMPTY)
    numerator, denominator = _sum_of_parts(_IN_ONE_WORD.get(unsigned, unsigned))
    if below_zero and numerator:
        raise MoneyError(MoneyProblem.NEGATIVE)
    amount_idr, rest = divmod(numerator, denominator)
    if rest:
        raise MoneyError(MoneyProblem.FRACTION)
    if amount_idr > MAX_AMOUNT_IDR:
        raise MoneyError(MoneyProblem.TOO_LARGE)
    return amount_idr


def _without_currency(typed: str) -> tuple[str, bool]:
    """Return the bare amount, and whether a minus stood before it, on either side of "Rp"."""
    below_zero = typed.startswith("-")
    typed = _CURRENCY_BEFORE.sub("", typed.removeprefix("-").lstrip(), count=1)
    if typed.startswith("-"):
        typed, below_zero = typed[1:].lstrip(), True
    return _CLOSING_SIGN.sub("", _CURRENCY_AFTER.sub("", typed)).rstrip(), below_zero


def _sum_of_parts(amount: str) -> tuple[int, int]:
    """Return the amount as an exact fraction (numerator, denominator).

    Raises MoneyError: UNREADABLE.
    """
    parts = _PART.findall(amount)
    if not parts or "".join(map("".join, parts)) != amount:
        raise MoneyError(MoneyProblem.UNREADABLE)
    if len(parts) == 1 and not parts[0][1]:
        return _part(parts[0][0], 1)
    if any(unit not in _UNITS for _, unit, _ in parts):
        raise MoneyError(MoneyProblem.UNREADABLE)
    units = [_UNITS[unit] for _, unit, _ in parts]
    if units != sorted(set(units), reverse=True):
        raise MoneyError(MoneyProblem.UNREADABLE)
    numerator, denominator = 0, 1
    for (written, _, _), unit in zip(parts, units, strict=True):
        more, by = _part(written, unit)
        numerator, denominator = numerator * by + more * denominator, denominator * by
    return numerator, denominator


def _part(written: str, unit: int) -> tuple[int, int]:
    number = read_number(written.strip())
    if number is None:
        raise MoneyError(MoneyProblem.UNREADABLE)
    # Without a unit three or more decimals are a slip in the thousands ("1500,000").
    if (unit == 1 and len(number.fraction) > 2) or (unit > 1 and number.either == ","):
        raise MoneyError(MoneyProblem.UNREADABLE)
    by = 10 ** len(number.fraction)
    return (number.whole * by + int(number.fraction or "0")) * unit, by
