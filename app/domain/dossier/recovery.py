"""Getting back into a dossier: codes by message, codes from the counter, and their limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.written.text import EntryError, read_digits, tidy

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
TRIES_AT_MOST = 5
SHORT_CODES = 3
SHORT_CODES_WITHIN = timedelta(days=7)

LONG_CODE_DIGITS = 12
LONG_CODE_LIFE = timedelta(days=1)
LONG_CODE_FIRST_WAIT = timedelta(hours=1)
LONG_CODE_LONGEST_WAIT = timedelta(hours=8)

PIN_WITHIN = timedelta(minutes=15)
"""How long after a right code the new PIN may be chosen."""

COUNTER_LETTERS = 8
COUNTER_LIFE = timedelta(days=1)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which are read as 1 and 0

CONSENT_DAYS = (1, 7, 30)
CONSENTS_AT_MOST = 3


class RecoveryWay(StrEnum):
    """How somebody proves that a dossier is theirs, as the record keeps it."""

    NUMBER = "number"
    NIK = "nik"
    FACILITATOR = "facilitator"
    COUNTER = "counter"


class CodeLength(StrEnum):
    """Which code goes to the phone.

    SHORT is easy to type and belongs to the browser that asked, for a few tries. Anybody who knows
    the number can ask for codes, and must not use up what the owner needs; so further ones are
    LONG: nobody can guess them, so they have no tries to use up, and whichever browser waits for a
    code of this file takes them, all day.
    """

    SHORT = "short"
    LONG = "long"


class CodeProblem(StrEnum):
    """Why a typed code cannot be one."""

    EMPTY = "empty"
    WRONG_SHAPE = "wrong_shape"


class CodeError(EntryError):
    """A code that cannot be one. It carries nothing of what was typed."""

    problem: CodeProblem


def parse_code(text: str) -> str:
    """Return the six or twelve digits of a code from a message. Raises CodeError."""
    return _parse_digits(text, CODE_DIGITS, LONG_CODE_DIGITS)


def parse_consent_code(text: str) -> str:
    """Return the six digits of a consent code. Raises CodeError."""
    return _parse_digits(text, CODE_DIGITS)


def _parse_digits(text: str, *lengths: int) -> str:
    """Return digits; spaces and dashes are taken out."""
    digits = read_digits(tidy(text))
    if digits == "":
        raise CodeError(CodeProblem.EMPTY)
    if digits is None or len(digits) not in lengths:
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


def new_long_code(below: Callable[[int], int]) -> str:
    """Return twelve random digits. below: returns a random whole number below its argument."""
    return "".join(str(below(10)) for _ in range(LONG_CODE_DIGITS))


def new_counter_code(below: Callable[[int], int]) -> str:
    """Return eight random letters. below: returns a random whole number below its argument."""
    return "".join(LETTERS[below(len(LETTERS))] for _ in range(COUNTER_LETTERS))


def next_code(
    short_at: Sequence[datetime], long_at: Sequence[datetime], now: datetime
) -> CodeLength | None:
    """Return which code goes to the phone now; None when the last long one has to do for a while.

    short_at, long_at: when codes of that length were sent that led to no new PIN, the newest last.
    The waits between long codes are far shorter than these live, so the phone always holds one
    that works.
    """
    if sum(moment > now - SHORT_CODES_WITHIN for moment in short_at) < SHORT_CODES:
        return CodeLength.SHORT
    today = sum(moment > now - LONG_CODE_LIFE for moment in long_at)
    if today and now < long_at[-1] + _long_wait(today):
        return None
    return CodeLength.LONG


def _long_wait(today: int) -> timedelta:
    """An hour after the first of a day, then twice as long after each, at most eight hours."""
    longest = LONG_CODE_LONGEST_WAIT // LONG_CODE_FIRST_WAIT
    return min(1 << min(today - 1, longest), longest) * LONG_CODE_FIRST_WAIT


def is_usable(
    *,
    tries: int | None,
    expires_at: datetime | None,
    used_at: datetime | None,
    now: datetime,
) -> bool:
    """Return whether a code may still be compared.

    tries: this one included; None for a code that is too long to be guessed, so that nobody else's
        tries can take it from its owner.
    """
    alive = expires_at is not None and now < expires_at and used_at is None
    return alive and (tries is None or tries <= TRIES_AT_MOST)


def may_choose_pin(
    *, verified_at: datetime | None, used_at: datetime | None, now: datetime
) -> bool:
    """Return whether a new PIN may be chosen: the code was right, lately, and is not used yet."""
    return verified_at is not None and used_at is None and now < verified_at + PIN_WITHIN
