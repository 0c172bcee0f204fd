"""Getting back into a dossier: codes by message, codes from the counter, and their limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.written import EntryError, read_digits, tidy

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
TRIES_AT_MOST = 5
CODES_A_DAY = 3
PIN_WITHIN = timedelta(minutes=15)
"""How long after a right code the new PIN may be chosen."""

COUNTER_LETTERS = 8
COUNTER_LIFE = timedelta(days=1)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which are read as 1 and 0

CONSENT_DAYS = (1, 7, 30)
CONSENT_USES_AT_MOST = 10
CONSENTS_AT_MOST = 3


class RecoveryWay(StrEnum):
    """How somebody proves that a dossier is theirs, as the record keeps it."""

    NUMBER = "number"
    NIK = "nik"
    FACILITATOR = "facilitator"
    COUNTER = "counter"


class CodeProblem(StrEnum):
    """Why a typed code cannot be one."""

    EMPTY = "empty"
    WRONG_SHAPE = "wrong_shape"


class CodeError(EntryError):
    """A code that cannot be one. It carries nothing of what was typed."""

    problem: CodeProblem


def parse_code(text: str) -> str:
    """Return the six digits of a code; spaces and dashes are taken out. Raises CodeError."""
    digits = read_digits(tidy(text))
    if digits == "":
        raise CodeError(CodeProblem.EMPTY)
    if digits is None or len(digits) != CODE_DIGITS:
        raise CodeError(CodeProblem.WRONG_SHAPE)
    return digits


def parse_counter_code(text: str) -> str:
    """Return the eight capital letters of a code from the counter. Raises CodeError."""
    letters = "".join(sign for sign in tidy(text).upper() if sign not in " -.")
    if not letters:
        raise CodeError(CodeProblem.EMPTY)
    if len(letters) != COUNTER_LETTERS or any(sign not in LETTERS for sign in letters):
        raise CodeError(CodeProblem.WRONG_SHAPE)
    return letters


def new_code(below: Callable[[int], int]) -> str:
    """Return six random digits. below: returns a random whole number below its argument."""
    return "".join(str(below(10)) for _ in range(CODE_DIGITS))


def new_counter_code(below: Callable[[int], int]) -> str:
    """Return eight random letters. below: returns a random whole number below its argument."""
    return "".join(LETTERS[below(len(LETTERS))] for _ in range(COUNTER_LETTERS))


def is_usable(
    *, tries: int, expires_at: datetime | None, used_at: datetime | None, now: datetime
) -> bool:
    """Say whether a code may still be compared. tries: this one included."""
    return (
        expires_at is not None and now < expires_at and used_at is None and tries <= TRIES_AT_MOST
    )


def may_choose_pin(
    *, verified_at: datetime | None, used_at: datetime | None, now: datetime
) -> bool:
    """Say whether a new PIN may be chosen: the code was right, not long ago, and not used yet."""
    return verified_at is not None and used_at is None and now < verified_at + PIN_WITHIN
