"""Forms about the person: who they are, how to reach them, where they live."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import StopValidation

from app.clock import today
from app.domain.nik import number
from app.domain.written import dates, email_address, person, place, tax_numbers
from app.forms import made_up
from app.forms.boxes import nik_field, phone_field, postcode_field, rt_rw_field, street_field
from app.forms.fields import AreaSelect, ChoiceField, ParsedField, without_unseen
from app.forms.mistakes import (
    DATE_MESSAGES,
    EMAIL_MESSAGES,
    NAME_MESSAGES,
    NPWP_MESSAGES,
    messages_for_text,
)

AGE_MESSAGES = {
    person.AgeProblem.IN_FUTURE: _l("This date has not come yet. Check the year."),
    person.AgeProblem.TOO_YOUNG: _l(
        "From 17 years on you can do this yourself. Younger? Ask the staff of DPMPTSP."
    ),
    person.AgeProblem.TOO_OLD: _l("This date lies too far back. Check the year."),
}


def _birth_date(text: str) -> date:
    return dates.parse_date(text, today=today())


class IdentityForm(FlaskForm):
    """Diri Anda: what the civil registry compares."""

    nik = nik_field(_l("NIK"))
    kartu = StringField(_l("Yes, my KTP shows exactly this number"))
    nama = ParsedField(
        _l("Name as on your KTP"),
        description=_l("Write it exactly so. One word is fine too."),
        parse=person.parse_name,
        messages=NAME_MESSAGES,
        autocomplete="name",
    )
    lahir = ParsedField(
        _l("Date of birth"),
        description=_l("Day, month, year. For example 17-8-1990."),
        parse=_birth_date,
        messages=DATE_MESSAGES,
        show=lambda day: f"{day.day}-{day.month}-{day.year}",
        inputmode="decimal",
        short=True,
    )
    kelamin = ChoiceField(
        _l("Sex as on your KTP"),
        choices=[(person.Sex.MALE.value, _l("Male")), (person.Sex.FEMALE.value, _l("Female"))],
        missing=_l("Choose male or female, as on your KTP."),
    )

    @property
    def may_stand_on_card(self) -> bool:
        """Return whether the number breaks our rules in a way in which cards were printed wrong."""
        if not isinstance(self.nik.problem, number.NikError):
            return False
        try:
            made_up.read_odd_nik(self.nik.raw)
        except ValueError:
            return False
        return True

    def validate(self, *args: Any, **options: Any) -> bool:
        """Take the number as it stands where the person says that the card shows it so."""
        if self.kartu.data == "ya" and self.may_stand_on_card:
            self.nik.data = made_up.read_odd_nik(self.nik.raw)
            self.nik.problem = None
        return bool(super().validate(*args, **options))

    def validate_lahir(self, field: ParsedField) -> None:
        """An applicant is at least 17 (PP 28/2025, article 189(2)); staff help younger people."""
        if field.data is None:
            return
        try:
            person.check_birth_date(field.data, today())
        except person.AgeError as error:
            field.problem = error
            raise StopValidation(str(AGE_MESSAGES[error.problem])) from error


class PhoneForm(FlaskForm):
    """Telepon: where OSS sends its code, so it must be the person's own."""

    telepon = phone_field(
        _l("Your own mobile number"),
        _l(
            "OSS sends a code to this number by WhatsApp. Do not use another person's number. For example 0812 3456 7890."
        ),
        autocomplete="tel",
    )
    surel = ParsedField(
        _l("E-mail"),
        description=_l("Only if you have one."),
        parse=email_address.parse_email,
        messages=EMAIL_MESSAGES,
        optional=True,
        inputmode="email",
        autocomplete="email",
    )
    npwp = ParsedField(
        _l("NPWP (tax number)"),
        description=_l("Only if you have one. Your NIK may be your NPWP: then leave this empty."),
        parse=tax_numbers.parse_npwp,
        messages=NPWP_MESSAGES,
        optional=True,
        inputmode="numeric",
        numeric=True,
    )


OUTSIDE = "luar"


class HomeForm(FlaskForm):
    """Alamat rumah. Which boxes count depends on the area; services fill the lists."""

    distrik = AreaSelect(
        _l("Your district (distrik)"), missing=_l("Choose the district where you live.")
    )
    kampung = AreaSelect(
        _l("Your kampung or kelurahan"), missing=_l("Choose the kampung where you live.")
    )
    provinsi = AreaSelect(_l("Your province"), missing=_l("Choose the province where you live."))
    kabupaten = AreaSelect(
        _l("Your regency or city"), missing=_l("Choose the regency or city where you live.")
    )
    wilayah = ParsedField(
        _l("District and village"),
        description=_l("For example: Distrik Waisai, Kelurahan Sapordanco."),
        parse=lambda text: place.parse_needed_text(text, 120),
        messages=messages_for_text(_l("Write your district and village.")),
    )
    jalan = street_field(
        _l("Street and house"),
        _l("No street name? Write what is near, for example: next to the GKI church."),
    )
    rtrw = rt_rw_field()
    kodepos = postcode_field()

    @property
    def is_outside(self) -> bool:
        """Return whether the person lives outside Kabupaten and Kota Sorong."""
        return bool(self.distrik.data == OUTSIDE)

    def unseen(self) -> tuple[str, ...]:
        """Return the boxes that the page does not show for the chosen area."""
        if not self.is_outside:
            inside = () if self.kampung.groups else ("kampung",)
            return (*inside, "provinsi", "kabupaten", "wilayah")
        return ("kampung",) if self.provinsi.data else ("kampung", "kabupaten", "wilayah")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check only the boxes that the page shows."""
        return without_unseen(self, super().validate(extra_validators), self.unseen())


class OfficeForm(HomeForm):
    """Alamat kantor: the same boxes as a home, asked of a company, group or branch."""

    distrik = AreaSelect(
        _l("District (distrik) of the office"), missing=_l("Choose the district of the office.")
    )
    kampung = AreaSelect(
        _l("Kampung or kelurahan of the office"), missing=_l("Choose the kampung of the office.")
    )
    provinsi = AreaSelect(
        _l("Province of the office"), missing=_l("Choose the province of the office.")
    )
    kabupaten = AreaSelect(
        _l("Regency or city of the office"), missing=_l("Choose the regency or city of the office.")
    )
    wilayah = ParsedField(
        _l("District and village"),
        description=_l("For example: Distrik Waisai, Kelurahan Sapordanco."),
        parse=lambda text: place.parse_needed_text(text, 120),
        messages=messages_for_text(_l("Write the district and village of the office.")),
    )
    jalan = street_field(
        _l("Street and building"),
        _l("No street name? Write what is near, for example: next to the GKI church."),
    )
    # Made anew, so that they stay at the end of the page.
    rtrw = rt_rw_field()
    kodepos = postcode_field()
