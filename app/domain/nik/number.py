"""NIK (Nomor Induk Kependudukan): the 16-digit population number on the identity card.

`PPKKCC DDMMYY SSSS`: region of first registration, birth date (women: day + 40), serial. There is
no check digit, so a NIK can be called well formed, never genuine: only Dukcapil can confirm it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.written.dates import latest_date
from app.domain.written.person import Sex
from app.domain.written.text import EntryError, count_digits, read_digits, tidy

NIK_DIGITS = 16
_ADDED_TO_DAY_OF_WOMEN = 40
_SHOWN_DIGITS = 3
_ON_A_CARD = range(10, 21)  # digits of a misprint; fewer or more are a slip of the hand


class NikProblem(StrEnum):
    """Why a written NIK cannot be one."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    IMPOSSIBLE_DATE = "impossible_date"
    ZERO_SERIAL = "zero_serial"


class NikWarning(StrEnum):
    """What is unusual about a well-formed NIK. None of these may stop a person.

    A NIK is never issued again, even after the birth date was corrected, and it keeps its region
    when the person moves or the province is divided.
    """

    UNKNOWN_PREFIX = "unknown_prefix"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    SEX_DIFFERS = "sex_differs"


class NikError(EntryError):
    """A NIK that cannot be one; digits: how many digits were found."""

    problem: NikProblem

    def __init__(self, problem: NikProblem, *, digits: int) -> None:
        super().__init__(problem)
        self.digits = digits


@dataclass(frozen=True, slots=True, repr=False)  # no repr: it would end up in logs
class Nik:
    """A well-formed NIK and what it says.

    digits: all 16. prefix4: province and regency of first registration. birth_date: in the latest
    century that is not in the future.
    """

    digits: str
    prefix4: str
    birth_date: date
    sex: Sex


def parse_nik(text: str, *, today: date) -> Nik:
    """Read a NIK; spaces, dots and dashes may stand between its digits.

    Any region is taken, because a resident of Sorong may have been registered anywhere and
    regions were renumbered.

    Raises NikError with digits: EMPTY; NOT_DIGITS; WRONG_LENGTH; IMPOSSIBLE_DATE; ZERO_SERIAL.
    """
    typed = tidy(text)
    digits = read_digits(typed)
    if digits is None:
        raise NikError(NikProblem.NOT_DIGITS, digits=count_digits(typed))
    if not digits:
        raise NikError(NikProblem.EMPTY, digits=0)
    if len(digits) != NIK_DIGITS:
        raise NikError(NikProblem.WRONG_LENGTH, digits=len(digits))
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    sex = Sex.MALE
    if day > _ADDED_TO_DAY_OF_WOMEN:
        day, sex = day - _ADDED_TO_DAY_OF_WOMEN, Sex.FEMALE
    birth_date = latest_date(day, month, year, today)
    if birth_date is None:
        raise NikError(NikProblem.IMPOSSIBLE_DATE, digits=NIK_DIGITS)
    if digits.endswith("0000"):
        raise NikError(NikProblem.ZERO_SERIAL, digits=NIK_DIGITS)
    return Nik(digits, digits[:4], birth_date, sex)


def digits_on_card(text: str) -> str:
    """Return the digits of a number that is no NIK although it may well stand on somebody's card.

    Cards were printed with a digit too few, a date that never was or the serial 0000. Only the
    civil registry office can mend that, so it must not keep anybody from asking.

    Raises NikError for what no card carries: nothing, letters, far too few digits or too many.
    """
    typed = tidy(text)
    digits = read_digits(typed)
    if digits is None:
        raise NikError(NikProblem.NOT_DIGITS, digits=count_digits(typed))
    if len(digits) not in _ON_A_CARD:
        raise NikError(NikProblem.WRONG_LENGTH, digits=len(digits))
    return digits


def is_well_formed(digits: str, *, today: date) -> bool:
    """Return whether a number can be a NIK at all."""
    try:
        parse_nik(digits, today=today)
    except NikError:
        return False
    return True


def grouped(digits: str) -> str:
    """Return a number in groups of four, to be compared with a card."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def nik_warnings(
    nik: Nik, *, birth_date: date | None, sex: Sex | None, known_prefixes: Collection[str]
) -> frozenset[NikWarning]:
    """Return what differs between a NIK and what the person says; never an error.

    birth_date, sex: as the person says; None while unknown. known_prefixes: the 4-digit codes of
    regencies, old ones too. District 00, which no region has, counts as an unknown prefix.
    """
    warnings = set()
    if nik.prefix4 not in known_prefixes or nik.digits[4:6] == "00":
        warnings.add(NikWarning.UNKNOWN_PREFIX)
    # A NIK holds no century: who is past 100 must not be told that the date differs.
    if birth_date is not None and f"{birth_date:%d%m%y}" != f"{nik.birth_date:%d%m%y}":
        warnings.add(NikWarning.BIRTH_DATE_DIFFERS)
    if sex is not None and sex is not nik.sex:
        warnings.add(NikWarning.SEX_DIFFERS)
    return frozenset(warnings)


def mask_nik(digits: str) -> str:
    """Return a NIK for the screen: dots, then at most the last 3 digits.

    Never show it beside the birth date: region, date and three digits nearly rebuild the number.
    """
    hidden = len(digits) - _SHOWN_DIGITS
    if hidden <= 0:
        return "•" * len(digits)
    return "•" * hidden + digits[hidden:]
