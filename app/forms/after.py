"""Forms for what comes after the NIB: old codes, LKPM, changes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired

from app.domain.dossier.changes import REASON_AT_MOST
from app.domain.law.business_size import BusinessSize
from app.domain.written import place
from app.forms.boxes import amount, count
from app.forms.business_check import PublicForm
from app.forms.fields import INPUT_AT_MOST, AtMost, ChoiceField, ParsedField
from app.forms.mistakes import messages_for_text

QUERY_AT_MOST = 200
PROBLEMS_AT_MOST = 1000
_TOO_LONG = messages_for_text(_l("Write a few words."))


def _one_line(text: str | None) -> str:
    return " ".join((text or "")[:INPUT_AT_MOST].replace("\0", " ").split())


class OldCodeForm(PublicForm):
    """A code of the old list, several, or words."""

    q = StringField(
        _l("The code on your old NIB"),
        description=_l("Five digits, for example 47111. Several are fine. Or write what you do."),
        filters=[_one_line],
        validators=[
            DataRequired(_l("Type the five digits, or what you do.")),
            AtMost(QUERY_AT_MOST),
        ],
    )


class SizeForm(PublicForm):
    """How big the business is."""

    ukuran = ChoiceField(
        _l("How big is your business?"),
        description=_l("Count tools, goods and cash. Do not count land and buildings."),
        choices=[
            (BusinessSize.MICRO.value, _l("Micro: up to Rp 1 billion")),
            (BusinessSize.SMALL.value, _l("Small: up to Rp 5 billion")),
            (BusinessSize.MEDIUM.value, _l("Medium: up to Rp 10 billion")),
            (BusinessSize.LARGE.value, _l("Large: more than Rp 10 billion")),
        ],
        missing=_l("Choose how big your business is."),
    )


def _text(label: Any, hint: Any, at_most: int) -> ParsedField:
    return ParsedField(
        label,
        description=hint,
        parse=lambda text: place.parse_free_text(text, at_most),
        messages=_TOO_LONG,
        optional=True,
    )


def _people(label: Any) -> ParsedField:
    return count(label, _l("Count yourself too. None? Type 0."))


class WorksheetForm(FlaskForm):
    """Lembar kerja LKPM: what was done in one period, in the order in which OSS asks."""

    tanah = amount(_l("Land"), _l("Bought in these months. Nothing? Type 0."))
    bangunan = amount(_l("Building"), _l("Built or repaired in these months. Nothing? Type 0."))
    mesin = amount(_l("Machines and tools"), _l("Bought in these months. Example: 7.500.000"))
    lain = amount(_l("Other things"), _l("Shelves, signboard, transport. Nothing? Type 0."))
    kerja = amount(_l("Goods and money to run the business"), _l("Stock, cash, wages."))
    laki = _people(_l("How many men work there?"))
    perempuan = _people(_l("How many women work there?"))
    hasil = _text(_l("What did you make or sell?"), _l("For example: 600 kg of fish."), 255)
    kendala = _text(
        _l("What was difficult?"),
        _l("For example: power cuts. Leave it empty if nothing."),
        PROBLEMS_AT_MOST,
    )
    sudah = StringField(_l("At OSS"))

    @property
    def reported(self) -> bool:
        """Return whether the person ticked that OSS has the report."""
        return bool(self.sudah.data)


class ChangeForm(FlaskForm):
    """Why something changes, in one's own words."""

    alasan = _text(_l("Why does it change?"), _l("A few words are enough."), REASON_AT_MOST)


class CloseForm(FlaskForm):
    """End the NIB: why, and that the person knows what it means."""

    alasan = _text(_l("Why do you close?"), _l("A few words are enough."), REASON_AT_MOST)
    paham = StringField(
        _l("Do you know what it means?"),
        validators=[DataRequired(_l("Read what it means and tick it. Not sure? Ask the office."))],
    )
