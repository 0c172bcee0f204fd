"""What boxes take in practice: made-up people and phones. Outside it they take what is typed."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app import clock
from app.domain.nik.number import digits_on_card, parse_nik
from app.domain.written import practice
from app.domain.written.phone import parse_mobile

NIK_MESSAGES = {
    practice.PracticeProblem.NIK: _l(
        "This NIK is none of the practice people. Never type your own here. We asked nobody and kept nothing. Take one from the list “How to practise”."
    ),
}
PHONE_MESSAGES = {
    practice.PracticeProblem.PHONE: _l(
        "This may be somebody’s number. In practice take one that begins with 0812 0000, for example 0812 0000 1234. Nothing is sent to it."
    ),
}

NIK_HINT = _l("Practice: not your own. 16 digits of one of the practice people.")
PHONE_HINT = _l("Practice: not your own. Take 0812 0000 and four digits more.")


def practising() -> bool:
    """Return whether everything here is practice."""
    return bool(current_app.config["SETTINGS"].is_practice)


def read_nik(text: str) -> str:
    """Return the 16 digits of a NIK. Raises NikError; PracticeError for a real one in practice."""
    digits = parse_nik(text, today=clock.today()).digits
    return practice.check_nik(digits, current_app.config["MADE_UP"]) if practising() else digits


def read_odd_nik(text: str) -> str:
    """Return the digits of a number that is no NIK but stands on a card. Raises as read_nik()."""
    digits = digits_on_card(text)
    return practice.check_odd_nik(digits, current_app.config["MADE_UP"]) if practising() else digits


def read_phone(text: str) -> str:
    """Return a mobile number, +62…. Raises PhoneError; PracticeError for a real one in practice."""
    phone = parse_mobile(text)
    return practice.check_phone(phone) if practising() else phone


def either(real: Any, in_practice: Any) -> LazyString:
    """Return words that are others in practice."""
    return LazyString(lambda: str(in_practice if practising() else real))
