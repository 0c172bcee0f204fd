"""The number of a NIK case: NIK-4821-0937. It names a case here and opens nothing.

Eight digits, the last a check digit (Damm): too short to be taken for a NIK (16), a NIB (13) or a
Nomor Bantuan (12), and short enough for a text message and for saying it over a counter.
"""

from __future__ import annotations

from collections.abc import Callable

from stdnum import damm

from app.domain.written.text import has_digits, read_digits, tidy

PREFIX = "NIK"
CASE_NUMBER_DIGITS = 8
_SEPARATORS = " .-:"


class CaseNumberError(ValueError):
    """What was written cannot be the number of a NIK case. Says no more, so it may be logged."""

    def __init__(self) -> None:
        super().__init__("case_number")


def new_case_number(random_digits: Callable[[int], str]) -> str:
    """Return the eight digits of a new number.

    random_digits: returns as many random digits as it is asked for; from a source that cannot be
        guessed, so that the number says nothing about when or how many.

    Raises ValueError when the source returns anything else.
    """
    digits = random_digits(CASE_NUMBER_DIGITS - 1)
    if not has_digits(digits, CASE_NUMBER_DIGITS - 1):
        raise ValueError("random_digits must return the digits it is asked for")
    return digits + damm.calc_check_digit(digits)


def parse_case_number(text: str) -> str:
    """Return the eight digits of a number, typed with or without NIK, spaces, dots, dashes.

    Raises CaseNumberError for anything else, a wrong or exchanged digit included.
    """
    number = tidy(text).lstrip(_SEPARATORS)
    if number[: len(PREFIX)].upper() == PREFIX:
        number = number[len(PREFIX) :]
    digits = read_digits(number, _SEPARATORS)
    if not digits or len(digits) != CASE_NUMBER_DIGITS or not damm.is_valid(digits):
        raise CaseNumberError
    return digits


def format_case_number(digits: str) -> str:
    """Return the number as it is shown and said: "NIK-4821-0937"."""
    return "-".join((PREFIX, digits[:4], digits[4:]))
