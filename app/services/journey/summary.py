"""All answers of a dossier, stop by stop, as "check your answers" shows them.

A step has a function, in the tables at the end, or columns that are shown as they were typed. Which
steps there are, for whom and in what order says app/domain/dossier/steps.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.domain.dossier import journey
from app.domain.dossier.journey import AnswerGroup, StepName, Stop
from app.domain.dossier.known import known
from app.domain.dossier.steps import STEPS
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import LegalForm
from app.domain.law.rows import KbliEntry
from app.i18n import DEFAULT, language, number, rupiah, short_day
from app.labels import in_words, label
from app.models.dossier import Activity, Applicant, Dossier
from app.services.dossier import answers, estimates
from app.services.dossier.activity import activity_at, row_of
from app.services.papers.paper_words import place_lines
from app.services.reference.book import ReferenceBook

Row = tuple[str, str]


@dataclass(frozen=True)
class Section:
    """The answers of one stop: (question, answer) pairs."""

    stop: Stop
    rows: tuple[Row, ...]


def home_line(applicant: Applicant, book: ReferenceBook) -> str:
    """Return the home or office address in one line."""
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


def masked(digits: str, *, nik: str | None = None) -> str:
    """Return a number of which only the last three digits can be read; none where it is the NIK.

    nik: of the person whose birth date stands on the same page. An NPWP may be the NIK.
    """
    if digits == nik:
        return "•" * len(digits)
    return "•" * (len(digits) - 3) + digits[-3:]


def _title(entry: KbliEntry) -> str:
    if language() == DEFAULT:
        return entry.title_id
    return entry.name_en or _("%(title)s (in Indonesian only)", title=entry.title_id)


def in_plain_words(entry: KbliEntry) -> str:
    """Return what people call an activity, in the language in use; its title where nobody said."""
    plain = entry.plain_id if language() == DEFAULT else entry.plain_en
    return plain or _title(entry)


def _kind(dossier: Dossier, _book: ReferenceBook) -> list[Row]:
    return [(_("Kind of business"), label(dossier.legal_form))]


def _identity(dossier: Dossier, _book: ReferenceBook) -> list[Row]:
    who = dossier.applicant
    return [
        (_("NIK"), "•" * len(who.nik or "")),  # birth date and kampung stand beside it
        (_("Name"), who.name or ""),
        (_("Date of birth"), short_day(date.fromisoformat(who.birth_date or ""))),
        (_("Sex"), label(known(who.sex))),
    ]


def _phone(dossier: Dossier, _book: ReferenceBook) -> list[Row]:
    who = dossier.applicant
    rows = [(_("Phone"), "0" + (who.phone or "").removeprefix("+62"))]
    if who.email:
        rows.append((_("E-mail"), who.email))
    if who.npwp and dossier.entity is None:
        rows.append((_("NPWP"), masked(who.npwp, nik=who.nik)))
    return rows


def _entity(dossier: Dossier, _book: ReferenceBook) -> list[Row]:
    entity = known(dossier.entity)
    rows = [
        (_("Name of the business"), entity.name or ""),
        (_("You there"), label(known(entity.role))),
        (_("NPWP"), masked(entity.npwp or "", nik=dossier.applicant.nik)),
    ]
    if dossier.legal_form is LegalForm.BRANCH:
        head = f"{entity.parent_name}, NIB {entity.parent_nib}"
        return [*rows, (_("NITKU"), masked(entity.nitku or "")), (_("Head office"), head)]
    on = f", {short_day(entity.registered_on)}" if entity.registered_on else ""
    return [*rows, (_("Legalisation or registration"), f"{entity.registration_no}{on}")]


def _deed(dossier: Dossier, _book: ReferenceBook) -> list[Row]:
    entity = known(dossier.entity)
    question = _("Codes in the founding paper (KBLI %(year)s)", year=entity.deed_year)
    return [(question, ", ".join(entity.deed_codes))]


def _home(dossier: Dossier, book: ReferenceBook) -> list[Row]:
    entity = dossier.legal_form is not LegalForm.INDIVIDUAL
    return [(_("Office") if entity else _("Home"), home_line(dossier.applicant, book))]


def _activity(activity: Activity, book: ReferenceBook) -> list[Row]:
    entry = known(book.kbli(known(activity.kbli_year), known(activity.kbli_code)))
    question = _("KBLI %(year)s", year=activity.kbli_year)
    return [(_("Activity"), in_plain_words(entry)), (question, f"{entry.code} – {_title(entry)}")]


def _business(activity: Activity, _book: ReferenceBook) -> list[Row]:
    rows = [(_("Description"), activity.description or "")]
    if activity.trade_name:
        rows.insert(0, (_("Name of your business"), activity.trade_name))
    scope = dict(estimates.scope_choices(activity.kbli_code or "")).get(activity.scope_no or 0)
    if scope:
        rows.append((_("Which part"), scope))
    return rows


def _place(activity: Activity, _book: ReferenceBook) -> list[Row]:
    kind = _("Stall or shop with a manager") if activity.shared_premises else _("Own place")
    return [
        (_("Place of business"), ", ".join(place_lines(activity))),
        (_("Kind of place"), f"{kind} · {label(known(activity.position_code))}"),
    ]


def _land(activity: Activity, _book: ReferenceBook) -> list[Row]:
    size = f"{number(known(activity.land_area))} {label(known(activity.land_unit))}"
    whose = label(known(activity.land_status))
    if activity.customary_land:
        whose = _("Customary land, with consent")
    return [(_("Size"), size), (_("Whose place"), whose)]


def _capital(activity: Activity, _book: ReferenceBook) -> list[Row]:
    capital = estimates.capital_of(activity) or Capital(0, 0, 0, 0, 0)
    rows = [
        (_("Capital without land and building"), rupiah(capital.counted_idr)),
        (_("Land and building"), rupiah(capital.land_idr + capital.building_idr)),
    ]
    dossier = activity.dossier
    size = estimates.size_of(dossier) if activity is dossier.activity else None
    if size:  # of the whole business, so it stands once
        rows.append((_("Business size"), label(size)))
    return rows


def _production(activity: Activity, _book: ReferenceBook) -> list[Row]:
    men, women = activity.workers_male or 0, activity.workers_female or 0
    people = _("%(all)s (men: %(men)s, women: %(women)s)", all=men + women, men=men, women=women)
    return [
        (_("People at work"), people),
        (_("Product"), activity.product or ""),
        (_("In one year"), f"{number(known(activity.capacity))} {activity.capacity_unit}"),
    ]


def _declarations(dossier: Dossier, _book: ReferenceBook) -> list[Row]:
    return [(_("Statements"), _("%(count)s made", count=len(dossier.declarations)))]


ONCE: Mapping[StepName, Callable[[Dossier, ReferenceBook], list[Row]]] = {
    StepName.KIND: _kind,
    StepName.IDENTITY: _identity,
    StepName.PHONE: _phone,
    StepName.ENTITY: _entity,
    StepName.DEED: _deed,
    StepName.HOME: _home,
    StepName.DECLARATIONS: _declarations,
}
FOR_EACH: Mapping[StepName, Callable[[Activity, ReferenceBook], list[Row]]] = {
    StepName.ACTIVITY: _activity,
    StepName.BUSINESS: _business,
    StepName.PLACE: _place,
    StepName.LAND: _land,
    StepName.CAPITAL: _capital,
    StepName.PRODUCTION: _production,
}


def summary_of(dossier: Dossier, book: ReferenceBook) -> list[Section]:
    """Return every answer of a dossier; of an incomplete one, those that there are.

    NIK and tax numbers are masked: the page may be read over a shoulder.
    """
    return [
        Section(stop, tuple(_rows(dossier, stop, book)))
        for stop in journey.answered(answers.answers_of(dossier))
    ]


@dataclass(frozen=True)
class Group:
    """Sections that are read together. position: of their activity, 0 where there is one alone."""

    name: AnswerGroup
    position: int
    sections: tuple[Section, ...]


def in_groups(sections: Sequence[Section]) -> list[Group]:
    """Return sections by group, the person's first, then those of each activity."""
    order = list(AnswerGroup)
    found: dict[tuple[int, int], list[Section]] = {}
    for section in sections:
        name = STEPS[section.stop.name].group
        place = -1 if name is AnswerGroup.PERSON else section.stop.position
        found.setdefault((place, order.index(name)), []).append(section)
    return [
        Group(order[rank], max(place, 0), tuple(found[place, rank]))
        for place, rank in sorted(found)
    ]


def _rows(dossier: Dossier, stop: Stop, book: ReferenceBook) -> list[Row]:
    rows: list[Row] = []
    if stop.name in FOR_EACH:
        rows = FOR_EACH[stop.name](activity_at(dossier, stop.position), book)
    elif stop.name in ONCE:
        rows = ONCE[stop.name](dossier, book)
    row = row_of(dossier, stop.name, stop.position)
    typed = ((c.asks, getattr(row, c.name)) for c in STEPS[stop.name].typed_as_kept)
    return rows + [(in_words(asks), text or "–") for asks, text in typed if text is not None]
