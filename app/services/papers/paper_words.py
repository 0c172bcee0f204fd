"""What a paper says, in both languages."""

from __future__ import annotations

from enum import Enum

from flask_babel import force_locale

from app.adapters.papers.render import LicencePaper, PaperActivity, Words
from app.domain.dossier.known import known
from app.domain.law.legal_form import RULES
from app.domain.law.risk import products_for
from app.domain.oss.codes import NibStatus
from app.domain.written.support_number import format_support_number
from app.labels import label
from app.models.dossier import Activity, Dossier, Paper
from app.services.reference.book import get_book

LEGAL_BASIS = "PP 28/2025, Pasal 130-131, 206, 220-221"


def both(value: Enum) -> Words:
    """Return the words for a value in both languages."""
    with force_locale("id"):
        indonesian = label(value)
    with force_locale("en"):
        return Words(id=indonesian, en=label(value))


def place_lines(activity: Activity) -> tuple[str, ...]:
    """Return the address of the business, line by line."""
    book = get_book()
    lines = [activity.street or ""]
    if activity.rt_rw:
        lines.append(f"RT/RW {activity.rt_rw}")
    code = activity.village_code or ""
    village, district = book.area(code), book.area(code[:6])
    names = [area.name for area in (village, district) if area]
    lines.append(", ".join([*names, "Kabupaten Sorong"]))
    return tuple(line for line in lines if line)


def _holder(dossier: Dossier) -> str:
    """Return whose licence it is: the company, group or branch, else the person as on a KTP."""
    if RULES[dossier.legal_form].is_entity:
        return known(dossier.entity).name or ""
    return (dossier.applicant.name or "").upper()


def _activity(activity: Activity) -> PaperActivity:
    entry = known(get_book().kbli(known(activity.kbli_year), known(activity.kbli_code)))
    risk = known(activity.risk)
    return PaperActivity(
        kbli_code=entry.code,
        kbli_year=entry.year,
        title=Words(id=entry.title_id, en=entry.name_en or ""),
        plain=Words(id=entry.plain_id or "", en=entry.plain_en or ""),
        risk=both(risk),
        products=tuple(both(product).id for product in products_for(risk)),
    )


def licence_paper(paper: Paper, verify_url: str) -> LicencePaper:
    """Return what the paper shows. It never holds a NIK."""
    dossier = paper.dossier
    activity = dossier.activity
    return LicencePaper(
        kind=paper.kind,
        number=paper.number,
        holder=_holder(dossier),
        trade_name=activity.trade_name or "",
        address=place_lines(activity),
        activities=tuple(_activity(each) for each in dossier.activities),
        size=both(known(activity.size)),
        status=both(NibStatus.of(known(known(dossier.handover).nib_status))),
        issued_at=paper.issued_at,
        declarations=tuple(both(row.kind) for row in dossier.declarations),
        legal_basis=LEGAL_BASIS,
        support_number=format_support_number(dossier.support_number),
        verify_url=verify_url,
        verify_code=" ".join(paper.code[i : i + 4] for i in (0, 4, 8)),
        specimen=paper.specimen,
    )
