"""Forms about who the business belongs to: its legal form, the entity, its founding paper."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from app.clock import today
from app.domain.law import deed
from app.domain.law.legal_form import LegalForm
from app.domain.oss import nib
from app.domain.written import dates, place, tax_numbers
from app.forms.fields import ChoiceField, ParsedField, without_unseen
from app.forms.mistakes import DATE_MESSAGES, NPWP_MESSAGES, messages_for_text
from app.forms.nib import NIB_MESSAGES


class KindForm(FlaskForm):
    """Pelaku usaha: who the business belongs to. The page fills the choices."""

    pelaku = ChoiceField(
        _l("Who does the business belong to?"),
        choices=[],
        missing=_l("Choose who the business belongs to."),
    )


DEED_MESSAGES = {
    deed.DeedProblem.EMPTY: _l("Type the KBLI codes that stand in the paper."),
    deed.DeedProblem.NOT_FIVE_DIGITS: _l("A KBLI code has 5 digits. Check this one: {code}"),
    deed.DeedProblem.TOO_MANY: _l("At most {maximum} codes fit here. Type those you use."),
}
NITKU_MESSAGES = {
    tax_numbers.NitkuProblem.EMPTY: _l("Type the NITKU of the branch: 22 digits."),
    tax_numbers.NitkuProblem.NOT_DIGITS: _l("A NITKU has digits only."),
    tax_numbers.NitkuProblem.WRONG_LENGTH: _l("A NITKU has 22 digits. You typed {digits}."),
}

_OF_BRANCH = ("induk_nib", "induk_nama", "nitku")
_OF_OTHERS = ("nomor", "tanggal")


class EntityForm(FlaskForm):
    """Badan usaha. Which boxes are there depends on the legal form, which the page sets."""

    legal_form: LegalForm = LegalForm.PT

    nama = ParsedField(
        _l("Name of the business"),
        description=_l("As in its founding paper, for example: PT Contoh Jaya."),
        parse=lambda text: place.parse_needed_text(text, 255),
        messages=messages_for_text(_l("Write the name as in the founding paper.")),
        autocomplete="organization",
    )
    jabatan = ChoiceField(
        _l("What are you there?"), choices=[], missing=_l("Choose what you are there.")
    )
    induk_nib = ParsedField(
        _l("NIB of the head office"),
        description=_l("13 digits. The branch is added to this NIB."),
        parse=nib.parse_nib,
        messages=NIB_MESSAGES,
        inputmode="numeric",
        numeric=True,
    )
    induk_nama = ParsedField(
        _l("Name of the head office"),
        parse=lambda text: place.parse_needed_text(text, 255),
        messages=messages_for_text(_l("Write the name of the head office.")),
    )
    nomor = ParsedField(
        _l("Number of the legalisation or registration"),
        description=_l("From the Ministry of Law (AHU), for example: AHU-0012345.AH.01.01."),
        parse=lambda text: place.parse_needed_text(text, 60),
        messages=messages_for_text(_l("Write the number from the paper.")),
    )
    tanggal = ParsedField(
        _l("Date of that paper"),
        description=_l("Day, month, year. For example 17-8-2020."),
        parse=lambda text: dates.parse_date(text, today=today()),
        messages={
            **DATE_MESSAGES,
            dates.DateProblem.EMPTY: _l("Type the date of the paper, for example 17-8-2020."),
        },
        show=lambda day: f"{day.day}-{day.month}-{day.year}",
        inputmode="decimal",
        optional=True,
        short=True,
    )
    npwp = ParsedField(
        _l("NPWP of the business"),
        description=_l("15 or 16 digits. Dots and dashes are fine."),
        parse=lambda text: tax_numbers.parse_npwp(text, of_entity=True),
        messages=NPWP_MESSAGES,
        inputmode="numeric",
        numeric=True,
    )
    nitku = ParsedField(
        _l("NITKU of the branch"),
        description=_l("22 digits, from the tax office (Coretax)."),
        parse=tax_numbers.parse_nitku,
        messages=NITKU_MESSAGES,
        inputmode="numeric",
        numeric=True,
    )

    def unseen(self) -> tuple[str, ...]:
        """Return the boxes that this legal form is not asked."""
        return _OF_OTHERS if self.legal_form is LegalForm.BRANCH else _OF_BRANCH

    def boxes(self) -> list[Any]:
        """Return the boxes of the page, in order."""
        return [f for f in self if f.name not in {*self.unseen(), "csrf_token", "jabatan"}]

    def validate_nitku(self, field: ParsedField) -> None:
        """A NITKU begins with the NPWP of the business."""
        if self.npwp.data and field.data and not tax_numbers.belongs_to(field.data, self.npwp.data):
            raise StopValidation(str(_l("This NITKU does not belong to the NPWP above.")))

    def validate_tanggal(self, field: ParsedField) -> None:
        """No paper is from tomorrow."""
        if field.data and field.data > today():
            raise StopValidation(str(_l("This date has not come yet. Check the year.")))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check only the boxes that the page shows."""
        return without_unseen(self, super().validate(extra_validators), self.unseen())


class DeedForm(FlaskForm):
    """Akta: the KBLI codes in the founding paper, and of which edition they are."""

    kode = ParsedField(
        _l("KBLI codes in the founding paper"),
        description=_l(
            "5 digits each, with spaces between. You find them under “maksud dan tujuan”."
        ),
        parse=deed.parse_codes,
        messages=DEED_MESSAGES,
        show=" ".join,
        inputmode="numeric",
        numeric=True,
    )
    tahun = ChoiceField(
        _l("Which KBLI do they come from?"),
        choices=[
            ("2025", _l("KBLI 2025: the paper is from June 2026 or later")),
            ("2020", _l("KBLI 2020: the paper is from late 2020 or later")),
            ("2017", _l("KBLI 2017")),
            ("2015", _l("KBLI 2015")),
            ("2009", _l("KBLI 2009")),
        ],
        hints={"2017": _l("The paper names the year. We cannot compare codes this old.")},
        missing=_l("Choose which KBLI. Look at the date of the paper."),
    )
    known: Any = None  # (year, code) -> whether that edition has it; None where we have no list

    def validate_kode(self, field: ParsedField) -> None:
        """A code that its edition does not have was mistyped, or is of another edition."""
        year = int(self.tahun.data) if self.tahun.data in dict(self.tahun.choices) else 0
        strangers = [c for c in field.data or () if self.known(year, c) is False]
        if strangers:
            raise StopValidation(
                str(
                    _l(
                        "KBLI %(year)s has no code %(codes)s. Compare it with the paper, or choose another KBLI.",
                        year=year,
                        codes=", ".join(strangers[:5]),
                    )
                )
            )
