"""Come back to a dossier with Nomor Bantuan and PIN, on any device; or leave this one."""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from app.auth import (
    TAG,
    applicant_required,
    enter,
    has_cookies,
    is_for_another,
    leave,
    open_to_all,
    start_token,
)
from app.domain import journey
from app.extensions import limiter
from app.forms.access import ResumeForm
from app.forms.business import SendForm
from app.forms.fields import mistakes
from app.routes.once import address_of
from app.services import dossiers, pins
from app.web import advance, carried, commit_now, go, let_others_write, render

bp = Blueprint("resume", __name__, url_prefix="/berkas")

_OWN_FIELDS = frozenset({"nomor", "langkah"})
_NOT_TYPED = frozenset({"kunci", "dari", TAG})


@bp.get("/lanjut")
@open_to_all
def show() -> ResponseReturnValue:
    """Ask for number and PIN."""
    start_token()
    return _page(ResumeForm(formdata=None))


def _page(
    form: ResumeForm,
    status: int = 200,
    *,
    wrong: str | None = None,
    left: int | None = None,
    step: str = "",
    carry: list[tuple[str, str]] | None = None,
) -> Response:
    if wrong:
        form.pin.raw = ""  # not shown to whoever looks on, and better typed again
    form.pin.raw = ""  # better typed again than read over a shoulder
    return render(
        "resume/show.html",
        status=status,
        form=form,
        form_page=True,
        mistakes=mistakes(form),
        lost=bool(form.csrf_token.errors),
        cookies=has_cookies(),
        wrong=wrong,
        left=left,
        step=step,
        carry=carry or [],
    )


def ask_for_pin(step: str = "") -> Response:
    """Answer a request that needs an open dossier. What was typed goes along and is kept."""
    start_token()
    step = step or _step_asked_for()
    carry = []
    if request.method == "POST" and step:
        carry = [pair for pair in carried() if pair[0] not in _OWN_FIELDS]
    why = "another" if "dossier" in g and is_for_another() else "asked"
    return _page(ResumeForm(formdata=None), 403, step=step, carry=carry, wrong=why)


def _step_asked_for() -> str:
    """Return the stop of the journey that this request was for; "" for any other page."""
    asked = request.view_args or {}
    if "step" not in asked:
        return ""
    return str(journey.Stop(journey.StepName(asked["step"]), asked.get("ke", 1) - 1))


def _stop(text: str) -> journey.Stop | None:
    try:
        return journey.Stop.parse(text)
    except ValueError:
        return None


@bp.post("/lanjut")
@open_to_all
@limiter.limit("200 per hour")
def enter_dossier() -> ResponseReturnValue:
    """Open the dossier; take the step that was waiting, or go to the first open one."""
    form = ResumeForm(formdata=request.form)
    stop = _stop(request.form.get("langkah", ""))
    step = str(stop) if stop else ""
    carry = [pair for pair in carried() if pair[0] not in _OWN_FIELDS]
    if "ganti" in request.form:
        return _page(form, step=step, carry=carry)
    if not form.validate():
        return _page(form, 422, step=step, carry=carry)
    number = form.nomor.data
    pin_hash = pins.pin_hash_of(number)
    let_others_write()  # comparing takes a while on purpose
    fits = pins.pin_fits(form.pin.data, pin_hash)
    try:
        dossier = pins.open_with_pin(number, fits=fits)
    except pins.PinLocked:
        commit_now()
        return _page(form, 403, wrong="locked", step=step, carry=carry)
    except pins.WrongPin as error:
        commit_now()
        return _page(form, 403, wrong="pin", left=error.left, step=step, carry=carry)
    commit_now()  # the PIN was right, whatever comes of the answer that is carried along
    enter(dossier.id, dossier.session_epoch)
    g.dossier = dossiers.take_to_change(dossier.id)
    g.csrf_valid = True  # checked above; enter() has given the session a new secret since
    if stop and any(name not in _NOT_TYPED for name, _ in carry):
        from app.routes.journey import take_typed

        return ask_for_pin(step) if is_for_another() else take_typed(stop)
    return go_on()


@bp.get("/teruskan")
@applicant_required
def next_step() -> ResponseReturnValue:
    """Go on where the person left off."""
    answers = dossiers.answers_of(g.dossier)
    if answers.sent:
        return go("receipt.show")
    first = journey.first_unanswered(answers)
    return go("journey.show", **address_of(first)) if first else go("receipt.review")


def go_on() -> ResponseReturnValue:
    """Go to the first step that needs an answer, or to the end of the way."""
    answers = dossiers.answers_of(g.dossier)
    if answers.sent:
        return advance("receipt.show")
    first = journey.first_unanswered(answers)
    if first is None:
        return advance("receipt.review")
    return advance("journey.show", **address_of(first))


@bp.post("/selesai")
@open_to_all
def finish() -> ResponseReturnValue:
    """Leave the dossier on this device: forget it here, keep it in the service."""
    SendForm(formdata=request.form)
    leave()
    response = render("resume/left.html")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
