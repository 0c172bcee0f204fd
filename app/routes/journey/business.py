"""The steps about the business: each activity with its place and figures, and the statements."""

from __future__ import annotations

from typing import Any

from flask import request

from app.asked import asked
from app.domain.dossier.journey import StepName
from app.domain.kbli.finder import MAX_QUERY_CHARACTERS
from app.domain.kbli.questions import QUESTIONS_AT_MOST
from app.domain.law.editions import KBLI_NOW
from app.domain.law.estimate.combined import whole_capital
from app.domain.law.requirements import DeclarationKind
from app.domain.law.sorong import KABUPATEN_SORONG
from app.domain.oss.codes import LandStatus, LandUnit, Position
from app.forms import business
from app.forms.fields import SearchField
from app.routes.check.counts import count_choice, count_search
from app.routes.journey.areas import sorong_groups, villages
from app.routes.journey.step_page import At, Form, StepPage
from app.services.dossier import estimates
from app.services.journey import steps
from app.services.kbli.questions import talk
from app.services.papers.paper_words import place_lines
from app.services.reference.book import get_book
from app.web.sent import Sent

# Kegiatan

MOST_OF_AN_ANSWER = 60  # characters; a longer one is none of ours


def _prepare_activity(form: Form, _at: At) -> None:
    book = get_book()
    form.known = lambda code: book.kbli(KBLI_NOW, code)


def answered() -> list[str]:
    """Return the answers about the activity (see finder_questions.talk), the pressed one included.

    A button “temukan” answers a question ("key.answer"), takes an answer back with all after it
    ("-key.answer"), or searches anew ("1").
    """
    given = request.values.getlist(Sent.ANSWERED)[:QUESTIONS_AT_MOST]
    pressed = request.values.get(Sent.FIND)
    if pressed is None:
        return given
    if pressed.startswith("-"):
        return given[: given.index(pressed[1:])] if pressed[1:] in given else given
    return [*given, pressed[:MOST_OF_AN_ANSWER]] if "." in pressed else []


def _activity_context(form: Form, at: At) -> dict[str, Any]:
    query = (form.cari.data or "").strip()
    given = answered()
    if not given:  # an answer to our question is no new search
        count_search(query)
    heard = talk(query, given, limit=6, year=KBLI_NOW) if query else None
    parts = [
        {"text": part.text, "entries": [hit.entry for hit in part.hits]}
        for part in (heard.parts if heard else ())
        if part.hits
    ]
    chosen = form.kbli.data
    known = get_book().kbli(KBLI_NOW, chosen) if chosen else None
    if known and all(known not in part["entries"] for part in parts):
        parts.insert(0, {"text": "", "entries": [known]})
    return {
        "query": query,
        "query_at_most": MAX_QUERY_CHARACTERS,
        "talk": heard,
        "several": heard is not None and len(heard.parts) > 1,
        "parts": parts,
        "found": heard is not None and bool(heard.hits),
    }


def _fill_activity(at: At) -> dict[str, Any]:
    query = SearchField.clean(request.args.get(Sent.WORDS, ""))
    return {"kbli": request.args.get(Sent.KBLI) or at.activity.kbli_code, Sent.WORDS: query}


def _save_activity(at: At, form: Form) -> None:
    steps.choose_activity(at.dossier, form.kbli.data, at=at.position)
    count_choice(form.cari.data, form.kbli.data)


# Usaha


def _prepare_business(form: Form, at: At) -> None:
    code = at.activity.kbli_code
    choices = estimates.scope_choices(code) if code else ()
    form.lingkup.choices = [(str(number), label) for number, label in choices]


def _business_context(_form: Form, at: At) -> dict[str, Any]:
    activity = at.activity
    entry = get_book().kbli(activity.kbli_year or 0, activity.kbli_code or "")
    return {"entry": entry}


def _fill_business(at: At) -> dict[str, Any]:
    activity = at.activity
    return {
        "usaha": activity.trade_name,
        "uraian": activity.description,
        "lingkup": str(activity.scope_no) if activity.scope_no else None,
    }


def _save_business(at: At, form: Form) -> None:
    steps.describe_business(
        at.dossier,
        trade_name=form.usaha.data,
        description=form.uraian.data,
        scope_no=int(form.lingkup.data) if form.lingkup.choices else None,
        at=at.position,
    )


# Tempat


def _prepare_place(form: Form, _at: At) -> None:
    """Fill the lists of the place of business: Kabupaten Sorong only."""
    form.distrik.groups = sorong_groups()[:1]
    if form.distrik.data:
        form.kampung.groups = villages(form.distrik.data)


def _fill_place(at: At) -> dict[str, Any]:
    activity, who = at.activity, at.dossier.applicant
    code = activity.village_code
    if at.is_main and code is None and (who.area_code or "").startswith(KABUPATEN_SORONG):
        # Most people here work where they live: their home saves them the typing.
        return {
            "distrik": (who.area_code or "")[:6],
            "kampung": who.area_code,
            "jalan": who.street,
            "rtrw": who.rt_rw,
            "posisi": "01",
        }
    shared = activity.shared_premises
    return {
        "distrik": code[:6] if code else None,
        "kampung": code,
        "jalan": activity.street,
        "rtrw": activity.rt_rw,
        "jenis": None if shared is None else ("pasar" if shared else "sendiri"),
        "posisi": activity.position_code or "01",
    }


