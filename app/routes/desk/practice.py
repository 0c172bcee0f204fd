"""Practice only: whoever learns plays the office, and makes the next thing happen."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.domain.licence.corrections import ReturnReason, parse_target
from app.domain.licence.status import OfficeAction
from app.domain.oss.service_mode import ServiceMode
from app.forms.licences import PracticeForm
from app.labels import label
from app.routes.desk.words import target_words
from app.services.base.post_keys import BadPostKey
from app.services.desk import practice
from app.services.licence import reports, standing
from app.services.papers import taking
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render

bp = Blueprint("practice_office", __name__, url_prefix="/berkas")


def in_training() -> bool:
    """Say whether this installation is for practice."""
    return bool(current_app.config["SETTINGS"].mode is ServiceMode.TRAINING)


def _prepare(form: PracticeForm) -> None:
    rows = practice.waiting(g.dossier)
    form.izin.choices = [(row.id_izin, row.id_izin) for row in rows]
    form.tindakan.choices = [(a.value, label(a)) for a in practice.actions(rows)]
    form.alasan.groups = [("", [(reason.value, label(reason)) for reason in ReturnReason])]
    form.sasaran.groups = [
        ("", [(str(t), target_words(g.dossier, t)) for t in practice.targets(g.dossier)])
    ]


def _practice_office_page(form: PracticeForm, status: int = 200) -> Response:
    ids = {value for value, _words in form.izin.choices}
    views = standing.views(g.dossier, clock.now())
    return render(
        "journey/office.html",
        status=status,
        form_page=bool(ids),
        signed=taking.signed_papers(g.dossier) if ids else [],
        views=[view for view in views if view.licence.id_izin in ids],
        **once.form_context(form),
    )


@bp.get("/latihan-petugas")
@applicant_required
def show_practice_office() -> ResponseReturnValue:
    """Show what the practice office can do with this file."""
    if not in_training():
        abort(404)
    if g.dossier.sent_at is None:
        return go("review.review")
    form = PracticeForm(formdata=None)
    _prepare(form)
    return _practice_office_page(form)


@bp.post("/latihan-petugas")
@applicant_required
def act() -> ResponseReturnValue:
    """Do it, and show what came of it."""
    if not in_training():
        abort(404)
    if g.dossier.sent_at is None:
        return advance("review.review")
    form = PracticeForm(formdata=request.form)
    _prepare(form)
    if "ganti" in request.form:
        return _practice_office_page(form)
    try:
        key = once.claim("practice_office.act", g.dossier.id, may_edit=False)
    except BadPostKey:
        return _practice_office_page(form, 400)
    if key.taken is None:  # pressed twice, the same button does not fit any more
        form.expect()
        if not form.validate():
            return _practice_office_page(form, 422)
        target = parse_target(form.sasaran.data) if form.sasaran.data else None
        try:
            practice.act(
                g.dossier,
                form.izin.data,
                OfficeAction(form.tindakan.data),
                reason=ReturnReason(form.alasan.data) if form.alasan.needed else None,
                target=target,
                note=form.catatan.data or "",
                answer_days=form.hari.data,
            )
        except practice.NotPossible:
            form.tindakan.errors = [str(_("That does not fit where the licence stands now."))]
            return _practice_office_page(form, 422)
        reports.plan(g.dossier)
        key.lead_to("result.show_result", g.dossier.id)
    return advance("result.show_result")
