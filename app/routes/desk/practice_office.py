"""Practice only: whoever learns plays the office, and makes the next thing happen."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, modes
from app.asked import asked
from app.domain.licence.corrections import ReturnReason, parse_target
from app.domain.licence.status import OfficeAction
from app.forms.licences import PracticeOfficeForm
from app.labels import label
from app.routes.desk.words import target_words
from app.services.desk import practice_office
from app.services.licence import reports, views
from app.services.papers import taking
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render
from app.web.taking import Leads, NotTaken, take_form

bp = Blueprint("practice_office", __name__, url_prefix="/berkas")


def _prepare(form: PracticeOfficeForm) -> None:
    rows = practice_office.waiting(asked().dossier)
    form.izin.choices = [(row.id_izin, row.id_izin) for row in rows]
    form.tindakan.choices = [(a.value, label(a)) for a in practice_office.actions(rows)]
    form.alasan.groups = [("", [(reason.value, label(reason)) for reason in ReturnReason])]
    form.sasaran.groups = [
        (
            "",
            [
                (str(t), target_words(asked().dossier, t))
                for t in practice_office.targets(asked().dossier)
            ],
        )
    ]


def _practice_office_page(form: PracticeOfficeForm, status: int = 200) -> Response:
    ids = {value for value, _words in form.izin.choices}
    shown = views.views(asked().dossier, clock.now())
    return render(
        "journey/office.html",
        status=status,
        form_page=bool(ids),
        signed=taking.signed_papers(asked().dossier) if ids else [],
        views=[view for view in shown if view.licence.id_izin in ids],
        **once.form_context(form),
    )


@bp.get("/latihan-petugas")
@applicant_required
def show_practice_office() -> ResponseReturnValue:
    """Show what the practice office can do with this file."""
    if not modes.in_training():
        abort(404)
    if asked().dossier.sent_at is None:
        return go("review.review")
    form = PracticeOfficeForm(formdata=None)
    _prepare(form)
    return _practice_office_page(form)


@bp.post("/latihan-petugas")
@applicant_required
def act() -> ResponseReturnValue:
    """Do it, and show what came of it."""
    if not modes.in_training():
        abort(404)
    if asked().dossier.sent_at is None:
        return advance("review.review")
    form = PracticeOfficeForm(formdata=request.form)
    _prepare(form)

    def do() -> Leads:
        form.expect()
        if not form.validate():
            raise NotTaken
        target = parse_target(form.sasaran.data) if form.sasaran.data else None
        try:
            practice_office.act(
                asked().dossier,
                form.izin.data,
                OfficeAction(form.tindakan.data),
                reason=ReturnReason(form.alasan.data) if form.alasan.needed else None,
                target=target,
                note=form.catatan.data or "",
                answer_days=form.hari.data,
            )
        except practice_office.NotPossible:
            form.tindakan.errors = [str(_("That does not fit where the licence stands now."))]
            raise NotTaken from None
        reports.plan(asked().dossier)
        return Leads("result.show_result")

    # Pressed twice, the same button does not fit any more: so the key is looked at first.
    page = partial(_practice_office_page, form)
    return take_form("practice_office.act", form, page, do, valid=lambda: True, may_edit=False)
