"""The written parts of an address, and free text."""

from __future__ import annotations

import re
from enum import StrEnum

from app.domain.written.text import (
    EntryError,
    count_digits,
    read_digits,
    says_nothing,
    tidy,
    tidy_prose,
)

MAX_STREET_CHARACTERS = 255
POSTCODE_DIGITS = 5

_MAX_RT_RW_CHARACTERS = 30
_RT_RW_LABEL = re.compile("^rt ?/ ?rw[ .:]*")
_NUMBER = "[ .:]*([0-9]{1,3})"
_RT_RW = (
    re.compile(f"(?:rt)?{_NUMBER}(?: ?[/.,-] ?(?:rw)?| ?rw| ){_NUMBER}"),
    re.compile("([0-9]{3})([0-9]{3})"),
)
_RW_RT = re.compile(f"rw{_NUMBER} ?[/.,-]? ?rt{_NUMBER}")


class RtRwProblem(StrEnum):
    """Why a written RT/RW cannot be taken."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"


class RtRwError(EntryError):
    """An RT/RW that cannot be taken."""

    problem: RtRwProblem


class PostcodeProblem(StrEnum):
    """Why a written postcode cannot be taken."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"


class PostcodeError(EntryError):
    """A postcode that cannot be taken; digits: how many digits were found."""

    problem: PostcodeProblem

    def __init__(self, problem: PostcodeProblem, *, digits: int) -> None:
        super().__init__(problem)
        self.digits = digits


class TextProblem(StrEnum):
    """Why a free text cannot be taken."""

    EMPTY = "empty"
    TOO_LONG = "too_long"


class TextError(EntryError):
    """A text that cannot be taken; length: characters found, maximum: characters allowed."""

    problem: TextProblem

    def __init__(self, problem: TextProblem, *, length: int, maximum: int) -> None:
        super().__init__(problem)
        self.length = length
        self.maximum = maximum


def parse_rt_rw(text: str) -> str:
    """Return neighbourhood numbers (RT/RW) as on the card: "001/002".

    Takes "1/2", "RT 1 RW 2", "RT.01/RW.02", "RT/RW 1/2", "RW 2 RT 1", "001002".
    "000/000" stands on cards from kampungs that have none.

    Raises RtRwError: EMPTY; UNREADABLE. A caller that leaves the answer open takes EMPTY as none.
    """
    typed = tidy(text).lower()
    if not typed:
        raise RtRwError(RtRwProblem.EMPTY)
    if len(typed) > _MAX_RT_RW_CHARACTERS:
        raise RtRwError(RtRwProblem.UNREADABLE)
    typed = _RT_RW_LABEL.sub("", typed)
    if match := _RW_RT.fullmatch(typed):
        return f"{int(match[2]):03}/{int(match[1]):03}"
    for pattern in _RT_RW:
        if match := pattern.fullmatch(typed):
            return f"{int(match[1]):03}/{int(match[2]):03}"
    raise RtRwError(RtRwProblem.UNREADABLE)


def parse_postcode(text: str) -> str:
    """Return the five digits of a postcode (kode pos).

    Raises PostcodeError with digits: EMPTY; NOT_DIGITS; WRONG_LENGTH.
    """
    typed = tidy(text)
    digits = read_digits(typed)
    if digits is None:
        raise PostcodeError(PostcodeProblem.NOT_DIGITS, digits=count_digits(typed))
    if not digits:
        raise PostcodeError(PostcodeProblem.EMPTY, digits=0)
    if len(digits) != POSTCODE_DIGITS:
        raise PostcodeError(PostcodeProblem.WRONG_LENGTH, digits=len(digits))
    return digits


def parse_street(text: str) -> str:
    """Return street, house number and the like (alamat) as one line.

    Raises TextError with length and maximum: EMPTY; TOO_LONG above 255 characters.
    """
    return parse_needed_text(text, MAX_STREET_CHARACTERS)


def parse_free_text(text: str, maximum: int) -> str:
    """Return a text as one line, in NFC, without control signs; "" when nothing was written.

    Any sign that can be seen is taken, "<" too: it is text, and the page escapes it.

    Raises TextError with length and maximum: TOO_LONG.
    """
    line = tidy_prose(text)
    if len(line) > maximum:
        raise TextError(TextProblem.TOO_LONG, length=len(line), maximum=maximum)
    return line


def parse_needed_text(text: str, maximum: int) -> str:
    """Return a free text that must say something: "-" or "tidak ada" does not. Raises TextError."""
    found = parse_free_text(text, maximum)
    if says_nothing(found):
        raise TextError(TextProblem.EMPTY, length=0, maximum=maximum)
    return found
