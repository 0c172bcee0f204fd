"""My data: what is kept, a copy of it, who may help, withdrawing and erasing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.dossier.retention import ANSWER_WITHIN, FileCase
from app.forms.fields import SendForm
from app.forms.recovery import ConsentForm
from app.models.dossier import Dossier
from app.services.oss import handovers
from app.services.rights import consents, own_data, paper, retention
from app.services.rights.retention import Kept
from app.web import once
from app.web.access import applicant_required
from app.web.answers import render
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.taking import Leads, NotTaken, take_form

bp = Blueprint("own_data", __name__, url_prefix="/berkas")

_HOURS = int(ANSWER_WITHIN.total_seconds()) // 3600


@bp.get("/data-saya")
@applicant_required
def show_own_data() -> ResponseReturnValue:
    """Show what is kept, why and how long, and what can be done about it."""
    return _show(SendForm(formdata=None))


def _show(form: SendForm, status: int = 200) -> Response:
    return render(
        "own_data/show.html",
        status=status,
        groups=own_data.kept(asked().dossier),
        request_open=own_data.open_request(asked().dossier),
        may_withdraw=own_data.may_withdraw(asked().dossier),
        may_erase=own_data.may_ask_erasure(asked().dossier),
        sent=asked().dossier.sent_at is not None,
        may_take_back=handovers.may_take_back(asked().dossier),
        why=retention.why_kept(asked().dossier),
        draft_days=retention.untouched_days(),
        hours=_HOURS,
        **once.form_context(form),
    )


@bp.get("/data-saya.json")
@applicant_required
@limited(limits.PAPER)
def as_json() -> ResponseReturnValue:
    """Everything about this file, for another program."""
    response = jsonify(own_data.export(asked().dossier))
    response.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/data-saya.pdf")
@applicant_required
@limited(limits.PAPER)
def as_pdf() -> ResponseReturnValue:
    """The same, to read or print."""
    response = make_response(paper.draw(asked().dossier))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="data-saya.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/data-saya/tarik")
@applicant_required
def ask_withdraw() -> ResponseReturnValue:
    """Say what withdrawing means."""
    return _confirm("withdraw", SendForm(formdata=None))


@bp.get("/data-saya/hapus")
@applicant_required
def ask_erasure() -> ResponseReturnValue:
    """Say what erasing means."""
    return _confirm("erase", SendForm(formdata=None))


def _confirm(name: str, form: SendForm, status: int = 200) -> Response:
    files = retention.rules().files
    why = retention.why_kept(asked().dossier)
    return render(
        f"own_data/{name}.html",
        status=status,
        may=own_data.may_withdraw(asked().dossier)
        if name == "withdraw"
        else own_data.may_ask_erasure(asked().dossier),
        is_open=own_data.open_request(asked().dossier) is not None,
        has_nib=why is Kept.NIB,
        under_way=why is Kept.UNDER_WAY,
        days=files[FileCase.WITHDRAWN if name == "withdraw" else FileCase.ERASURE].days,
        hours=_HOURS,
        **once.form_context(form),
    )


@bp.post("/data-saya/tarik")
@applicant_required
def withdraw() -> ResponseReturnValue:
    """Withdraw the file. Sent twice, it is withdrawn once."""
    return _take("withdraw", own_data.withdraw)


@bp.post("/data-saya/hapus")
@applicant_required
def erase() -> ResponseReturnValue:
    """Plan the erasure. Sent twice, it is planned once."""
    return _take("erase", own_data.ask_erasure)


def _take(name: str, ask: Callable[[Dossier], object]) -> ResponseReturnValue:
    form = SendForm(formdata=request.form)

    def act() -> Leads:
        try:
            ask(asked().dossier)
        except own_data.CannotAsk:
            raise NotTaken from None
        return Leads("own_data.show_own_data")

    return take_form(f"own_data.{name}", form, partial(_confirm, name, form), act)


@bp.post("/data-saya/batal")
@applicant_required
def undo() -> ResponseReturnValue:
    """Take back what was asked."""
    form = SendForm(formdata=request.form)

    def act() -> Leads:
        own_data.undo(asked().dossier)
        return Leads("own_data.show_own_data")

    return take_form("own_data.undo", form, partial(_show, form), act)


@bp.get("/data-saya/pendamping")
@applicant_required
def helpers() -> ResponseReturnValue:
    """Show who may help, with the code of each."""
    return _helpers(ConsentForm(formdata=None))


def _helpers(form: ConsentForm, status: int = 200, *, full: bool = False) -> Response:
    return render(
        "own_data/helpers.html",
        status=status,
        consents=consents.open_of(asked().dossier),
        full=full,
        **once.form_context(form),
    )


@bp.post("/data-saya/pendamping")
@applicant_required
def give_consent() -> ResponseReturnValue:
    """Give a consent. Sent twice, it is given once."""
    form = ConsentForm(formdata=request.form)

    def act() -> Leads | Response:
        try:
            consents.give(asked().dossier, form.siapa.data, int(form.lama.data))
        except consents.TooManyConsents:
            return _helpers(form, 422, full=True)
        return Leads("own_data.helpers")

    return take_form("own_data.give_consent", form, partial(_helpers, form), act, may_edit=False)


@bp.post("/data-saya/pendamping/<int:consent>/cabut")
@applicant_required
def withdraw_consent(consent: int) -> ResponseReturnValue:
    """Take a consent back."""

    def act() -> Leads:
        if not consents.withdraw(asked().dossier, consent):
            abort(404)
        return Leads("own_data.helpers")

    page = partial(_helpers, ConsentForm(formdata=None))
    return take_form("own_data.withdraw_consent", SendForm(formdata=request.form), page, act)
