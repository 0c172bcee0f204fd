"""Boxes that several forms share: NIK, phone, amounts, counts, street, RT/RW, postcode."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.nik import number
from app.domain.written import money, place, quantities
from app.forms import made_up
from app.forms.fields import ParsedField
from app.forms.mistakes import (
    COUNT_MESSAGES,
    MONEY_MESSAGES,
    NIK_MESSAGES,
    PHONE_MESSAGES,
    POSTCODE_MESSAGES,
    RT_RW_MESSAGES,
    messages_for_text,
)
from app.i18n import rupiah


def nik_field(label: Any) -> ParsedField:
    """Return a box for a NIK, shown in groups."""
    return ParsedField(
        label,
        description=made_up.either(
            _l("16 digits at the top of your KTP. Spaces are fine."), made_up.NIK_HINT
        ),
        parse=made_up.read_nik,
        messages=NIK_MESSAGES,
        show=number.grouped,
        inputmode="numeric",
        numeric=True,
    )


def count(label: Any, hint: Any = "", *, optional: bool = False) -> ParsedField:
    """Return a box for a small whole number."""
    return ParsedField(
        label,
        description=hint,
        parse=quantities.parse_count,
        messages=COUNT_MESSAGES,
        optional=optional,
        inputmode="numeric",
        short=True,
    )


def amount(label: Any, hint: Any = "", empty: Any = None) -> ParsedField:
    """empty: what to do about this box when it is left empty, where it has its own sentence."""
    own = {} if empty is None else {money.MoneyProblem.EMPTY: empty}
    return ParsedField(
        label,
        description=hint,
        parse=money.parse_rupiah,
        messages={**MONEY_MESSAGES, **own},
        show=rupiah,
        inputmode="decimal",
        short=True,
        numeric=True,
    )


def phone_field(label: Any, hint: Any, **attributes: Any) -> ParsedField:
    """A box for an Indonesian mobile number. It is kept as +628… and shown as 08…"""
    return ParsedField(
        label,
        description=made_up.either(hint, made_up.PHONE_HINT),
        parse=made_up.read_phone,
        messages=PHONE_MESSAGES,
        show=lambda number: "0" + number.removeprefix("+62"),
        inputmode="tel",
        numeric=True,
        **attributes,
    )


def street_field(label: Any, hint: Any) -> ParsedField:
    """Return a box for the written part of an address."""
    return ParsedField(
        label,
        description=hint,
        parse=place.parse_street,
        messages=messages_for_text(_l("Write the street, or what is near it.")),
        autocomplete="address-line1",
    )


def rt_rw_field() -> ParsedField:
    """Return a box for RT and RW."""
    return ParsedField(
        _l("RT and RW"),
        description=_l("For example 001/002, or 1.2 for short."),
        parse=place.parse_rt_rw,
        messages=RT_RW_MESSAGES,
        optional=True,
        inputmode="decimal",
        short=True,
    )


def postcode_field() -> ParsedField:
    """Return a box for the postcode."""
    return ParsedField(
        _l("Postcode"),
        parse=place.parse_postcode,
        messages=POSTCODE_MESSAGES,
        optional=True,
        short=True,
        numeric=True,
        inputmode="numeric",
    )
