"""Forms about licences: the practice office, and what OSS shows."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from app.clock import today
from app.domain.licence.status import OfficeAction
from app.domain.written import dates, place
from app.forms.boxes import count
from app.forms.fields import AreaSelect, ChoiceField, ParsedField
from app.forms.mistakes import DATE_MESSAGES, messages_for_text

ANSWER_DAYS_AT_MOST = 60
_GIVES_BACK = frozenset({OfficeAction.GIVE_BACK, OfficeAction.GIVE_BACK_ANEW})


class ListField(AreaSelect):
    """A list to choose one from. needed: whether the empty first line is a mistake."""

    needed = True

    def pre_validate(self, form: Any) -> None:
        if self.data or self.needed:
            super().pre_validate(form)


class LicenceField(ChoiceField):
    """One of the licences of a file."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            _l("Which licence?"), missing=_l("Choose the licence."), choices=(), **options
        )


class PracticeOfficeForm(FlaskForm):
    """What the practice office does next with one licence."""

    izin = LicenceField()
    tindakan = ChoiceField(
        _l("What does the office do?"),
        description=_l("The number is the status code in OSS."),
        missing=_l("Choose what the office does."),
        choices=(),
    )
    alasan = ListField(_l("Why?"), missing=_l("Choose a reason."))
    sasaran = ListField(_l("What is to be mended?"), missing=_l("Choose what is to be mended."))
    catatan = ParsedField(
        _l("Words of the office"),
        parse=lambda text: place.parse_needed_text(text, 300),
        messages=messages_for_text(_l("Write what is to be mended.")),
        optional=True,
    )
    hari = count(_l("Working days to answer"), optional=True)

    def expect(self) -> None:
        """Ask for a reason and a target only where the chosen action takes them."""
        self.alasan.needed = self.tindakan.data in {*_GIVES_BACK, OfficeAction.REJECT}
        self.sasaran.needed = self.tindakan.data in _GIVES_BACK

    def validate_hari(self, field: ParsedField) -> None:
        """Practice, too, keeps to terms that somebody could wait for."""
        if field.data is not None and field.data > ANSWER_DAYS_AT_MOST:
            raise StopValidation(str(_l("At most 60 working days.")))


class OssStatusForm(FlaskForm):
    """What OSS shows for one licence, and since when."""

    izin = LicenceField()
    status = ListField(_l("What does it show?"), missing=_l("Choose what OSS shows."))
    tanggal = ParsedField(
        _l("Since which day?"),
        description=_l("As OSS shows it, for example 23-11-2026."),
        parse=lambda text: dates.parse_date(text, today=today()),
        messages={
            **DATE_MESSAGES,
            dates.DateProblem.EMPTY: _l("Type the day, for example 23-11-2026."),
            dates.DateProblem.UNREADABLE: _l(
                "We cannot read this day. Write day, month and year, for example 23-11-2026."
            ),
        },
        show=lambda day: f"{day.day}-{day.month}-{day.year}",
        inputmode="decimal",
        short=True,
    )

    def validate_tanggal(self, field: ParsedField) -> None:
        """A status of tomorrow is a slip of the finger."""
        if field.data and field.data > today():
            raise StopValidation(str(_l("This day lies ahead. Type the day that OSS shows.")))
