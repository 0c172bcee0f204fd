"""What OSS has differently from what the person told us: yours, theirs, who mends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_BEFORE, KBLI_NOW
from app.domain.law.risk import RiskLevel
from app.domain.oss.reconciliation import Discrepancy, Mender
from app.forms.fields import SendForm
from app.i18n import DEFAULT, language
from app.labels import label
from app.services.oss import reconciliation
from app.services.oss.reconciliation import Shown
from app.services.reference.book import get_book
from app.web import once
from app.web.access import applicant_required
from app.web.answers import go, render
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.taking import Leads, take_form

bp = Blueprint("differences", __name__, url_prefix="/berkas/selisih")


@dataclass(frozen=True)
class Line:
    """One difference in words. activity: "" where it is about the business itself."""

    what: Discrepancy
    activity: str
    ours: str
    theirs: str
    mender: Mender


@bp.get("")
@applicant_required
def show_differences() -> ResponseReturnValue:
    """Show where OSS and the file differ."""
    if asked().dossier.sent_at is None:
        return go("review.review")
    return _differences_page(SendForm(formdata=None))


@bp.post("")
@applicant_required
@limited(limits.COMPARE)
def again() -> ResponseReturnValue:
    """Compare once more, at once if OSS answers in time."""
    form = SendForm(formdata=request.form)

    def act() -> Leads:
        handover = asked().dossier.handover
        has_nib = handover is not None and handover.nib is not None
        job = reconciliation.plan(asked().dossier) if has_nib else None
        return Leads("differences.show_differences", job)

    return take_form("differences.again", form, partial(_differences_page, form), act)


def _differences_page(form: SendForm, status: int = 200) -> Response:
    handover = asked().dossier.handover
    return render(
        "differences/show.html",
        status=status,
        differences=_lines(reconciliation.open_differences(asked().dossier)),
        compared=reconciliation.was_compared(asked().dossier),
        has_nib=handover is not None and handover.nib is not None,
        **once.form_context(form),
    )


def _lines(found: Iterable[Shown]) -> list[Line]:
    return [
        Line(
            what=each.what,
            activity=_activity(each.subject),
            ours=_words(each.what, each.ours),
            theirs=_words(each.what, each.theirs),
            mender=each.mender,
        )
        for each in found
    ]


def _words(what: Discrepancy, value: str) -> str:
    if not value or what in (Discrepancy.NOT_AT_OSS, Discrepancy.NOT_HERE):
        return ""  # the activity itself says it all
    if what is Discrepancy.SIZE:
        return label(BusinessSize(value))
    if what is Discrepancy.RISK:
        return label(RiskLevel(value))
    return _place(value) if what is Discrepancy.PLACE else value


def _activity(code: str) -> str:
    """Return plain words and code; the code alone where its edition is not loaded."""
    entry = get_book().kbli(KBLI_NOW, code) or get_book().kbli(KBLI_BEFORE, code)
    if entry is None:
        return code
    is_default = language() == DEFAULT
    words = entry.plain_id if is_default else entry.plain_en or entry.name_en
    return f"{words or entry.title_id} ({code})"


def _place(code: str) -> str:
    """Return the names of an area from the smallest up; the code where none is known."""
    book = get_book()
    areas = (book.area(code[:length]) for length in (10, 6, 4))
    return ", ".join(area.name for area in areas if area) or code
