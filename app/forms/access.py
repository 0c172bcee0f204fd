"""Forms to open a dossier: choose a PIN, come back with number and PIN, look up a number."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.domain.written import pin as written_pin
from app.domain.written import support_number
from app.forms.fields import ParsedField
from app.forms.mistakes import NUMBER_MESSAGES, PIN_MESSAGES


class StartForm(FlaskForm):
    """Choose a PIN."""

    pin = ParsedField(
        _l("Choose a PIN of 6 digits"),
        description=_l("Only you know it. Do not use your birthday. Write it down."),
        parse=written_pin.check_pin,
        messages=PIN_MESSAGES,
        inputmode="numeric",
        short=True,
        numeric=True,
    )


def number_field(**options: Any) -> ParsedField:
    """Return a box for the Nomor Bantuan."""
    return ParsedField(
        _l("Support number (Nomor Bantuan)"),
        description=_l("12 digits. You can leave out SRG and spaces."),
        parse=support_number.parse_support_number,
        messages=NUMBER_MESSAGES,
        show=support_number.format_support_number,
        inputmode="numeric",
        numeric=True,
        **options,
    )


def _six_digits(text: str) -> str:
    """A PIN to compare: any six digits, the easy ones of other people's mistakes included."""
    try:
        return written_pin.check_pin(text)
    except written_pin.PinError as error:
        if error.problem is written_pin.PinProblem.TOO_SIMPLE:
            return "".join(sign for sign in text if sign.isdigit())
        raise


class ResumeForm(FlaskForm):
    """Come back with Nomor Bantuan and PIN."""

    nomor = number_field()
    pin = ParsedField(
        _l("PIN"),
        description=_l("The 6 digits that you chose at the start."),
        parse=_six_digits,
        messages={**PIN_MESSAGES, written_pin.PinProblem.EMPTY: _l("Type your PIN of 6 digits.")},
        inputmode="numeric",
        short=True,
        numeric=True,
    )


class TrackForm(FlaskForm):
    """Look where a file is. Goes by GET and needs no token: the number identifies nobody."""

    nomor = number_field()

    class Meta:
        csrf = False
