"""Forms to get back in, and to let a facilitator help with it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.domain.dossier import recovery
from app.domain.written import place
from app.forms.access import StartForm, number_field
from app.forms.boxes import nik_field, phone_field
from app.forms.fields import ChoiceField, ParsedField
from app.forms.mistakes import messages_for_text

CODE_MESSAGES = {
    recovery.CodeProblem.EMPTY: _l("Type the code from the message on your phone."),
    recovery.CodeProblem.WRONG_SHAPE: _l("The code has 6 or 12 digits."),
}
CONSENT_MESSAGES = {
    recovery.CodeProblem.EMPTY: _l("Type the code of 6 digits."),
    recovery.CodeProblem.WRONG_SHAPE: _l("The code has exactly 6 digits."),
}
COUNTER_MESSAGES = {
    recovery.CodeProblem.EMPTY: _l("Type the code from the office."),
    recovery.CodeProblem.WRONG_SHAPE: _l("The code from the office has exactly 8 letters."),
}


def _code_field(label: Any, description: Any, **options: Any) -> ParsedField:
    return ParsedField(
        label,
        description=description,
        inputmode="numeric",
        autocomplete="one-time-code",
        short=True,
        numeric=True,
        **options,
    )


class LostPinForm(FlaskForm):
    """The PIN is lost, the number is known."""

    nomor = number_field()


class LostNumberForm(FlaskForm):
    """The number is lost too."""

    nik = nik_field(_l("Your NIK"))
    telepon = phone_field(
        _l("The phone number in your file"),
        _l("For example 0812 3456 7890."),
    )


class CodeForm(FlaskForm):
    """The code from the message."""

    kode = _code_field(
        _l("Type the code"),
        _l("6 or 12 digits, in the message on your phone."),
        parse=recovery.parse_code,
        messages=CODE_MESSAGES,
    )


class CounterForm(FlaskForm):
    """The code from the counter."""

    nomor = number_field()
    kode = ParsedField(
        _l("Code from the office"),
        description=_l("8 letters, on the note from the officer."),
        parse=recovery.parse_counter_code,
        messages=COUNTER_MESSAGES,
        short=True,
        numeric=True,
    )


class FacilitatorForm(FlaskForm):
    """A facilitator starts it, with the consent of the person."""

    nomor = number_field()
    kode = _code_field(
        _l("Consent code"),
        _l("6 digits, from the person that you help."),
        parse=recovery.parse_consent_code,
        messages=CONSENT_MESSAGES,
    )


class NewPinForm(StartForm):
    """Choose a new PIN."""


class ConsentForm(FlaskForm):
    """Let somebody help, until a day."""

    siapa = ParsedField(
        _l("Who may help you?"),
        description=_l("For example: Mama Contoh, who helps people in the kampung."),
        parse=lambda text: place.parse_needed_text(text, 100),
        messages=messages_for_text(_l("Type who may help you.")),
    )
    lama = ChoiceField(
        _l("For how long?"),
        choices=[("1", _l("1 day")), ("7", _l("7 days")), ("30", _l("30 days"))],
        missing=_l("Choose for how long."),
    )
