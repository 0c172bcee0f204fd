"""Indonesian mobile numbers: the national OSS sends its account code to the applicant's own."""

from __future__ import annotations

from enum import StrEnum

from app.domain.written.text import EntryError, count_digits, read_digits, tidy

_COUNTRY_CODE = "62"
_MOBILE_START = "8"
_SEPARATORS = " .-()[]"
_SHOWN_DIGITS = 3
MIN_DIGITS = 10
"""Fewest digits when the number is written with 08."""
MAX_DIGITS = 13
"""Most digits when the number is written with 08."""


class PhoneProblem(StrEnum):
    """Why a written number cannot be an Indonesian mobile number."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    FOREIGN = "foreign"
    NOT_MOBILE = "not_mobile"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


class PhoneError(EntryError):
    """A number that cannot be taken.

    digits: how many it has when written with 08 (TOO_SHORT, TOO_LONG), else how many were found.
    """

    problem: PhoneProblem

    def __init__(self, problem: PhoneProblem, *, digits: int) -> None:
        super().__init__(problem)
        self.digits = digits


def parse_mobile(text: str) -> str:
    """Return a mobile number in E.164 form: "+628" and 8 to 11 digits more.

    Takes 0812…, 62812…, +62 812…, 0062812…, 812… and the common slip +62 0812…, with spaces,
    dots, dashes and brackets.

    Raises PhoneError with digits: EMPTY; NOT_DIGITS; FOREIGN for another country code after + or
    00; NOT_MOBILE, such as 0951…; TOO_SHORT; TOO_LONG.
    """
    typed = tidy(text)
    before, plus, after = typed.partition("+")
    digits = read_digits(after if plus else before, _SEPARATORS)
    if digits is None or (plus and read_digits(before, _SEPARATORS) != ""):
        raise PhoneError(PhoneProblem.NOT_DIGITS, digits=count_digits(typed))
    if not digits:
        raise PhoneError(PhoneProblem.EMPTY, digits=0)
    is_international = bool(plus) or digits.startswith("00")
    national = digits if plus else digits.removeprefix("00")
    if national.startswith(_COUNTRY_CODE):
        national = national.removeprefix(_COUNTRY_CODE)
    elif is_international and national:
        raise PhoneError(PhoneProblem.FOREIGN, digits=len(digits))
    national = national.removeprefix("0")
    written_digits = len(national) + 1
    if national and not national.startswith(_MOBILE_START):
        raise PhoneError(PhoneProblem.NOT_MOBILE, digits=len(digits))
    if written_digits < MIN_DIGITS:
        raise PhoneError(PhoneProblem.TOO_SHORT, digits=written_digits)
    if written_digits > MAX_DIGITS:
        raise PhoneError(PhoneProblem.TOO_LONG, digits=written_digits)
    return f"+{_COUNTRY_CODE}{national}"


def mask_phone(phone: str) -> str:
    """Return a number for the screen: country code, dots, at most the last 3 digits."""
    country = f"+{_COUNTRY_CODE}"
    digits = phone.removeprefix(country)
    hidden = len(digits) - _SHOWN_DIGITS
    shown = "•" * len(digits) if hidden <= 0 else "•" * hidden + digits[hidden:]
    return country + shown if phone.startswith(country) else shown
