"""How people write: what every reader of typed answers shares.

The readers forgive spelling (spaces, dots, dashes, signs pasted along unseen) and never guess at
meaning. Only the digits 0-9 are digits: others look like them, but the national systems that
receive the answer do not take them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_TYPED_CHARACTERS = 200
"""Longest short answer (number, date, amount) that is looked at; a name or a text has its own."""

MAX_TEXT_CHARACTERS = 5_000
"""Longest free text that any question may allow."""

# Pasted along with numbers from chats and spreadsheets: control signs, zero-width signs, marks of
# writing direction, variation selectors, and lone surrogates, which cannot be stored as UTF-8.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_UNSEEN = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
_JOINERS = "\u200c\u200d\ufe00-\ufe0f"  # they hold one picture sign together, so prose keeps them
_DASHES = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"

_NOT_FOR_PROSE = re.compile(f"[{_CONTROLS}{_UNSEEN}]")
_NOT_FOR_ANSWERS = re.compile(f"[{_CONTROLS}{_UNSEEN}{_JOINERS}]")
_ONLY_JOINERS = re.compile(f"[ {_JOINERS}]*")
_DASH = re.compile(f"[{_DASHES}]")
# The pages say "roughly is enough", so people write it: "kira-kira 5 juta", "± 12", "sekitar 30".
_ABOUT = re.compile(
    r"(?:(?:(?:kira-?kira|kira ?2|sekitar|kurang lebih|lebih kurang|about|around|roughly"
    r"|approximately|approx|circa)(?![a-z])\.?|[±~≈]|\+ ?/? ?-) ?)+",
    re.IGNORECASE,
)
_DIGITS_AND_SIGNS = re.compile(r"[0-9]+(?:[., ][0-9]+)*")


class EntryError(ValueError):
    """An answer that a rule cannot take. Subclasses name the problem and add useful numbers.

    The text of the error is the problem's name and never what the person typed, so that it may
    be logged.
    """

    problem: StrEnum

    def __init__(self, problem: StrEnum) -> None:
        super().__init__(problem.value)
        self.problem = problem


def tidy(text: str) -> str:
    """Return a short answer in plain form.

    Any white space is one space, any dash is "-", signs that cannot be seen are gone, letters
    are composed (NFC). The work grows with the length only; callers refuse what is too long
    before they look closer.
    """
    # White space first: line breaks and tabs are control signs too, but they part words.
    kept = _DASH.sub("-", _NOT_FOR_ANSWERS.sub("", " ".join(text.split())))
    return _compose(" ".join(kept.split()))


def without_about(typed: str) -> str:
    """Return a tidied amount or size without the words before it that call it rough."""
    found = _ABOUT.match(typed)
    return typed[found.end() :] if found else typed


def tidy_prose(text: str) -> str:
    """Return a free text as one line: white space collapsed, control signs gone, NFC.

    Dashes and picture signs stay as they were written. A text of unseen signs alone is empty.
    """
    kept = " ".join(_NOT_FOR_PROSE.sub("", " ".join(text.split())).split())
    return "" if _ONLY_JOINERS.fullmatch(kept) else _compose(kept)


def _compose(text: str) -> str:
    # Ordering thousands of accents on one letter is slow work, and a text of that size is too
    # long for any answer, so it is refused whatever its form.
    return unicodedata.normalize("NFC", text) if len(text) <= MAX_TEXT_CHARACTERS else text


_NOTHING = frozenset(
    (
        *("tidak ada", "tdk ada", "tak ada", "gak ada", "tra ada", "belum ada", "blm ada"),
        *("belum punya", "tidak punya", "kosong", "nihil", "nol", "none", "nothing", "n/a"),
    )
)
_ONLY_SIGNS = re.compile(r"[-_.,:;/\\*()'\" ]*|0")


def says_nothing(text: str) -> bool:
    """Return whether a text is what people write for “nothing”: "-", "0", "nihil"."""
    typed = tidy(text[:MAX_TYPED_CHARACTERS]).lower()
    return typed.strip(" .()") in _NOTHING or bool(
        len(text) <= MAX_TYPED_CHARACTERS and _ONLY_SIGNS.fullmatch(typed)
    )


def read_digits(text: str, separators: str = " .-") -> str | None:
    """Return the digits of a number written in groups, "" when there are none.

    text: as tidy() returns it. None when anything but 0-9 and the separators stands in it.
    """
    digits = text.translate(dict.fromkeys(map(ord, separators)))
    return digits if not digits or (digits.isascii() and digits.isdigit()) else None


def has_digits(text: str, *lengths: int) -> bool:
    """Return whether a text is made of the digits 0-9 alone and has one of these lengths."""
    return len(text) in lengths and text.isascii() and text.isdigit()


def read_whole(text: str, *, digits: int = 4) -> int | None:
    """Return a whole number as machines write it: 0-9 alone, at most so many; None otherwise.

    For addresses, headers, settings and tables. What people type is read by read_number().
    """
    return int(text) if has_digits(text, *range(1, digits + 1)) else None


def count_digits(text: str) -> int:
    """Return how many digits 0-9 stand in the text, whatever stands between them."""
    return sum(text.count(digit) for digit in "0123456789")


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as written with Indonesian or English signs.

    whole: the part before the decimal sign. fraction: the digits after it, "" without one.
    either: "." or "," when this one sign stands before exactly three digits, so that it may part
        thousands or decimals ("1.500"). whole is then the reading in thousands and the caller
        decides whether that is safe. "" when the number has one reading only.
    """

    whole: int
    fraction: str = ""
    either: str = ""


def read_number(text: str) -> WrittenNumber | None:
    """Read digits with ".", "," or spaces between them; None when they form no number.

    "1.500.000", "1,500,000" and "1 500 000" are in thousands; "1.500.000,5" and "1,500.50" have
    decimals; "0,125" and "1500,000" too, because a thousand is never written so.
    """
    if len(text) > MAX_TYPED_CHARACTERS or not _DIGITS_AND_SIGNS.fullmatch(text):
        return None
    groups = re.split("[., ]", text)
    *grouping, last = [sign for sign in text if sign in "., "] or [""]
    if not last:
        return WrittenNumber(int(text))
    if not grouping:
        if _in_thousands(groups):
            return WrittenNumber(int("".join(groups)), either=last.strip())
        return None if last == " " else WrittenNumber(int(groups[0]), groups[1])
    if len(set(grouping)) > 1:
        return None
    if last == grouping[0]:
        return WrittenNumber(int("".join(groups))) if _in_thousands(groups) else None
    if last == " " or not _in_thousands(groups[:-1]):
        return None
    return WrittenNumber(int("".join(groups[:-1])), groups[-1])


def _in_thousands(groups: list[str]) -> bool:
    first, *rest = groups
    return len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in rest)
