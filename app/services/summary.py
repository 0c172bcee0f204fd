"""All answers of a dossier, step by step, as "check your answers" shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.domain.business_size import Capital
from app.domain.journey import StepName
from app.domain.nik import mask_nik
from app.domain.oss_codes import LandStatus, LandUnit, Position
from app.domain.person import Sex
from app.domain.reference_types import KbliEntry
from app.i18n import DEFAULT, language, number, rupiah, short_day
from app.labels import label
from app.models.dossier import Applicant, Dossier
from app.services import dossiers
from app.services.answers import known
from app.services.paper_words import place_lines
from app.services.reference_book import ReferenceBook


@dataclass(frozen=True)
class Section:
    """The answers of one step: (question, answer) pairs."""

    step: StepName
    rows: tuple[tuple[str, str], ...]


def home_line(applicant: Applicant, book: ReferenceBook) -> str:
    """Return the home address in one line."""
    code = applicant.area_code or ""
    names = []
    if len(code) == 10:
        names = [a.name for a in (book.area(code), book.area(code[:6])) if a]
    elif applicant.area_text:
        names = [applicant.area_text]
    regency = book.area(code[:4])
    if regency:
        names.append(regency.name)
    parts = [applicant.street or "", applicant.rt_rw and f"RT/RW {applicant.rt_rw}", *names]
    if applicant.postcode:
        parts.append(applicant.postcode)
    return ", ".join(part for part in parts if part)


def _title(entry: KbliEntry) -> str:
    if language() == DEFAULT:
        return entry.title_id
    return entry.name_en or _("%(title)s (in Indonesian only)", title=entry.title_id)


def summary_of(dossier: Dossier, book: ReferenceBook) -> list[Section]:
    """Return every answer. The NIK is masked: the page may be read over a shoulder."""
    who, activity = dossier.applicant, dossier.activity
    entry = known(book.kbli(known(activity.kbli_year), known(activity.kbli_code)))
    capital = dossiers.capital_of(activity) or Capital(0, 0, 0, 0, 0)
    scope = dict(dossiers.scope_choices(activity.kbli_code or "")).get(activity.scope_no or 0)
    land = LandStatus(known(activity.land_status))
    business = [(_("Description"), activity.description or "")]
    if activity.trade_name:
        business.insert(0, (_("Name of your business"), activity.trade_name))
    if scope:
        business.append((_("Which part"), scope))
    kind = _("Stall or shop with a manager") if activity.shared_premises else _("Own place")
    people = (activity.workers_male or 0) + (activity.workers_female or 0)
    return [
        Section(
            StepName.IDENTITY,
            (
                (_("NIK"), mask_nik(who.nik or "")),
                (_("Name"), who.name or ""),
                (_("Date of birth"), short_day(date.fromisoformat(who.birth_date or ""))),
                (_("Sex"), label(Sex(known(who.sex)))),
            ),
        ),
        Section(StepName.PHONE, ((_("Phone"), "0" + (who.phone or "").removeprefix("+62")),)),
        Section(StepName.HOME, ((_("Home"), home_line(who, book)),)),
        Section(
            StepName.ACTIVITY,
            (
                (
                    _("Activity (KBLI %(year)s)", year=activity.kbli_year),
                    f"{entry.code} – {_title(entry)}",
                ),
            ),
        ),
        Section(StepName.BUSINESS, tuple(business)),
        Section(
            StepName.PLACE,
            (
                (_("Place of business"), ", ".join(place_lines(activity))),
                (_("Kind of place"), f"{kind} · {label(Position(known(activity.position_code)))}"),
            ),
        ),
        Section(
            StepName.LAND,
            (
                (
                    _("Size"),
                    f"{number(activity.land_area)} {label(LandUnit(known(activity.land_unit)))}",
                ),
                (
                    _("Whose place"),
                    _("Customary land, with consent") if activity.customary_land else label(land),
                ),
            ),
        ),
        Section(
            StepName.CAPITAL,
            (
                (_("Capital without land and building"), rupiah(capital.counted_idr)),
                (_("Land and building"), rupiah(capital.land_idr + capital.building_idr)),
                (_("Business size"), label(capital.size)),
            ),
        ),
        Section(
            StepName.PRODUCTION,
            (
                (
                    _("People at work"),
                    _(
                        "%(all)s (men: %(men)s, women: %(women)s)",
                        all=people,
                        men=activity.workers_male or 0,
                        women=activity.workers_female or 0,
                    ),
                ),
                (_("Product"), activity.product or ""),
                (_("In one year"), f"{number(activity.capacity)} {activity.capacity_unit}"),
            ),
        ),
        Section(
            StepName.DECLARATIONS,
            ((_("Statements"), _("%(count)s made", count=len(dossier.declarations))),),
        ),
    ]
