"""Forms of the desk. Their token belongs to the person who works at the terminal now."""

from __future__ import annotations

import hmac
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import ValidationError
from wtforms.csrf.core import CSRF

from app.asked import asked
from app.domain.desk import entrance
from app.domain.desk.entrance import PasswordProblem, StaffPinProblem
from app.domain.written import place
from app.forms.fields import ParsedField
from app.forms.licences import PracticeOfficeForm
from app.forms.mistakes import messages_for_text

PASSWORD_MESSAGES = {
    PasswordProblem.EMPTY: _l("Type a password."),
    PasswordProblem.TOO_SHORT: _l(
        "Take at least {at_least} letters. Three words that do not belong together are good."
    ),
    PasswordProblem.TOO_LONG: _l("Take at most {at_most} letters."),
    PasswordProblem.COMMON: _l(
        "Many people take this password. Take three words that do not belong together."
    ),
    PasswordProblem.OWN_NAME: _l(
        "Your name is no secret. Take three words that do not belong together."
    ),
}
STAFF_PIN_MESSAGES = {
    StaffPinProblem.EMPTY: _l("Type the 4 digits of your PIN."),
    StaffPinProblem.SHAPE: _l("The PIN has 4 digits."),
    StaffPinProblem.TOO_SIMPLE: _l(
        "That is too easy to guess. Take 4 digits that are no year and no row."
    ),
}


class DeskCsrf(CSRF):
    """Compares with the token of this terminal and this person; see app/web/desk.py."""

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return asked().desk_token

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        own = asked().desk_token
        if not own or not hmac.compare_digest(str(field.data or "").encode(), own.encode()):
            raise ValidationError("stale")


class DeskForm(FlaskForm):
    """A form of the desk; as it is, a button and nothing else."""

    class Meta(FlaskForm.Meta):
        csrf_class = DeskCsrf


class SecretField(ParsedField):
    """A box whose text is hidden while it is typed, and never comes back."""

    def process_formdata(self, valuelist: Any) -> None:
        super().process_formdata(valuelist)
        self.raw = ""


def _needed(text: str) -> str:
    if not text.strip():
        raise entrance.PasswordError(PasswordProblem.EMPTY)
    return text


class SignInForm(DeskForm):
    """User name, password and a code."""

    nama = ParsedField(
        _l("User name"),
        parse=_needed,
        messages={**PASSWORD_MESSAGES, PasswordProblem.EMPTY: _l("Type your user name.")},
    )
    sandi = SecretField(_l("Password"), parse=_needed, messages=PASSWORD_MESSAGES)
    kode = ParsedField(
        _l("Code"),
        description=_l("6 digits of the app on your phone, or one of your printed codes."),
        parse=_needed,
        messages={**PASSWORD_MESSAGES, PasswordProblem.EMPTY: _l("Type the code.")},
        short=True,
        numeric=True,
    )


class PinForm(DeskForm):
    """The PIN of this terminal. Which person it is, the pressed button says."""

    pin = SecretField(
        _l("PIN"),
        parse=entrance.read_pin,
        messages=STAFF_PIN_MESSAGES,
        inputmode="numeric",
        short=True,
        numeric=True,
    )


class ChoiceForm(DeskForm):
    """Choose a password, where the old one was given by somebody else, and a PIN."""

    sandi = SecretField(
        _l("New password"),
        description=_l("At least 10 letters. Nobody in the office needs to know it."),
        parse=_needed,
        messages=PASSWORD_MESSAGES,
    )
    pin = SecretField(
        _l("PIN of 4 digits for this computer"),
        description=_l("With it you go on after the lock."),
        parse=entrance.check_pin,
        messages=STAFF_PIN_MESSAGES,
        inputmode="numeric",
        short=True,
        numeric=True,
    )


class FindFileForm(DeskForm):
    """What a person at the counter can say of their file."""

    cari = ParsedField(
        _l("Number, NIK, phone, NIB or name"),
        description=_l("Of a name, the first three letters of each word are enough."),
        parse=_needed,
        messages={
            **PASSWORD_MESSAGES,
            PasswordProblem.EMPTY: _l("Type what you know of the file."),
        },
    )


class ActForm(PracticeOfficeForm):
    """What is done next with one licence."""

    class Meta(DeskForm.Meta):
        pass


class NoteForm(DeskForm):
    """A note for colleagues. It shares its page with other boxes, so its name is its own."""

    catatan_petugas = ParsedField(
        _l("New note"),
        description=_l("Only staff see it. It cannot be changed later."),
        parse=lambda text: place.parse_needed_text(text, 1000),
        messages=messages_for_text(_l("Write the note.")),
    )
