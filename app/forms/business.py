"""Forms about the business: activity, place, land, capital, production, statements."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import StopValidation

from app.domain.law.business_size import Capital
from app.domain.oss.codes import LandStatus, LandUnit, Position
from app.domain.written import place, quantities
from app.forms.boxes import amount, count, rt_rw_field, street_field
from app.forms.fields import AreaSelect, ChoiceField, ParsedField, SearchField, without_unseen
from app.forms.mistakes import (
    messages_for_quantity,
    messages_for_text,
)
from app.i18n import number_to_edit


class ActivityForm(FlaskForm):
    """Kegiatan: search in everyday words, then choose one code."""

    cari = SearchField(
        _l("What do you do?"),
        description=_l("For example: selling fish, motorbike workshop, noken."),
    )
    kbli = StringField(_l("Your activity"))
    known: Any = None

    def validate_kbli(self, field: Field) -> None:
        """Only a code of the edition in use; `known` says which those are."""
        if not field.data:
            raise StopValidation(str(_l("Search first, then choose one activity.")))
        if not self.known(field.data):
            raise StopValidation(
                str(_l("We do not know this activity code. Search and choose one from the list."))
            )


class BusinessForm(FlaskForm):
    """Usaha: its name, what is done, and which part of the code it is."""

    usaha = ParsedField(
        _l("Name of your business"),
        description=_l("The name people know. No name yet? Leave it empty."),
        parse=lambda text: place.parse_free_text(text, 255),
        messages=messages_for_text(""),
        optional=True,
    )
    uraian = ParsedField(
        _l("What do you do there?"),
        description=_l(
            "One or two short sentences. For example: I sell rice, sugar and cooking oil."
        ),
        parse=lambda text: place.parse_needed_text(text, 255),
        messages=messages_for_text(_l("Write in a few words what you do.")),
    )
    lingkup = ChoiceField(
        _l("Which of these is it?"), choices=[], missing=_l("Choose the one that fits.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The scope is asked only where the risk depends on it."""
        unseen = () if self.lingkup.choices else ("lingkup",)
        return without_unseen(self, super().validate(extra_validators), unseen)


