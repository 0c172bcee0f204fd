"""Outside practice: what OSS shows for a licence, entered by hand."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from app import modes
from app.asked import asked
from app.domain.licence.status import public_state
from app.domain.oss.codes import LicenceStatus
from app.forms.licences import OssStatusForm
from app.labels import label
from app.models.licence import Licence
from app.services.dossier.activity import activity_at
from app.services.licence import standing
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render
from app.web.taking import Leads, take_form

bp = Blueprint("oss_status", __name__, url_prefix="/berkas")


def _name(row: Licence) -> str:
    """Return what a person knows a licence by: its number, else the activity it is for."""
    activity = activity_at(asked().dossier, row.activity_position)
    return row.number or f"KBLI {activity.kbli_code}"


def _prepare(form: OssStatusForm) -> None:
    rows = [row for row in standing.of(asked().dossier) if row.product is not None]
    form.izin.choices = [(row.id_izin, _name(row)) for row in rows]
    words = [
        (each.value, f"{each.value} – {label(public_state(each))}")
        for each in LicenceStatus.known()
    ]
    form.status.groups = [("", words)]


def _oss_status_page(form: OssStatusForm, status: int = 200) -> Response:
    return render(
        "journey/oss_status.html",
        status=status,
        form_page=bool(form.izin.choices),
        **once.form_context(form),
    )


@bp.get("/status-oss")
@applicant_required
def show_oss_status() -> ResponseReturnValue:
    """Ask what OSS shows."""
    if modes.in_training():
        abort(404)
    if asked().dossier.sent_at is None:
        return go("review.review")
    form = OssStatusForm(formdata=None)
    _prepare(form)
    return _oss_status_page(form)


@bp.post("/status-oss")
@applicant_required
def take() -> ResponseReturnValue:
    """Keep it as news about the licence."""
    if modes.in_training():
        abort(404)
    if asked().dossier.sent_at is None:
        return advance("review.review")
    form = OssStatusForm(formdata=request.form)
    _prepare(form)
    if not form.izin.choices:
        return _oss_status_page(form)

    def act() -> Leads:
        status = LicenceStatus(form.status.data)
        standing.read_in_oss(asked().dossier, form.izin.data, status, on=form.tanggal.data)
        return Leads("result.show_result")

    return take_form("oss_status.take", form, partial(_oss_status_page, form), act)
