"""PIN of a dossier: six digits that, with the support number, open a draft on any device."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

from app.domain.written.text import EntryError, read_digits, tidy

PIN_DIGITS = 6


class PinProblem(StrEnum):
    """Why a PIN cannot be taken. TOO_SIMPLE: among the first that a stranger tries."""

    EMPTY = "empty"
    NOT_SIX_DIGITS = "not_six_digits"
    TOO_SIMPLE = "too_simple"


class PinError(EntryError):
    """A PIN that cannot be taken. It carries nothing of what was typed."""

    problem: PinProblem


def check_pin(text: str) -> str:
    """Return the six digits of a PIN that a person chose; spaces and dashes are taken out.

    Raises PinError: EMPTY; NOT_SIX_DIGITS; TOO_SIMPLE for one digit only (777777), a straight run
    up or down (123456, 987654, also past the end: 890123) and a repeated pair or triple (121212,
    123123).
    """
    digits = read_digits(tidy(text))
    if digits == "":
        raise PinError(PinProblem.EMPTY)
    if digits is None or len(digits) != PIN_DIGITS:
        raise PinError(PinProblem.NOT_SIX_DIGITS)
    if _is_simple(digits):
        raise PinError(PinProblem.TOO_SIMPLE)
    return digits


def _is_simple(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {9}) or pin == pin[:2] * 3 or pin == pin[:3] * 2
