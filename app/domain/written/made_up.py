"""Who may be typed in training: made-up people and made-up phones alone.

Whoever practises may not know it, or types their own card all the same. What could be somebody's is
then refused before it is kept anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Container
from enum import StrEnum
from typing import Final

from app.domain.written.text import EntryError

SERIALS: Final = range(9001, 10000)
"""Last four digits of a made-up NIK. A real serial counts the people of one district born on one
day, and stays far below."""

PHONE_START: Final = "+628120000"
"""How a made-up mobile number begins. Nothing is ever sent to it."""


class MadeUpProblem(StrEnum):
    """Why something may not be typed in training."""

    NIK = "practice_nik"
    PHONE = "practice_phone"


class NotMadeUp(EntryError):
    """Something that may not be typed in training.

    forget: it may be somebody's, so it is not even shown again.
    """

    problem: MadeUpProblem

    def __init__(self, problem: MadeUpProblem, *, forget: bool) -> None:
        super().__init__(problem)
        self.forget = forget


def check_nik(nik: str, made_up: Container[str]) -> str:
    """Return a NIK (16 digits) of somebody made up. Raises NotMadeUp for any other."""
    if nik in made_up:
        return nik
    raise NotMadeUp(MadeUpProblem.NIK, forget=int(nik[-4:]) not in SERIALS)


def check_odd_nik(digits: str, made_up: Collection[str]) -> str:
    """Return a number that is no NIK: a made-up one, misprinted. Raises NotMadeUp."""
    if any(digits[:12] == nik[:12] for nik in made_up) or int(digits[-4:]) in SERIALS:
        return digits
    raise NotMadeUp(MadeUpProblem.NIK, forget=True)


def check_phone(phone: str) -> str:
    """Return a mobile number (+62…) that begins as made-up ones do. Raises NotMadeUp."""
    if phone.startswith(PHONE_START):
        return phone
    raise NotMadeUp(MadeUpProblem.PHONE, forget=True)
