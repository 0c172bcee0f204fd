"""NPWP (tax number) and NITKU (number of a place of business), as people write them.

An NPWP had 15 digits and has 16 now: citizens use their NIK, everybody else the old number behind a
leading 0. A branch has a NITKU: the 16 digits and six more. The first nine digits of the old number
end in a check digit (Luhn). Source: PMK 112/PMK.03/2022 and PMK 136/2023, known second-hand.
"""

from __future__ import annotations

from enum import StrEnum

from stdnum import luhn

from app.domain.written.text import EntryError, read_digits, tidy

OLD_NPWP_DIGITS = 15
NPWP_DIGITS = 16
NITKU_DIGITS = 22

_SIGNS_BETWEEN = " .-/"


class NpwpProblem(StrEnum):
    """Why a written NPWP cannot be taken. NOT_OF_ENTITY: it is a NIK, which only people have."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    BAD_CHECK = "bad_check"
    NOT_OF_ENTITY = "not_of_entity"


class NpwpError(EntryError):
    """An NPWP that cannot be taken; digits: how many were found."""

    problem: NpwpProblem

    def __init__(self, problem: NpwpProblem, *, digits: int = 0) -> None:
        super().__init__(problem)
        self.digits = digits


class NitkuProblem(StrEnum):
    """Why a written NITKU cannot be taken."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"


class NitkuError(EntryError):
    """A NITKU that cannot be taken; digits: how many were found."""

    problem: NitkuProblem

    def __init__(self, problem: NitkuProblem, *, digits: int = 0) -> None:
        super().__init__(problem)
        self.digits = digits


def parse_npwp(text: str, *, of_entity: bool = False) -> str:
    """Return the 16 digits of an NPWP typed with 15 or 16, dots and dashes allowed.

    of_entity: only a number that a company or group can have, not a NIK.

    Raises NpwpError.
    """
    digits = read_digits(tidy(text), _SIGNS_BETWEEN)
    if digits is None:
        raise NpwpError(NpwpProblem.NOT_DIGITS)
    if not digits:
        raise NpwpError(NpwpProblem.EMPTY)
    if len(digits) not in (OLD_NPWP_DIGITS, NPWP_DIGITS):
        raise NpwpError(NpwpProblem.WRONG_LENGTH, digits=len(digits))
    digits = digits.rjust(NPWP_DIGITS, "0")
    if digits.startswith("0"):
        if not luhn.is_valid(digits[1:10]):
            raise NpwpError(NpwpProblem.BAD_CHECK)
    elif of_entity:
        raise NpwpError(NpwpProblem.NOT_OF_ENTITY)
    return digits


def parse_nitku(text: str) -> str:
    """Return the 22 digits of a NITKU. Raises NitkuError."""
    digits = read_digits(tidy(text), _SIGNS_BETWEEN)
    if digits is None:
        raise NitkuError(NitkuProblem.NOT_DIGITS)
    if not digits:
        raise NitkuError(NitkuProblem.EMPTY)
    if len(digits) != NITKU_DIGITS:
        raise NitkuError(NitkuProblem.WRONG_LENGTH, digits=len(digits))
    return digits


def belongs_to(nitku: str, npwp: str) -> bool:
    """Return whether a NITKU (22 digits) is of the holder of an NPWP (16 digits)."""
    return nitku.startswith(npwp)
