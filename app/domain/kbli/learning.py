"""What may be kept of the words that people type into the finder, and which may be added to it."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from app.domain.kbli.words import split_words
from app.domain.written.text import EntryError

READABLE_FROM = 3
"""A phrase becomes readable for staff when it was typed so often.

What one person alone would write (a name, a street) is hardly typed three times; what stays
unreadable teaches little: it happens once or twice.
"""

# More than this is a sentence about somebody rather than the name of a trade.
WORDS_AT_MOST = 8
CHARACTERS_AT_MOST = 60
# A KBLI code, and far less than a NIK or a phone number.
DIGITS_AT_MOST = 4
CHARACTERS_AT_LEAST = 2  # "es" and "AC" are trades


class AddedBy(StrEnum):
    """Who added a word: a role, never a person."""

    TERMINAL = "terminal"
    FILE = "file"
    PRACTICE = "practice"


class PhraseProblem(StrEnum):
    """Why a phrase cannot become a word of an activity."""

    EMPTY = "empty"
    SHORT = "short"
    LONG = "long"
    PERSONAL = "personal"
    THERE = "there"
    UNKNOWN_CODE = "unknown_code"
    FULL = "full"


class PhraseError(EntryError):
    """This phrase cannot be added."""

    problem: PhraseProblem

    def __init__(self, problem: PhraseProblem) -> None:
        super().__init__(problem)


def plain_phrase(text: str) -> str:
    """Return the words of a text in lower case with single spaces; equal for us = equal here."""
    return " ".join(split_words(text))


def looks_personal(text: str) -> bool:
    """Return whether a text may hold a number of somebody (NIK, phone) or an e-mail address."""
    # In the plain form first: signs that only look like "@" or digits count as well.
    plain = unicodedata.normalize("NFKC", text)
    return "@" in plain or sum(letter.isdigit() for letter in plain) > DIGITS_AT_MOST


def is_long(text: str) -> bool:
    """Return whether a text is longer than what people call a trade."""
    words = split_words(text)
    longest = max(len(" ".join(text.split())), len(" ".join(words)))
    return longest > CHARACTERS_AT_MOST or len(words) > WORDS_AT_MOST


def phrase_to_keep(text: str) -> str | None:
    """Return the phrase under which a search may be counted; None: nothing of it may be kept."""
    if looks_personal(text) or is_long(text):
        return None
    return plain_phrase(text) or None


def phrase_to_add(text: str) -> str:
    """Return the phrase that a text adds to an activity.

    Raises PhraseError: PERSONAL, LONG, EMPTY, SHORT.
    """
    if looks_personal(text):
        raise PhraseError(PhraseProblem.PERSONAL)
    if is_long(text):
        raise PhraseError(PhraseProblem.LONG)
    phrase = plain_phrase(text)
    if not phrase:
        raise PhraseError(PhraseProblem.EMPTY)
    if len(phrase) < CHARACTERS_AT_LEAST:
        raise PhraseError(PhraseProblem.SHORT)
    return phrase
