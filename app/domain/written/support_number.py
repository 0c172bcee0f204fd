"""Nomor Bantuan (support number): names a dossier here, and is never a licence number.

`SRG` and twelve digits in groups of four, the last a check digit (Damm), so that one wrong digit
or two neighbours exchanged are noticed. Twelve digits, because a NIB has thirteen.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from stdnum import damm

from app.domain.written.text import EntryError, count_digits, has_digits, read_digits, tidy

PREFIX = "SRG"
SUPPORT_NUMBER_DIGITS = 12
_NIB_DIGITS = 13
_SEPARATORS = " .-:"


class SupportNumberProblem(StrEnum):
    """Why a written support number cannot be one. BAD_CHECK: a digit is wrong or exchanged."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    LOOKS_LIKE_NIB = "looks_like_nib"
    BAD_CHECK = "bad_check"


class SupportNumberError(EntryError):
    """A support number that cannot be one; digits: how many digits were found."""

    problem: SupportNumberProblem

    def __init__(self, problem: SupportNumberProblem, *, digits: int) -> None:
        super().__init__(problem)
        self.digits = digits


def new_support_number(random_digits: Callable[[int], str]) -> str:
    """Return the twelve digits of a new number.

    random_digits: returns as many random digits as it is asked for; use a source that cannot be
        guessed, because the number alone opens the status page.

    Raises ValueError when the source returns anything else.
    """
    digits = random_digits(SUPPORT_NUMBER_DIGITS - 1)
    if not has_digits(digits, SUPPORT_NUMBER_DIGITS - 1):
        raise ValueError("random_digits must return the digits it is asked for")
    return digits + damm.calc_check_digit(digits)


def parse_support_number(text: str) -> str:
    """Return the twelve digits of a number, typed with or without SRG, spaces, dots, dashes.

    Raises SupportNumberError with digits: EMPTY; NOT_DIGITS; WRONG_LENGTH; LOOKS_LIKE_NIB for
    thirteen digits without SRG; BAD_CHECK.
    """
    typed = tidy(text)
    number = typed.lstrip(_SEPARATORS)
    is_named = number[: len(PREFIX)].upper() == PREFIX
    digits = read_digits(number[len(PREFIX) :] if is_named else number, _SEPARATORS)
    if digits is None:
        raise SupportNumberError(SupportNumberProblem.NOT_DIGITS, digits=count_digits(typed))
    if not digits:
        raise SupportNumberError(SupportNumberProblem.EMPTY, digits=0)
    if len(digits) == _NIB_DIGITS and not is_named:
        raise SupportNumberError(SupportNumberProblem.LOOKS_LIKE_NIB, digits=len(digits))
    if len(digits) != SUPPORT_NUMBER_DIGITS:
        raise SupportNumberError(SupportNumberProblem.WRONG_LENGTH, digits=len(digits))
    if not damm.is_valid(digits):
        raise SupportNumberError(SupportNumberProblem.BAD_CHECK, digits=len(digits))
    return digits


def format_support_number(digits: str) -> str:
    """Return the number as it is shown and said: "SRG 4821 0937 5516"."""
    return " ".join((PREFIX, digits[:4], digits[4:8], digits[8:]))
