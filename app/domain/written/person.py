"""A person as the identity card (KTP-el) names them: name, sex, age."""

from __future__ import annotations

import unicodedata
from datetime import date
from enum import StrEnum

from app.domain.written.text import EntryError, says_nothing, tidy

MAX_NAME_CHARACTERS = 100
MINIMUM_AGE_YEARS = 17  # PP 28/2025 art. 189(2): an applicant must be able to act in law
MAXIMUM_AGE_YEARS = 120

_APOSTROPHES = str.maketrans(dict.fromkeys("‘ʼʻ′`´", "’"))  # phones make all of them of one key
_MARKS_IN_NAMES = frozenset(" '’-.,")


class Sex(StrEnum):
    """Jenis kelamin, in the letters of the identity card."""

    MALE = "L"
    FEMALE = "P"


class NameProblem(StrEnum):
    """Why a written name cannot be taken."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    ODD_CHARACTER = "odd_character"
    NO_LETTER = "no_letter"


class PersonNameError(EntryError):
    """A name that cannot be taken.

    character: the first sign that stands in no name (ODD_CHARACTER). length: characters found
    (TOO_LONG; the limit is MAX_NAME_CHARACTERS).
    """

    problem: NameProblem

    def __init__(
        self, problem: NameProblem, *, character: str | None = None, length: int | None = None
    ) -> None:
        super().__init__(problem)
        self.character = character
        self.length = length


class AgeProblem(StrEnum):
    """Why a birth date cannot be an applicant's. TOO_YOUNG: staff must help."""

    IN_FUTURE = "in_future"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"


class AgeError(EntryError):
    """A birth date that cannot be an applicant's; age_years on the day asked about."""

    problem: AgeProblem

    def __init__(self, problem: AgeProblem, *, age_years: int) -> None:
        super().__init__(problem)
        self.age_years = age_years


def parse_name(text: str) -> str:
    """Return a name as it is written on the card, with spaces put in order.

    Letters of any script with their accents, one word or more, spaces and ' ’ - . and the comma
    of titles; at most MAX_NAME_CHARACTERS.

    Raises PersonNameError: EMPTY; TOO_LONG with length; ODD_CHARACTER with the character;
    NO_LETTER.
    """
    name = tidy(text).translate(_APOSTROPHES)
    if not name:
        raise PersonNameError(NameProblem.EMPTY)
    if len(name) > MAX_NAME_CHARACTERS:
        raise PersonNameError(NameProblem.TOO_LONG, length=len(name))
    after_letter = False
    for character in name:
        kind = unicodedata.category(character)
        # An accent counts only on a letter; elsewhere it would float.
        after_letter = kind[0] == "L" or (after_letter and kind in ("Mn", "Mc"))
        if not after_letter and character not in _MARKS_IN_NAMES:
            raise PersonNameError(NameProblem.ODD_CHARACTER, character=character)
    if not any(character.isalpha() for character in name):
        raise PersonNameError(NameProblem.NO_LETTER)
    if says_nothing(name):
        raise PersonNameError(NameProblem.EMPTY)
    return name


def comparable_name(name: str) -> str:
    """Return a name in the form in which two spellings are compared: capitals, single spaces.

    Only for comparing; what is stored and sent stays as the person wrote it.
    """
    plain = unicodedata.normalize("NFKC", tidy(name)).replace("’", "'").replace("‘", "'")
    return unicodedata.normalize("NFKC", " ".join(plain.upper().split()))


def mask_name(name: str) -> str:
    """Return the first letter of each word and dots: enough to compare, too little to learn."""
    return " ".join(word[0] + "•" * (len(word) - 1) for word in name.split())


def age_on(birth_date: date, on: date) -> int:
    """Return the age in whole years on a day; below zero before birth.

    Who was born on 29 February grows older on 1 March in other years.
    """
    before_birthday = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - before_birthday


def check_birth_date(birth_date: date, on: date) -> None:
    """Check that a person born on this day may apply on their own on the day `on`.

    Raises AgeError: IN_FUTURE; TOO_YOUNG below 17 years; TOO_OLD above 120.
    Source: PP 28/2025, article 189(2) (legal capacity).
    """
    age_years = age_on(birth_date, on)
    if birth_date > on:
        raise AgeError(AgeProblem.IN_FUTURE, age_years=age_years)
    if age_years < MINIMUM_AGE_YEARS:
        raise AgeError(AgeProblem.TOO_YOUNG, age_years=age_years)
    if age_years > MAXIMUM_AGE_YEARS:
        raise AgeError(AgeProblem.TOO_OLD, age_years=age_years)
