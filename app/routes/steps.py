"""What differs from step to step: its form, its page, how it is filled and saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.journey import StepName
from app.domain.person import Sex
from app.domain.requirements import DeclarationKind
from app.forms import business, person
from app.forms.person import OUTSIDE, SearchField
from app.models.dossier import Dossier, Job
from app.services import dossiers, nik_checks
from app.services.finder import nearest
from app.services.reference import get_book
from app.web import render

Form = Any
KABUPATEN, KOTA = "9601", "9671"


def _nothing(*_args: Any) -> None:
    return None


def _no_context(_form: Form, _dossier: Dossier) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class StepPage:
    """One step. fill: answers -> form data; prepare: lists to choose from; save: form -> answers.

    only_shows: a button that changes the page but saves nothing (search, show the villages).
    accepts: a check that needs more than the form's own fields.
    """

    form: type[Form]
    template: str
    fill: Callable[[Dossier], dict[str, Any]]
    save: Callable[[Dossier, Form], Job | None]
    prepare: Callable[[Form, Dossier], None] = _nothing
    context: Callable[[Form, Dossier], dict[str, Any]] = _no_context
    only_shows: Callable[[Mapping[str, str]], bool] = lambda typed: False
    accepts: Callable[[Form, Any], bool] = lambda form, typed: True


# Diri Anda


def _fill_identity(dossier: Dossier) -> dict[str, Any]:
    who = dossier.applicant
    return {
        "nik": who.nik,
        "nama": who.name,
        "lahir": date.fromisoformat(who.birth_date) if who.birth_date else None,
        "kelamin": who.sex,
    }


def _save_identity(dossier: Dossier, form: Form) -> Job | None:
    ask = dossiers.identify(
        dossier,
        nik=form.nik.data,
        name=form.nama.data,
        birth_date=form.lahir.data,
        sex=Sex(form.kelamin.data),
    )
    return nik_checks.plan(dossier) if ask else None


# Alamat


def _sorong_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    book = get_book()
    by_regency: dict[str, list[tuple[str, str]]] = {KABUPATEN: [], KOTA: []}
    for area in book.districts():
        by_regency[area.code[:4]].append((area.code, area.name))
    return [
        ("Kabupaten Sorong", sorted(by_regency[KABUPATEN], key=lambda pair: pair[1])),
        ("Kota Sorong", sorted(by_regency[KOTA], key=lambda pair: pair[1])),
    ]


def _villages(district: str) -> list[tuple[str, list[tuple[str, str]]]]:
    found = sorted((area.name, area.code) for area in get_book().villages(district))
    return [("", [(code, name) for name, code in found])] if found else []


def prepare_home(form: Form, _dossier: Dossier | None = None) -> None:
    """Fill the lists of the home address that follow from what was chosen."""
    book = get_book()
    form.distrik.groups = [
        *_sorong_groups(),
        (_("Elsewhere"), [(OUTSIDE, _("Outside Kabupaten and Kota Sorong"))]),
    ]
    if form.is_outside:
        form.provinsi.groups = [("", [(a.code, a.name) for a in book.provinces()])]
        if form.provinsi.data:
            regencies = book.regencies(form.provinsi.data)
            form.kabupaten.groups = [("", [(a.code, a.name) for a in regencies])]
    elif form.distrik.data:
        form.kampung.groups = _villages(form.distrik.data)


def _fill_home(dossier: Dossier) -> dict[str, Any]:
    who = dossier.applicant
    data: dict[str, Any] = {"jalan": who.street, "rtrw": who.rt_rw, "kodepos": who.postcode}
    code = who.area_code or ""
    if len(code) == 10:
        data |= {"distrik": code[:6], "kampung": code}
    elif code:
        data |= {"distrik": OUTSIDE, "provinsi": code[:2], "kabupaten": code}
        data["wilayah"] = who.area_text
    return data


def _save_home(dossier: Dossier, form: Form) -> None:
    outside = form.is_outside
    dossiers.set_home(
        dossier,
        area_code=form.kabupaten.data if outside else form.kampung.data,
        area_text=form.wilayah.data if outside else None,
        street=form.jalan.data,
        rt_rw=form.rtrw.data,
        postcode=form.kodepos.data,
    )


def area_part(chosen: Mapping[str, str]) -> ResponseReturnValue:
    """Answer with the boxes that depend on a district or province (identifies nobody)."""
    of_business = chosen.get("untuk") == "usaha"
    form_class = business.PlaceForm if of_business else person.HomeForm
    form = form_class(formdata=None, data=dict(chosen), meta={"csrf": False})
    (prepare_place if of_business else prepare_home)(form, g.dossier)
    return render(
        "journey/area.html", fragment="journey/_area.html", form=form, of_business=of_business
    )


# Kegiatan


def _prepare_activity(form: Form, _dossier: Dossier) -> None:
    book = get_book()
    form.known = lambda code: book.kbli(dossiers.KBLI_YEAR, code)


def _activity_context(form: Form, dossier: Dossier) -> dict[str, Any]:
    query = (form.cari.data or "").strip()
    found = nearest(query, limit=6, year=dossiers.KBLI_YEAR) if query else []
    entries = list(found)
    chosen = form.kbli.data
    book = get_book()
    known = book.kbli(dossiers.KBLI_YEAR, chosen) if chosen else None
    if known and known.code not in {entry.code for entry in entries}:
        entries.insert(0, known)
    return {"query": query, "entries": entries, "found": bool(found)}


def _fill_activity(dossier: Dossier) -> dict[str, Any]:
    query = SearchField.clean(request.args.get("cari", ""))
    return {"kbli": request.args.get("kbli") or dossier.activity.kbli_code, "cari": query}


def _save_activity(dossier: Dossier, form: Form) -> None:
    dossiers.choose_activity(dossier, form.kbli.data)


# Usaha


def _prepare_business(form: Form, dossier: Dossier) -> None:
    code = dossier.activity.kbli_code
    choices = dossiers.scope_choices(code) if code else ()
    form.lingkup.choices = [(str(number), label) for number, label in choices]


def _business_context(_form: Form, dossier: Dossier) -> dict[str, Any]:
    activity = dossier.activity
    entry = get_book().kbli(activity.kbli_year or 0, activity.kbli_code or "")
    return {"entry": entry}


def _fill_business(dossier: Dossier) -> dict[str, Any]:
    activity = dossier.activity
    return {
        "usaha": activity.trade_name,
        "uraian": activity.description,
        "lingkup": str(activity.scope_no) if activity.scope_no else None,
    }


def _save_business(dossier: Dossier, form: Form) -> None:
    dossiers.describe_business(
        dossier,
        trade_name=form.usaha.data,
        description=form.uraian.data,
        scope_no=int(form.lingkup.data) if form.lingkup.choices else None,
    )


# Tempat


def prepare_place(form: Form, _dossier: Dossier | None = None) -> None:
    """Fill the lists of the place of business: Kabupaten Sorong only."""
    form.distrik.groups = _sorong_groups()[:1]
    if form.distrik.data:
        form.kampung.groups = _villages(form.distrik.data)


def _fill_place(dossier: Dossier) -> dict[str, Any]:
    activity, who = dossier.activity, dossier.applicant
    code = activity.village_code
    if code is None and (who.area_code or "").startswith(KABUPATEN):
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


def _place_context(_form: Form, dossier: Dossier) -> dict[str, Any]:
    shown_first = request.method == "GET" or bool(g.get("advancing"))
    from_home = dossier.activity.village_code is None and shown_first
    at_home = (dossier.applicant.area_code or "").startswith(KABUPATEN)
    return {"from_home": from_home and at_home}


def _save_place(dossier: Dossier, form: Form) -> None:
    dossiers.set_place(
        dossier,
        village_code=form.kampung.data,
        street=form.jalan.data,
        rt_rw=form.rtrw.data,
        shared_premises=form.jenis.data == "pasar",
        position_code=form.posisi.data,
    )


# Lahan


def _fill_land(dossier: Dossier) -> dict[str, Any]:
    activity = dossier.activity
    return {
        "luas": activity.land_area,
        "satuan": activity.land_unit or "01",
        "status": "adat" if activity.customary_land else activity.land_status,
    }


def _save_land(dossier: Dossier, form: Form) -> None:
    customary = form.status.data == "adat"
    dossiers.set_land(
        dossier,
        area=form.luas.data,
        unit=form.satuan.data,
        status="03" if customary else form.status.data,
        customary=customary,
    )


# Modal


def _fill_capital(dossier: Dossier) -> dict[str, Any]:
    activity = dossier.activity
    return {
        "mesin": activity.machines_idr,
        "kerja": activity.working_idr,
        "lain": activity.other_idr,
        "tanah": activity.land_idr,
        "bangunan": activity.building_idr,
    }


def _capital_context(form: Form, _dossier: Dossier) -> dict[str, Any]:
    typed = any(field.data is not None for field in form if field.name != "csrf_token")
    return {"capital": form.capital() if typed else None}


def _save_capital(dossier: Dossier, form: Form) -> None:
    dossiers.declare_capital(dossier, form.capital())


# Hasil


def _fill_production(dossier: Dossier) -> dict[str, Any]:
    activity = dossier.activity
    return {
        "laki": activity.workers_male,
        "perempuan": activity.workers_female,
        "hasil": activity.product,
        "kapasitas": activity.capacity,
        "unit": activity.capacity_unit,
    }


def _save_production(dossier: Dossier, form: Form) -> None:
    dossiers.set_production(
        dossier,
        workers_male=form.laki.data,
        workers_female=form.perempuan.data,
        product=form.hasil.data,
        capacity=form.kapasitas.data,
        unit=form.unit.data,
    )


# Pernyataan


def _prepare_declarations(form: Form, dossier: Dossier) -> None:
    found = dossiers.estimate_for(dossier)
    form.asked = tuple(d.kind.value for d in found.declarations) if found else ()


def _declarations_context(_form: Form, dossier: Dossier) -> dict[str, Any]:
    found = dossiers.estimate_for(dossier)
    given = {row.kind for row in dossier.declarations}
    ticked = set(request.form.getlist("pernyataan")) or given
    return {
        "estimate": found,
        "ticked": ticked,
        "obstacles": dossiers.obstacles(found) if found else None,
    }


def _save_declarations(dossier: Dossier, form: Form) -> None:
    dossiers.declare(dossier, [DeclarationKind(kind) for kind in form.asked])


PAGES: dict[StepName, StepPage] = {
    StepName.IDENTITY: StepPage(
        person.IdentityForm, "journey/identity.html", _fill_identity, _save_identity
    ),
    StepName.PHONE: StepPage(
        person.PhoneForm,
        "journey/phone.html",
        lambda dossier: {"telepon": dossier.applicant.phone},
        lambda dossier, form: dossiers.set_phone(dossier, form.telepon.data),
    ),
    StepName.HOME: StepPage(
        person.HomeForm,
        "journey/home.html",
        _fill_home,
        _save_home,
        prepare=prepare_home,
        only_shows=lambda typed: "pilih" in typed,
    ),
    StepName.ACTIVITY: StepPage(
        business.ActivityForm,
        "journey/activity.html",
        _fill_activity,
        _save_activity,
        prepare=_prepare_activity,
        context=_activity_context,
        only_shows=lambda typed: "temukan" in typed,
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
        prepare=prepare_place,
        context=_place_context,
        only_shows=lambda typed: "pilih" in typed,
    ),
    StepName.LAND: StepPage(business.LandForm, "journey/land.html", _fill_land, _save_land),
    StepName.CAPITAL: StepPage(
        business.CapitalForm,
        "journey/capital.html",
        _fill_capital,
        _save_capital,
        context=_capital_context,
        only_shows=lambda typed: "hitung" in typed,
    ),
    StepName.PRODUCTION: StepPage(
        business.ProductionForm, "journey/production.html", _fill_production, _save_production
    ),
    StepName.DECLARATIONS: StepPage(
        business.DeclarationsForm,
        "journey/declarations.html",
        lambda dossier: {},
        _save_declarations,
        prepare=_prepare_declarations,
        context=_declarations_context,
        accepts=lambda form, typed: form.given(typed.getlist("pernyataan")),
    ),
}
