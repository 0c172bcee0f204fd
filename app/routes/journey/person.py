"""The steps about who applies: legal form, person, entity, founding paper, address."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.domain.dossier.journey import StepName
from app.domain.law.legal_form import RULES, LegalForm, Role
from app.domain.written.person import Sex
from app.forms import entity, person
from app.forms.person import OUTSIDE
from app.labels import label
from app.labels.entity import FORM_HINTS
from app.models.dossier import Job
from app.routes.journey.areas import sorong_groups, villages
from app.routes.journey.step_page import At, Form, StepPage
from app.services.journey import steps
from app.services.kbli.change import has_code
from app.services.nik import checks
from app.services.reference.book import get_book
from app.web.sent import Sent

# Pelaku usaha


def _prepare_kind(form: Form, _at: At) -> None:
    form.pelaku.choices = [(one.value, label(one)) for one in LegalForm]
    form.pelaku.hints = {one.value: words for one, words in FORM_HINTS.items()}


def _save_kind(at: At, form: Form) -> None:
    steps.choose_form(at.dossier, LegalForm(form.pelaku.data))


# Diri Anda


def _fill_identity(at: At) -> dict[str, Any]:
    who = at.dossier.applicant
    return {
        "nik": who.nik,
        "nama": who.name,
        "lahir": date.fromisoformat(who.birth_date) if who.birth_date else None,
        "kelamin": who.sex,
    }


def _save_identity(at: At, form: Form) -> Job | None:
    ask = steps.identify(
        at.dossier,
        nik=form.nik.data,
        name=form.nama.data,
        birth_date=form.lahir.data,
        sex=Sex(form.kelamin.data),
    )
    return checks.plan(at.dossier) if ask else None


# Badan usaha


def _prepare_entity(form: Form, at: At) -> None:
    form.legal_form = at.dossier.legal_form
    form.jabatan.choices = [(role.value, label(role)) for role in RULES[form.legal_form].roles]


def _fill_entity(at: At) -> dict[str, Any]:
    known = at.dossier.entity
    if known is None:
        return {}
    return {
        "nama": known.name,
        "jabatan": known.role,
        "nomor": known.registration_no,
        "tanggal": known.registered_on,
        "npwp": known.npwp,
        "nitku": known.nitku,
        "induk_nib": known.parent_nib,
        "induk_nama": known.parent_name,
    }


def _save_entity(at: At, form: Form) -> None:
    branch = form.legal_form is LegalForm.BRANCH
    steps.describe_entity(
        at.dossier,
        steps.EntityFacts(
            name=form.nama.data,
            role=Role(form.jabatan.data),
            registration_no=None if branch else form.nomor.data,
            registered_on=None if branch else form.tanggal.data,
            npwp=form.npwp.data,
            nitku=form.nitku.data if branch else None,
            parent_nib=form.induk_nib.data if branch else None,
            parent_name=form.induk_nama.data if branch else None,
        ),
    )


# Akta


def _fill_deed(at: At) -> dict[str, Any]:
    known = at.dossier.entity
    if known is None or not known.deed_codes:
        return {}
    return {"kode": known.deed_codes, "tahun": str(known.deed_year)}


def _prepare_deed(form: Form, _at: At) -> None:
    form.known = has_code


def _save_deed(at: At, form: Form) -> None:
    steps.set_deed(at.dossier, year=int(form.tahun.data), codes=form.kode.data)


# Alamat


def _prepare_home(form: Form, _at: At) -> None:
    """Fill the lists of the home address that follow from what was chosen."""
    book = get_book()
    form.distrik.groups = [
        *sorong_groups(),
        (_("Elsewhere"), [(OUTSIDE, _("Outside Kabupaten and Kota Sorong"))]),
    ]
    if form.is_outside:
        form.provinsi.groups = [("", [(a.code, a.name) for a in book.provinces()])]
        if form.provinsi.data:
            regencies = book.regencies(form.provinsi.data)
            form.kabupaten.groups = [("", [(a.code, a.name) for a in regencies])]
    elif form.distrik.data:
        form.kampung.groups = villages(form.distrik.data)


def _fill_home(at: At) -> dict[str, Any]:
    who = at.dossier.applicant
    data: dict[str, Any] = {"jalan": who.street, "rtrw": who.rt_rw, "kodepos": who.postcode}
    code = who.area_code or ""
    if len(code) == 10:
        data |= {"distrik": code[:6], "kampung": code}
    elif code:
        data |= {"distrik": OUTSIDE, "provinsi": code[:2], "kabupaten": code}
        data["wilayah"] = who.area_text
    return data


def _save_home(at: At, form: Form) -> None:
    outside = form.is_outside
    steps.set_home(
        at.dossier,
        area_code=form.kabupaten.data if outside else form.kampung.data,
        area_text=form.wilayah.data if outside else None,
        street=form.jalan.data,
        rt_rw=form.rtrw.data,
        postcode=form.kodepos.data,
    )


PAGES: dict[StepName, StepPage] = {
    StepName.KIND: StepPage(
        entity.KindForm,
        "journey/kind.html",
        lambda at: {"pelaku": at.dossier.legal_form},
        _save_kind,
        prepare=_prepare_kind,
    ),
    StepName.IDENTITY: StepPage(
        person.IdentityForm,
        "journey/identity.html",
        _fill_identity,
        _save_identity,
        context=lambda _form, at: {"legal_form": at.dossier.legal_form},
    ),
    StepName.PHONE: StepPage(
        person.PhoneForm,
        "journey/phone.html",
        lambda at: {
            "telepon": at.dossier.applicant.phone,
            "surel": at.dossier.applicant.email,
            "npwp": at.dossier.applicant.npwp,
        },
        lambda at, form: steps.set_phone(
            at.dossier, form.telepon.data, npwp=form.npwp.data, email=form.surel.data
        ),
        context=lambda _form, at: {"is_entity": at.is_entity},
    ),
    StepName.ENTITY: StepPage(
        entity.EntityForm,
        "journey/entity.html",
        _fill_entity,
        _save_entity,
        prepare=_prepare_entity,
    ),
    StepName.DEED: StepPage(
        entity.DeedForm, "journey/deed.html", _fill_deed, _save_deed, prepare=_prepare_deed
    ),
    StepName.HOME: StepPage(
        person.HomeForm,
        "journey/home.html",
        _fill_home,
        _save_home,
        prepare=_prepare_home,
        context=lambda _form, at: {"is_entity": at.is_entity},
        only_shows=lambda typed: Sent.LIST in typed,
        entity_form=person.OfficeForm,
    ),
}
