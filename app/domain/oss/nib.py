"""NIB: the business number that Lembaga OSS alone gives (PP 28/2025, Pasal 206).

Thirteen digits without a check digit, so that only OSS can say whether one is real. Here is what
can be told from the digits alone, and how a number is found in what a QR code says.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from html import unescape

from app.domain.written.text import EntryError, count_digits, read_digits, tidy

NIB_DIGITS = 13
SPECIMEN_PREFIX = "0000"  # only numbers of the built-in OSS start so
_SEPARATORS = " .-:"
_READ_AT_MOST = 2_000  # characters; more than a QR code for a phone camera holds
_RUN = re.compile(rf"(?<!\d)\d{{{NIB_DIGITS}}}(?!\d)", re.ASCII)
_NAMED = re.compile(rf"\bnib\W{{0,4}}(\d{{{NIB_DIGITS}}})(?!\d)", re.ASCII | re.IGNORECASE)


class NibProblem(StrEnum):
    """Why a written number cannot be a NIB. SPECIMEN: one of our own practice numbers."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    SPECIMEN = "specimen"


class NibError(EntryError):
    """A number that cannot be a NIB; digits: how many digits were found."""

    problem: NibProblem

    def __init__(self, problem: NibProblem, *, digits: int) -> None:
        super().__init__(problem)
        self.digits = digits


class NibSource(StrEnum):
    """How a NIB became known here."""

    TYPED = "typed"
    SCANNED = "scanned"  # read from the QR code on the paper that OSS made
    OSS = "oss"


class NibDoubt(StrEnum):
    """Why OSS did not confirm a NIB that a person told us."""

    UNKNOWN = "unknown"  # OSS does not know the number
    HOLDER = "holder"  # OSS knows it under another name
    GONE = "gone"  # OSS had confirmed it, and knows it no more


def parse_nib(text: str) -> str:
    """Return the 13 digits of a NIB, typed with or without "NIB", spaces, dots, dashes.

    Raises NibError with digits: EMPTY; NOT_DIGITS; WRONG_LENGTH; SPECIMEN for a number that starts
    with 0000.
    """
    typed = tidy(text).lstrip(_SEPARATORS)
    number = typed[3:] if typed[:3].upper() == "NIB" else typed
    digits = read_digits(number, _SEPARATORS)
    if digits is None:
        raise NibError(NibProblem.NOT_DIGITS, digits=count_digits(typed))
    if not digits:
        raise NibError(NibProblem.EMPTY, digits=0)
    if len(digits) != NIB_DIGITS:
        raise NibError(NibProblem.WRONG_LENGTH, digits=len(digits))
    if digits.startswith(SPECIMEN_PREFIX):
        raise NibError(NibProblem.SPECIMEN, digits=len(digits))
    return digits


def find_nib(text: str) -> str | None:
    """Return the NIB in what a QR code says: the number itself, or an address that holds it.

    A number called "nib" is taken before any other. None when there is no such number, or several:
    thirteen digits may as well be a moment in milliseconds, so nothing is guessed.
    """
    looked_at = text[:_READ_AT_MOST]
    numbers = set(_NAMED.findall(looked_at)) or set(_RUN.findall(looked_at))
    if len(numbers) != 1:
        return None
    try:
        return parse_nib(numbers.pop())
    except NibError:
        return None


def format_nib(nib: str) -> str:
    """Return the number in groups, as it is read aloud: "8120 2077 32258"."""
    return " ".join((nib[:4], nib[4:8], nib[8:]))


def is_holder(holder: str, *names: str) -> bool:
    """Return whether the name that OSS has on a NIB is one of ours.

    Case, spaces and signs do not count: OSS writes names in capitals and often without signs. An
    empty name agrees with nothing.
    """
    wanted = bare_name(holder)
    return bool(wanted) and wanted in {bare_name(name) for name in names}


def bare_name(name: str) -> str:
    """Return the letters of a name alone: MA&#039;RUF, MA’RUF and "ma ruf" are one to a reader."""
    plain = unicodedata.normalize("NFKC", unescape(unescape(name)))
    return "".join(letter for letter in plain.casefold() if letter.isalnum())
