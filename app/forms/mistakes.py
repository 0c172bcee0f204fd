"""The words for a mistake in a box: each says what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.nik import number
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
from app.forms import made_up

NIK_MESSAGES: dict[Any, Any] = {
    **made_up.NIK_MESSAGES,
    number.NikProblem.EMPTY: _l("Type your NIK: the 16 digits at the top of your KTP."),
    number.NikProblem.NOT_DIGITS: _l("A NIK has digits only. Check for letters or signs."),
    number.NikProblem.WRONG_LENGTH: _l("A NIK has 16 digits. You typed {digits}."),
    number.NikProblem.IMPOSSIBLE_DATE: _l(
        "Digits 7 to 12 of this NIK are not a date. Look at your KTP and type it again."
    ),
    number.NikProblem.ZERO_SERIAL: _l(
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

PHONE_MESSAGES: dict[Any, Any] = {
    **made_up.PHONE_MESSAGES,
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
