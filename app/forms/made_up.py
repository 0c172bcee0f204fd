"""What boxes take in training: made-up people and phones. Elsewhere they take what is typed."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app import clock, modes
from app.domain.nik.number import digits_on_card, parse_nik
from app.domain.written import made_up
from app.domain.written.phone import parse_mobile

NIK_MESSAGES = {
    made_up.MadeUpProblem.NIK: _l(
        "This NIK is none of the practice people. Never type your own here. We asked nobody and kept nothing. Take one from the list “How to practise”."
    ),
}
PHONE_MESSAGES = {
    made_up.MadeUpProblem.PHONE: _l(
        "This may be somebody’s number. In practice take one that begins with 0812 0000, for example 0812 0000 1234. Nothing is sent to it."
    ),
}

NIK_HINT = _l("Practice: not your own. 16 digits of one of the practice people.")
PHONE_HINT = _l("Practice: not your own. Take 0812 0000 and four digits more.")


def read_nik(text: str) -> str:
    """Return the 16 digits of a NIK. Raises NikError; NotMadeUp for a real one in training."""
    digits = parse_nik(text, today=clock.today()).digits
    return (
        made_up.check_nik(digits, current_app.config["MADE_UP"]) if modes.in_training() else digits
    )


def read_odd_nik(text: str) -> str:
    """Return the digits of a number that is no NIK but stands on a card. Raises as read_nik()."""
    digits = digits_on_card(text)
    return (
        made_up.check_odd_nik(digits, current_app.config["MADE_UP"])
        if modes.in_training()
        else digits
    )


def read_phone(text: str) -> str:
    """Return a mobile number, +62…. Raises PhoneError; NotMadeUp for a real one in training."""
    phone = parse_mobile(text)
    return made_up.check_phone(phone) if modes.in_training() else phone


def either(real: Any, in_training: Any) -> LazyString:
    """Return words that are others in training."""
    return LazyString(lambda: str(in_training if modes.in_training() else real))
