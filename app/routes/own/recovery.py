"""Lost PIN or number: a code by message, from the counter, or with a facilitator's help.

The answers and their cost are the same whether or not a dossier exists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, request, session
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.asked import asked
from app.domain.dossier.recovery import RecoveryWay
from app.forms.recovery import (
    CodeForm,
    CounterForm,
    FacilitatorForm,
    LostNumberForm,
    LostPinForm,
    NewPinForm,
)
from app.services.base.post_keys import Taken
from app.services.dossier import opening, pins
from app.services.messages.outbox import CodeWay, code_way
from app.services.rights import recovery
from app.web import once
from app.web.answers import advance, go, render
from app.web.limiting import known_browser, limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.session import enter, start_token
from app.web.taking import Leads, anew, take_form
from app.web.transaction import commit_now, let_others_write

bp = Blueprint("recovery", __name__, url_prefix="/berkas/lupa")

_TICKET = "l"


def _ask(name: str, form: FlaskForm) -> Response:
    """Show a form that ends in a code; where no code can be sent, what to do instead."""
    if code_way() is CodeWay.NOWHERE:
        return render("recovery/no_way.html")
    return _recovery_page(name, form)


def _recovery_page(name: str, form: FlaskForm, status: int = 200, **more: Any) -> Response:
    return render(
        f"recovery/{name}.html",
        status=status,
        form_page=True,
        **more,
        **once.form_context(form),
    )


@bp.get("")
@open_to_all
def ask() -> ResponseReturnValue:
    """Ask for the number."""
    start_token()
    return _ask("number", LostPinForm(formdata=None))


@bp.get("/nomor")
@open_to_all
def ask_person() -> ResponseReturnValue:
    """Ask for NIK and phone: the number is lost too."""
    start_token()
    return _ask("person", LostNumberForm(formdata=None))


@bp.get("/pendamping")
@open_to_all
def ask_facilitator() -> ResponseReturnValue:
    """Ask a facilitator for the number and the consent code."""
    start_token()
    return _ask("facilitator", FacilitatorForm(formdata=None))


@bp.post("")
@open_to_all
@limited(limits.RECOVERY_ASK)
def start() -> ResponseReturnValue:
    """Plan a code for the file with this number, if there is one."""
    form = LostPinForm(formdata=request.form)
    return _begin("number", form, RecoveryWay.NUMBER, lambda: opening.id_of(form.nomor.data))


@bp.post("/nomor")
@open_to_all
@limited(limits.RECOVERY_ASK)
def start_by_person() -> ResponseReturnValue:
    """Plan a code for the newest file of this NIK and phone, if there is one."""
    form = LostNumberForm(formdata=request.form)

    def find() -> int | None:
        return recovery.by_person(form.nik.data, form.telepon.data)

    return _begin("person", form, RecoveryWay.NIK, find)


@bp.post("/pendamping")
@open_to_all
@limited(limits.RECOVERY_ASK)
def start_by_facilitator() -> ResponseReturnValue:
    """Plan a code for the file whose owner gave this consent, if there is one."""
    form = FacilitatorForm(formdata=request.form)

    def find() -> int | None:
        return recovery.by_consent(form.nomor.data, form.kode.data)

    return _begin("facilitator", form, RecoveryWay.FACILITATOR, find)


def _begin(
    page: str, form: FlaskForm, way: RecoveryWay, find: Callable[[], int | None]
) -> ResponseReturnValue:
    """find: the number of the file, where there is one."""

    def act() -> Leads:
        if code_way() is CodeWay.NOWHERE:
            return Leads("recovery.ask")
        session[_TICKET] = recovery.ask(find(), way)
        return Leads("recovery.code")

    def again(taken: Taken) -> ResponseReturnValue | None:
        return advance("recovery.code") if taken.same and _TICKET in session else None

    name, show = f"recovery.{page}", partial(_recovery_page, page, form)
    return take_form(name, form, show, act, may_edit=False, again=again)


def _wrong(name: str, form: CodeForm | CounterForm, **more: Any) -> Response:
    """Say that a code does not fit. Each is a try, so the form gets a key of its own."""
    commit_now()
    form.kode.raw = ""
    asked().bad_key = True
    context = {**once.form_context(form), "lost": False}
    return render(
        f"recovery/{name}.html", status=403, form_page=True, wrong=True, **more, **context
    )


def _proven(taken: Taken) -> ResponseReturnValue | None:
    """Go on where a right code came twice; compare it where it is another try."""
    right = taken.same and recovery.proven(session.get(_TICKET, ""))
    return advance("recovery.choose") if right else None


@bp.get("/kode")
@open_to_all
def code() -> ResponseReturnValue:
    """Ask for the code. Whether one was sent is told to the phone alone."""
    if _TICKET not in session:
        return go("recovery.ask")
    start_token()
    return _recovery_page("code", CodeForm(formdata=None))


@bp.post("/kode")
@open_to_all
@limited(limits.RECOVERY_CODE)
def check_code() -> ResponseReturnValue:
    """Compare the code. Each time that it comes is a try, but a right one sent twice is right."""
    form = CodeForm(formdata=request.form)
    if _TICKET not in session:
        return advance("recovery.ask")

    def act() -> Leads | Response:
        try:
            recovery.check_code(session[_TICKET], form.kode.data)
        except recovery.WrongCode as error:
            return _wrong("code", form, left=error.left)
        return Leads("recovery.choose")

    page = partial(_recovery_page, "code", form)
    return take_form("recovery.check_code", form, page, act, may_edit=False, again=_proven)


@bp.get("/loket")
@open_to_all
def ask_counter() -> ResponseReturnValue:
    """Ask for the number and the code that an officer gave."""
    start_token()
    return _recovery_page("counter", CounterForm(formdata=None))


@bp.post("/loket")
@open_to_all
@limited(limits.RECOVERY_COUNTER)
def check_counter() -> ResponseReturnValue:
    """Compare the code from the counter."""
    form = CounterForm(formdata=request.form)

    def act() -> Leads | Response:
        try:
            session[_TICKET] = recovery.check_counter_code(form.nomor.data, form.kode.data)
        except recovery.WrongCode:
            return _wrong("counter", form)
        return Leads("recovery.choose")

    page = partial(_recovery_page, "counter", form)
    return take_form("recovery.check_counter", form, page, act, may_edit=False, again=_proven)


@bp.get("/pin")
@open_to_all
def choose() -> ResponseReturnValue:
    """Ask for the new PIN."""
    if recovery.proven(session.get(_TICKET, "")) is None:
        return go("recovery.ask")
    start_token()
    return _recovery_page("pin", NewPinForm(formdata=None))


@bp.post("/pin")
@open_to_all
@limited(limits.RECOVERY_PIN)
def set_pin() -> ResponseReturnValue:
    """Set the new PIN, put everybody else out, and show the number to keep."""
    form = NewPinForm(formdata=request.form)
    pin_hash = ""

    def page(status: int) -> Response:
        form.pin.raw = ""  # better typed again than read over a shoulder
        return _recovery_page("pin", form, status)

    def slow() -> None:
        nonlocal pin_hash
        let_others_write()
        pin_hash = pins.hash_pin(form.pin.data)

    def act() -> Leads:
        dossier = recovery.set_pin(session.get(_TICKET, ""), pin_hash)
        if dossier is None:
            return Leads("recovery.ask")
        known_browser.remember(dossier)
        enter(dossier.id)
        asked().dossier = dossier
        return Leads("start.number")

    return take_form("recovery.set_pin", form, page, act, may_edit=False, again=anew, slow=slow)