def _place_context(form: Form, at: At) -> dict[str, Any]:
    shown_first = request.method == "GET" or bool(asked().advancing)
    from_home = at.activity.village_code is None and shown_first
    at_home = (at.dossier.applicant.area_code or "").startswith(KABUPATEN_SORONG)
    main = at.dossier.activity
    return {
        # Filled with what was typed, or with an example, it does not come from there.
        "from_home": from_home and at_home and at.is_main and not form.jalan.raw_data,
        "main_place": None if at.is_main or main.land_area is None else place_lines(main),
    }


def _save_place(at: At, form: Form) -> None:
    steps.set_place(
        at.dossier,
        village_code=form.kampung.data,
        street=form.jalan.data,
        rt_rw=form.rtrw.data,
        shared_premises=form.jenis.data == "pasar",
        position_code=Position(form.posisi.data),
        at=at.position,
    )


# Lahan


def _fill_land(at: At) -> dict[str, Any]:
    activity = at.activity
    return {
        "luas": activity.land_area,
        "satuan": activity.land_unit or "01",
        "status": "adat" if activity.customary_land else activity.land_status,
    }


def _save_land(at: At, form: Form) -> None:
    customary = form.status.data == "adat"
    steps.set_land(
        at.dossier,
        area=form.luas.data,
        unit=LandUnit(form.satuan.data),
        status=LandStatus.BORROWED if customary else LandStatus(form.status.data),
        customary=customary,
        at=at.position,
    )


# Modal


def _fill_capital(at: At) -> dict[str, Any]:
    activity = at.activity
    return {
        "mesin": activity.machines_idr,
        "kerja": activity.working_idr,
        "lain": activity.other_idr,
        "tanah": activity.land_idr,
        "bangunan": activity.building_idr,
    }


def _capital_context(form: Form, at: At) -> dict[str, Any]:
    typed = any(field.data is not None for field in form if field.name != Sent.TOKEN)
    if not typed:
        return {"capital": None}
    capital = form.capital()
    others = estimates.other_capital(at.dossier, at.position)
    whole = whole_capital([capital, others])
    return {
        "capital": capital,
        "others_idr": whole.counted_idr if others.counted_idr else 0,
        "size": whole.size,
    }


def _save_capital(at: At, form: Form) -> None:
    steps.declare_capital(at.dossier, form.capital(), at=at.position)


# Hasil


def _fill_production(at: At) -> dict[str, Any]:
    activity = at.activity
    return {
        "laki": activity.workers_male,
        "perempuan": activity.workers_female,
        "hasil": activity.product or activity.description,  # said before: nobody types it twice
        "kapasitas": activity.capacity,
        "unit": activity.capacity_unit,
    }


def _save_production(at: At, form: Form) -> None:
    steps.set_production(
        at.dossier,
        workers_male=form.laki.data,
        workers_female=form.perempuan.data,
        product=form.hasil.data,
        capacity=form.kapasitas.data,
        unit=form.unit.data,
        at=at.position,
    )


# Pernyataan


def _prepare_declarations(form: Form, at: At) -> None:
    whole = estimates.whole_of(at.dossier)
    form.asked = tuple(d.kind.value for d in whole.declarations) if whole else ()


def _declarations_context(form: Form, at: At) -> dict[str, Any]:
    whole = estimates.whole_of(at.dossier)
    given = {row.kind for row in at.dossier.declarations}
    ticked = set(form.pernyataan.raw_data or ()) or given
    return {
        "whole": whole,
        "ticked": ticked,
        "obstacles": estimates.obstacles(at.dossier, whole) if whole else (),
    }


def _save_declarations(at: At, form: Form) -> None:
    steps.declare(at.dossier, [DeclarationKind(kind) for kind in form.asked])


PAGES: dict[StepName, StepPage] = {
    StepName.ACTIVITY: StepPage(
        business.ActivityForm,
        "journey/activity.html",
        _fill_activity,
        _save_activity,
        prepare=_prepare_activity,
        context=_activity_context,
        only_shows=lambda typed: Sent.FIND in typed,
    ),
    StepName.BUSINESS: StepPage(
        business.BusinessForm,
        "journey/business.html",
        _fill_business,
        _save_business,
        prepare=_prepare_business,
        context=_business_context,
    ),
    StepName.PLACE: StepPage(
        business.PlaceForm,
        "journey/place.html",
        _fill_place,
        _save_place,
        prepare=_prepare_place,
        context=_place_context,
        only_shows=lambda typed: Sent.LIST in typed,
    ),
    StepName.LAND: StepPage(business.LandForm, "journey/land.html", _fill_land, _save_land),
    StepName.CAPITAL: StepPage(
        business.CapitalForm,
        "journey/capital.html",
        _fill_capital,
        _save_capital,
        context=_capital_context,
        only_shows=lambda typed: Sent.ADD_UP in typed,
    ),
    StepName.PRODUCTION: StepPage(
        business.ProductionForm, "journey/production.html", _fill_production, _save_production
    ),
    StepName.DECLARATIONS: StepPage(
        business.DeclarationsForm,
        "journey/declarations.html",
        lambda at: {},
        _save_declarations,
        prepare=_prepare_declarations,
        context=_declarations_context,
        accepts=lambda form, typed: form.given(typed.getlist(Sent.STATEMENTS)),
    ),
}
