"""Worked examples: what the law of today makes of their answers. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app import clock
from app.domain.after.next_steps import ToDo
from app.domain.dossier.attachments import WantedPaper
from app.domain.dossier.journey import StepName
from app.domain.help.examples import Example
from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_NOW
from app.domain.law.estimate.answer import Estimate
from app.domain.law.estimate.bands import CapitalBand
from app.domain.law.estimate.combined import Whole
from app.domain.law.rows import KbliEntry
from app.domain.written.quantities import parse_quantity
from app.models.dossier import Activity, Applicant, Dossier, Entity
from app.services.after import next_steps
from app.services.dossier import estimates
from app.services.dossier.estimates import Obstacle
from app.services.help.book import NoSuchTopic, book
from app.services.papers import wanted as papers_wanted
from app.services.reference.book import get_book


@dataclass(frozen=True)
class Reckoned:
    """What follows from an example's answers, by the same rules as for anybody's file.

    entry: None where the list has no such code (any more); then nothing else is known either.
    wanted: papers that an office will ask for. obstacles: what would keep the file from being sent.
    """

    entry: KbliEntry | None
    size: BusinessSize
    band: CapitalBand
    found: Estimate | None
    whole: Whole | None
    wanted: tuple[WantedPaper, ...]
    obstacles: tuple[Obstacle, ...]
    to_do: tuple[ToDo, ...]


def examples() -> list[Example]:
    """Return the examples in their order."""
    return list(book().examples.values())


def example(slug: str) -> Example:
    """Return one example. Raises NoSuchTopic."""
    try:
        return book().examples[slug]
    except KeyError as unknown:
        raise NoSuchTopic(slug) from unknown


def reckon(one: Example, *, on: date | None = None) -> Reckoned:
    """Return what follows from an example today, or on another day for what comes after the NIB."""
    dossier = as_dossier(one)
    entry = get_book().kbli(KBLI_NOW, one.code)
    band = estimates.band_of(one.capital.counted_idr)
    if entry is None:
        return Reckoned(None, one.capital.size, band, None, None, (), (), ())
    whole = estimates.whole_of(dossier)
    day = on or clock.today()
    return Reckoned(
        entry=entry,
        size=one.capital.size,
        band=band,
        found=estimates.estimate_for(dossier),
        whole=whole,
        wanted=tuple(papers_wanted.wanted_papers(dossier)),
        obstacles=estimates.obstacles(dossier, whole) if whole else (),
        to_do=next_steps.to_do(dossier, on=day),
    )


def as_dossier(one: Example) -> Dossier:
    """Return an example as the file that it would be, for the rules alone: it is never saved."""
    usaha, place, land = (
        one.answers[step] for step in (StepName.BUSINESS, StepName.PLACE, StepName.LAND)
    )
    return Dossier(
        legal_form=one.legal_form,
        applicant=Applicant(),
        entity=_entity(one.answers.get(StepName.DEED)) if one.is_entity else None,
        every_activity=[
            Activity(
                position=0,
                kbli_year=KBLI_NOW,
                kbli_code=one.code,
                scope_no=one.scope_no,
                description=usaha.get("uraian"),
                village_code=place.get("kampung"),
                shared_premises=place.get("jenis") == "pasar",
                position_code=place.get("posisi"),
                land_area=_quantity(land.get("luas", "")),
                land_unit=land.get("satuan"),
                customary_land=land.get("status") == "adat",
                land_idr=one.capital.land_idr,
                building_idr=one.capital.building_idr,
                machines_idr=one.capital.machines_idr,
                other_idr=one.capital.other_idr,
                working_idr=one.capital.working_idr,
                size=one.capital.size,  # as sending fixes it
            )
        ],
    )


def _entity(deed: Mapping[str, str] | None) -> Entity:
    if deed is None:
        return Entity(deed_codes=[])
    return Entity(deed_year=int(deed.get("tahun", "0")), deed_codes=deed.get("kode", "").split())


def _quantity(typed: str) -> Decimal | None:
    try:
        return parse_quantity(typed)
    except ValueError:
        return None
