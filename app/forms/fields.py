"""Fields that understand how people write, and messages that say what to do.

A field keeps the text as typed, so that a page with a mistake comes back exactly as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.domain.nik import number as nik_number
from app.domain.written import (
    dates,
    email_address,
    money,
    person,
    phone,
    pin,
    place,
    quantities,
    support_number,
    tax_numbers,
)
from app.domain.written.text import says_nothing
from app.forms import practice

INPUT_AT_MOST = 10_000  # characters looked at; longer ones are cut before any work is done
UNREADABLE = _l("We cannot read this. Check it and type it again.")


class ParsedField(StringField):
    """A text box whose text a rule turns into a value.

    parse: raises an error with `.problem`, and with `.forget` where the box is to come back empty;
    messages: problem -> sentence (lazy), which may name {values} of the error. `data` holds the
    value, `raw` the text as typed. An optional box takes what people write for nothing (“-”,
    “tidak ada”) as empty.

    No box bears a maxlength: browsers cut a pasted text there and say nothing, so its last code or
    digit would be lost. The rules count instead, and the sentence says what to shorten.
    """

    widget = TextInput()

    def __init__(
        self,
        label: Any = None,
        *,
        parse: Callable[[str], Any],
        messages: Mapping[Any, Any],
        optional: bool = False,
        show: Callable[[Any], str] = str,
        inputmode: str | None = None,
        autocomplete: str = "off",
        short: bool = False,
        numeric: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.parse = parse
        self.messages = messages
        self.optional = optional
        self.show = show
        self.inputmode = inputmode
        self.autocomplete = autocomplete
        self.short = short
        self.numeric = numeric
        self.raw: str = ""
        self.problem: Exception | None = None

    def process_data(self, value: Any) -> None:
        self.data = value
        self.raw = "" if value is None else self.show(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return
        self.raw = valuelist[0][:INPUT_AT_MOST]
        self.data = None
        self.problem = None
        if self.optional and says_nothing(self.raw):
            return
        try:
            self.data = self.parse(self.raw)
        except ValueError as error:
            # Signs that a rule passes over leave nothing, and nothing is an answer here.
            if not (self.optional and getattr(error, "problem", None) == "empty"):
                self.problem = error
            if getattr(error, "forget", False):
                self.raw = ""

    def _value(self) -> str:
        return self.raw

    def pre_validate(self, form: Any) -> None:
        if self.problem is None and self.data is None and not self.optional:
            try:
                self.parse("")
            except ValueError as error:
                self.problem = error
        if self.problem is not None:
            raise StopValidation(self._sentence(self.problem))

    def _sentence(self, error: Exception) -> str:
        problem = getattr(error, "problem", None)
        sentence = self.messages.get(problem) or UNREADABLE
        values = {k: v for k, v in vars(error).items() if not k.startswith("_")}
        return str(sentence).format(**values)


class ChoiceField(StringField):
    """Radio buttons. choices: (value, words); hints: value -> a line below the words."""

    def __init__(
        self,
        label: Any = None,
        *,
        missing: Any,
        choices: Sequence[tuple[str, Any]] = (),
        hints: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.choices = choices
        self.hints: Mapping[str, Any] = hints or {}
        self.missing = missing
        super().__init__(label, **options)

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, _ in self.choices}:
            raise StopValidation(str(self.missing))


NIK_MESSAGES = {
    **practice.NIK_MESSAGES,
    nik_number.NikProblem.EMPTY: _l("Type your NIK: the 16 digits at the top of your KTP."),
    nik_number.NikProblem.NOT_DIGITS: _l("A NIK has digits only. Check for letters or signs."),
    nik_number.NikProblem.WRONG_LENGTH: _l("A NIK has 16 digits. You typed {digits}."),
    nik_number.NikProblem.IMPOSSIBLE_DATE: _l(
        "Digits 7 to 12 of this NIK are not a date. Look at your KTP and type it again."
    ),
    nik_number.NikProblem.ZERO_SERIAL: _l(
        "The last four digits of a NIK are never 0000. Look at your KTP and type it again."
    ),
}
NAME_MESSAGES = {
    person.NameProblem.EMPTY: _l("Type your name as it stands on your KTP."),
    person.NameProblem.TOO_LONG: _l("A name may have 100 letters. You typed {length}."),
    person.NameProblem.ODD_CHARACTER: _l(
        "A name has letters only. Take out this sign: {character}"
    ),
    person.NameProblem.NO_LETTER: _l("Type your name as it stands on your KTP."),
}
DATE_MESSAGES = {
    dates.DateProblem.EMPTY: _l("Type your date of birth, for example 17-8-1990."),
    dates.DateProblem.UNREADABLE: _l(
        "We cannot read this date. Write day, month and year, for example 17-8-1990."
    ),
    dates.DateProblem.IMPOSSIBLE: _l("The date {day}-{month}-{year} does not exist. Check it."),
}
PHONE_MESSAGES = {
    **practice.PHONE_MESSAGES,
    phone.PhoneProblem.EMPTY: _l("Type your mobile number, for example 0812 3456 7890."),
    phone.PhoneProblem.NOT_DIGITS: _l("A phone number has digits only."),
    phone.PhoneProblem.FOREIGN: _l(
        "This number is from abroad. OSS sends its code to Indonesian mobile numbers (08…) only."
    ),
    phone.PhoneProblem.NOT_MOBILE: _l("This is not a mobile number. It must start with 08."),
    phone.PhoneProblem.TOO_SHORT: _l("This number is too short. Check it and type it again."),
    phone.PhoneProblem.TOO_LONG: _l("This number is too long. Check it and type it again."),
}
MONEY_MESSAGES = {
    money.MoneyProblem.EMPTY: _l("Type an amount in rupiah. Type 0 if there is none."),
    money.MoneyProblem.UNREADABLE: _l(
        "We cannot read this amount. Write it like 7.500.000 or 7,5 juta."
    ),
    money.MoneyProblem.NEGATIVE: _l("An amount cannot be below Rp 0."),
    money.MoneyProblem.FRACTION: _l("Write whole rupiah, without sen."),
    money.MoneyProblem.TOO_LARGE: _l("This amount is too large to be right. Check the zeros."),
}
PIN_MESSAGES = {
    pin.PinProblem.EMPTY: _l("Choose a PIN of 6 digits."),
    pin.PinProblem.NOT_SIX_DIGITS: _l("A PIN has exactly 6 digits."),
    pin.PinProblem.TOO_SIMPLE: _l("This PIN is easy to guess. Choose another."),
}
NUMBER_MESSAGES = {
    support_number.SupportNumberProblem.EMPTY: _l("Type your support number."),
    support_number.SupportNumberProblem.NOT_DIGITS: _l(
        "After SRG a support number has digits only."
    ),
    support_number.SupportNumberProblem.WRONG_LENGTH: _l(
        "A support number has 12 digits. You typed {digits}."
    ),
    support_number.SupportNumberProblem.LOOKS_LIKE_NIB: _l(
        "This looks like a NIB (13 digits). Type the support number: SRG and 12 digits."
    ),
    support_number.SupportNumberProblem.BAD_CHECK: _l(
        "One digit is not right. Compare it with your note and type it again."
    ),
}
EMAIL_MESSAGES = {
    email_address.EmailProblem.NOT_AN_ADDRESS: _l(
        "This is no e-mail address. Write it like name@example.com, or leave it empty."
    ),
    email_address.EmailProblem.TOO_LONG: _l("An e-mail address may have {maximum} characters."),
}
NPWP_MESSAGES = {
    tax_numbers.NpwpProblem.EMPTY: _l("Type the NPWP: 15 or 16 digits."),
    tax_numbers.NpwpProblem.NOT_DIGITS: _l("An NPWP has digits only."),
    tax_numbers.NpwpProblem.WRONG_LENGTH: _l("An NPWP has 15 or 16 digits. You typed {digits}."),
    tax_numbers.NpwpProblem.BAD_CHECK: _l(
        "One digit of this NPWP is not right. Compare it with the card and type it again."
    ),
    tax_numbers.NpwpProblem.NOT_OF_ENTITY: _l(
        "This is the NIK of a person. Type the NPWP of the business."
    ),
}
COUNT_MESSAGES = {
    quantities.CountProblem.EMPTY: _l("Type a number. Type 0 if there is none."),
    quantities.CountProblem.UNREADABLE: _l("Type a whole number, for example 2."),
    quantities.CountProblem.NEGATIVE: _l("This number cannot be below 0."),
    quantities.CountProblem.FRACTION: _l("Type a whole number, for example 2."),
    quantities.CountProblem.TOO_LARGE: _l("This number is too large to be right. Check it."),
}
RT_RW_MESSAGES = {
    place.RtRwProblem.UNREADABLE: _l("Write RT and RW like this: 001/002. Or leave it empty."),
}
POSTCODE_MESSAGES = {
    place.PostcodeProblem.NOT_DIGITS: _l("A postcode has 5 digits. Or leave it empty."),
    place.PostcodeProblem.WRONG_LENGTH: _l("A postcode has 5 digits. Or leave it empty."),
}


def messages_for_quantity(empty: Any) -> dict[Any, Any]:
    """Return the messages for an amount above 0; `empty` says what to type."""
    return {
        quantities.QuantityProblem.EMPTY: empty,
        quantities.QuantityProblem.UNREADABLE: _l("Type a number, for example 12 or 12,5."),
        quantities.QuantityProblem.AMBIGUOUS: _l(
            "This number can be read in two ways. Write 1500 for one thousand five hundred, 1,5 for one and a half."
        ),
        quantities.QuantityProblem.NOT_POSITIVE: _l("Type a number above 0."),
        quantities.QuantityProblem.TOO_LARGE: _l("This number is too large to be right. Check it."),
        quantities.QuantityProblem.TOO_MANY_DECIMALS: _l("Use at most two digits after the comma."),
    }


def messages_for_text(empty: Any) -> dict[Any, Any]:
    """Return the messages for free text; `empty` says what to type."""
    return {
        place.TextProblem.EMPTY: empty,
        place.TextProblem.TOO_LONG: _l(
            "That is too long: {length} letters. At most {maximum} fit here."
        ),
    }


class AtMost:
    """A search takes what was pasted, counts it, and says what to shorten; nothing is cut off."""

    def __init__(self, maximum: int) -> None:
        self.maximum = maximum

    def __call__(self, _form: Any, field: Field) -> None:
        length = len(field.data or "")
        if length > self.maximum:
            words = messages_for_text("")[place.TextProblem.TOO_LONG]
            raise StopValidation(str(words).format(length=length, maximum=self.maximum))


def mistakes(form: Any) -> list[tuple[Field, str]]:
    """Return the fields with a mistake and its sentence, in the order of the page."""
    found = []
    for field in form:
        if field.errors and field.name != "csrf_token":
            found.append((field, str(field.errors[0])))
    return found


def phone_field(label: Any, hint: Any, **attributes: Any) -> ParsedField:
    """A box for an Indonesian mobile number. It is kept as +628… and shown as 08…"""
    return ParsedField(
        label,
        description=practice.either(hint, practice.PHONE_HINT),
        parse=practice.read_phone,
        messages=PHONE_MESSAGES,
        show=lambda number: "0" + number.removeprefix("+62"),
        inputmode="tel",
        numeric=True,
        **attributes,
    )