class PlaceForm(FlaskForm):
    """Tempat usaha, inside Kabupaten Sorong."""

    distrik = AreaSelect(
        _l("District (distrik) of the business"),
        missing=_l("Choose the district of your business."),
    )
    kampung = AreaSelect(
        _l("Kampung or kelurahan of the business"),
        missing=_l("Choose the kampung of your business."),
    )
    jalan = street_field(
        _l("Street, or what is near"),
        _l("For example: Jalan Klamono Km 19, opposite the market."),
    )
    rtrw = rt_rw_field()
    jenis = ChoiceField(
        _l("What kind of place is it?"),
        choices=[
            ("sendiri", _l("My own place, a rented place or a plot")),
            ("pasar", _l("A stall, shop or office in a market or building with a manager")),
        ],
        hints={"pasar": _l("The manager holds the papers for the building. You need fewer.")},
        missing=_l("Choose what kind of place it is."),
    )
    posisi = ChoiceField(
        _l("Where does it stand?"),
        choices=[
            (Position.LAND.value, _l("On land")),
            (Position.WATER.value, _l("On water, sea or river")),
            (Position.FOREST_AREA.value, _l("In a forest area")),
        ],
        missing=_l("Choose where it stands."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The kampung is asked once its district is known."""
        unseen = () if self.kampung.groups else ("kampung",)
        return without_unseen(self, super().validate(extra_validators), unseen)


class LandForm(FlaskForm):
    """Lahan: how large, and by what right."""

    luas = ParsedField(
        _l("How large is the place?"),
        description=_l("A guess is fine. A kiosk of 3 by 4 metres is 12 m²."),
        parse=quantities.parse_area,
        messages=messages_for_quantity(_l("Type the size, for example 12.")),
        show=number_to_edit,
        inputmode="decimal",
        short=True,
    )
    satuan = ChoiceField(
        _l("In what unit?"),
        choices=[
            (LandUnit.SQUARE_METRE.value, _l("Square metres (m²)")),
            (LandUnit.HECTARE.value, _l("Hectares (ha)")),
        ],
        missing=_l("Choose m² or ha."),
    )
    status = ChoiceField(
        _l("Whose place is it?"),
        choices=[
            (LandStatus.OWNED.value, _l("My own")),
            (LandStatus.RENTED.value, _l("I rent it")),
            (LandStatus.BORROWED.value, _l("I borrow it")),
            ("adat", _l("Customary land (tanah ulayat) of a clan")),
        ],
        hints={"adat": _l("Ask the clan for a letter of consent. OSS counts it as borrowed.")},
        missing=_l("Choose whose place it is."),
    )

    def validate_luas(self, field: ParsedField) -> None:
        """“1 ha” under square metres is a slip of ten thousand times."""
        written = quantities.written_unit(field.raw)
        if written is not None and self.satuan.data and written != self.satuan.data:
            raise StopValidation(
                str(
                    _l(
                        "You wrote one unit and chose the other. Write the number, then choose m² or ha."
                    )
                )
            )


class CapitalForm(FlaskForm):
    """Modal, in its parts."""

    mesin = amount(
        _l("Machines and tools"),
        _l("Stove, fridge, boat, sewing machine. Example: 7.500.000"),
        _l("What are your machines and tools worth? None? Type 0."),
    )
    kerja = amount(
        _l("Goods and money to run the business"),
        _l("Stock, cash, wages."),
        _l("How much are your goods and your cash? None? Type 0."),
    )
    lain = amount(
        _l("Other things"),
        _l("Shelves, signboard, transport."),
        _l("What are the other things worth? None? Type 0."),
    )
    tanah = amount(
        _l("Land"),
        _l("Bought for the business. Rented or your own already? Type 0."),
        _l("Did you buy land for it? If not, type 0."),
    )
    bangunan = amount(
        _l("Building"),
        _l("Built or bought for the business. None? Type 0."),
        _l("Did you build or buy a building for it? If not, type 0."),
    )

    def capital(self) -> Capital:
        """Return the parts; unanswered ones count as 0."""
        return Capital(
            land_idr=self.tanah.data or 0,
            building_idr=self.bangunan.data or 0,
            machines_idr=self.mesin.data or 0,
            other_idr=self.lain.data or 0,
            working_idr=self.kerja.data or 0,
        )


class ProductionForm(FlaskForm):
    """Pekerja dan hasil: the legal minimum of PP 28/2025, article 211."""

    laki = count(
        _l("How many men work there?"), _l("Are you a man? Count yourself too. None? Type 0.")
    )
    perempuan = count(
        _l("How many women work there?"), _l("Are you a woman? Count yourself too. None? Type 0.")
    )
    hasil = ParsedField(
        _l("What do you sell, make or offer?"),
        description=_l("For example: rice, sugar, cooking oil. Or: noken. Or: motorbike repair."),
        parse=lambda text: place.parse_needed_text(text, 1024),
        messages=messages_for_text(_l("Write what you sell, make or offer.")),
    )
    kapasitas = ParsedField(
        _l("How much in one year?"),
        description=_l("A guess is fine. For example: 5 a day is about 1500 a year."),
        parse=quantities.parse_quantity,
        messages=messages_for_quantity(_l("Type how much in one year, for example 1500.")),
        show=number_to_edit,
        inputmode="decimal",
        short=True,
    )
    unit = ParsedField(
        _l("Counted in what?"),
        description=_l("For example: pieces, kg, portions, customers."),
        parse=lambda text: place.parse_needed_text(text, 40),
        messages=messages_for_text(_l("Write what you count, for example kg or pieces.")),
        short=True,
    )


class DeclarationsForm(FlaskForm):
    """Pernyataan: one tick each. `asked` is set by the page: the statements that the law asks for."""

    asked: tuple[str, ...] = ()
    pernyataan = StringField(_l("I state"))

    def given(self, ticked: list[str]) -> bool:
        """Return whether all were ticked, and note what to do otherwise."""
        if set(self.asked) <= set(ticked):
            return True
        self.pernyataan.errors = [
            str(_l("Read each statement and tick it. Not true for you? Ask the office first."))
        ]
        return False
