"""How staff come in: terms, what a password and a PIN must be, codes and their steps of time.

A password and a second factor once a day at each terminal; after that a short PIN, which is worth
nothing at any other terminal and on any other day. Wrong tries are counted for whoever errs, by
the rules of app/domain/dossier/pin_tries.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.domain.written.text import EntryError

IDLE = timedelta(minutes=5)
DAY = timedelta(hours=12)
DORMANT_AFTER = timedelta(days=90)
PIN_TRIES = 5
"""After so many wrong PINs in a row the day of this person at this terminal is over."""

PASSWORD_AT_LEAST = 10
PASSWORD_AT_MOST = 200
PIN_DIGITS = 4
CODES = 10
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10  # 50 bits: printed, typed once, never guessed
STEP_S = 30
STEPS_AROUND = 1
USER_SHAPE = re.compile(r"[a-z][a-z0-9.]{2,29}")

_LEET = str.maketrans("013457@$!", "oleastasi")
_ENDS = re.compile(r"^[^a-z]+|[^a-z]+$")


class PasswordProblem(StrEnum):
    """Why a password is refused."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    OWN_NAME = "own_name"


class PasswordError(EntryError):
    """The password is refused. at_least, at_most: letters it may have."""

    problem: PasswordProblem
    forget = True

    def __init__(
        self,
        problem: PasswordProblem,
        at_least: int = PASSWORD_AT_LEAST,
        at_most: int = PASSWORD_AT_MOST,
    ) -> None:
        super().__init__(problem)
        self.at_least = at_least
        self.at_most = at_most


def stem_of(text: str) -> str:
    """Return what is left of a password without the decoration that everybody adds.

    Capitals, digits and signs at its ends, and digits that stand for letters inside.
    """
    bare = _ENDS.sub("", text.lower())
    return re.sub("[^a-z]", "", bare.translate(_LEET))


def check_password(password: str, common: Collection[str], own: Collection[str] = ()) -> str:
    """Return the password when it will do.

    common: stems that are no secret; one alone, twice or two of them make no password. own: name
    and user name. Length does the work, as in NIST SP 800-63B: nothing is asked of kinds of signs.

    Raises PasswordError.
    """
    if not password:
        raise PasswordError(PasswordProblem.EMPTY)
    if len(password) < PASSWORD_AT_LEAST:
        raise PasswordError(PasswordProblem.TOO_SHORT)
    if len(password) > PASSWORD_AT_MOST:
        raise PasswordError(PasswordProblem.TOO_LONG)
    stem = stem_of(password)
    if len(set(password)) < 5 or _is_made_of(stem, common):
        raise PasswordError(PasswordProblem.COMMON)
    names = {part for each in own for part in re.split("[^a-z]+", each.lower()) if len(part) > 2}
    left = stem
    for name in names:
        left = left.replace(name, "")
    if left != stem and (len(left) < 4 or _is_made_of(left, common)):
        raise PasswordError(PasswordProblem.OWN_NAME)
    return password


def _is_made_of(stem: str, common: Collection[str]) -> bool:
    """Return whether a stem is one or two common ones, or next to nothing."""
    if len(stem) < 4 or stem in common:
        return True
    return any(stem[:at] in common and stem[at:] in common for at in range(2, len(stem) - 1))


class StaffPinProblem(StrEnum):
    """Why a PIN of a terminal is refused."""

    EMPTY = "empty"
    SHAPE = "shape"
    TOO_SIMPLE = "too_simple"


class StaffPinError(EntryError):
    """The PIN is refused. It is never shown again."""

    problem: StaffPinProblem
    forget = True


def read_pin(text: str) -> str:
    """Return the digits of a PIN that is to be compared. Raises StaffPinError."""
    digits = "".join(text.split())
    if not digits:
        raise StaffPinError(StaffPinProblem.EMPTY)
    if len(digits) != PIN_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise StaffPinError(StaffPinProblem.SHAPE)
    return digits


def check_pin(text: str) -> str:
    """Return a PIN that may be chosen: no row of digits, no repeats, no year. Raises likewise."""
    digits = read_pin(text)
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    if len(set(digits)) < 3 or steps in ({1}, {9}) or digits[:2] in {"19", "20"}:
        raise StaffPinError(StaffPinProblem.TOO_SIMPLE)
    return digits


def step_at(moment: datetime) -> int:
    """Return the number of the step of time in which a code is worth something."""
    return int(moment.timestamp()) // STEP_S


def steps_around(moment: datetime, used: int | None) -> tuple[int, ...]:
    """Return the steps whose code is taken now: one early, one late, none that was used before."""
    middle = step_at(moment)
    around = range(middle - STEPS_AROUND, middle + STEPS_AROUND + 1)
    return tuple(step for step in around if used is None or step > used)


def clean_code(text: str) -> str:
    """Return a typed code, of an app or printed, without what people put between its signs."""
    return re.sub(r"[\s.–-]", "", text).upper()[: 2 * CODE_LENGTH]


def clean_user(text: str) -> str:
    """Return a user name as it is kept."""
    return text.strip().lower()[:60]


def is_dormant(last_seen: datetime, now: datetime) -> bool:
    """Return whether an account slept so long that the admin has to wake it."""
    return now - last_seen >= DORMANT_AFTER
