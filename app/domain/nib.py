"""NIB (Nomor Induk Berusaha), as people write it.

A NIB has 13 digits and no check digit; nothing in it may be decoded. Only the national OSS issues
one (PP 28/2025, article 206). Those of the built-in practice OSS begin with 0000.
"""

from __future__ import annotations

from enum import StrEnum

from app.domain.written import EntryError, read_digits, tidy

NIB_DIGITS = 13
SPECIMEN_PREFIX = "0000"


class NibProblem(StrEnum):
    """Why a written NIB cannot be taken."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"


class NibError(EntryError):
    """A NIB that cannot be taken; digits: how many were found."""

    problem: NibProblem

    def __init__(self, problem: NibProblem, *, digits: int = 0) -> None:
        super().__init__(problem)
        self.digits = digits


def parse_nib(text: str) -> str:
    """Return the 13 digits of a NIB. "NIB" in front and spaces between are fine.

    Raises NibError.
    """
    digits = read_digits(tidy(text).upper().removeprefix("NIB").lstrip(" .:"))
    if digits is None:
        raise NibError(NibProblem.NOT_DIGITS)
    if not digits:
        raise NibError(NibProblem.EMPTY)
    if len(digits) != NIB_DIGITS:
        raise NibError(NibProblem.WRONG_LENGTH, digits=len(digits))
    return digits


def is_specimen(nib: str) -> bool:
    """Say whether a NIB (13 digits) comes from the practice OSS."""
    return nib.startswith(SPECIMEN_PREFIX)
