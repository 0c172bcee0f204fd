"""Pintu petugas: sign in, go on with a PIN, lock, finish with somebody, leave; people."""

from __future__ import annotations

import json
from datetime import datetime

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.asked import asked
from app.domain.desk import entrance
from app.domain.desk.roles import Permission, may_at_all
from app.domain.law.calendar import WIT
from app.forms.desk import PASSWORD_MESSAGES, ChoiceForm, DeskForm, PinForm, SignInForm
from app.forms.fields import mistakes
from app.services.desk import accounts, entering
from app.services.desk.entering import Place
from app.web import desk
from app.web.access import asks_for_staff, not_for_this_role, staff_required
from app.web.answers import advance, see_other, wants_fragment
from app.web.errors import say_wait
from app.web.limiting import limits
from app.web.limiting.limits import limited, who_asks
from app.web.marks import open_to_all
from app.web.sent import Sent
from app.web.session import has_cookies, leave
from app.web.transaction import commit_now, let_others_write

bp = Blueprint("desk", __name__, url_prefix="/petugas")


@asks_for_staff
def ask_who() -> ResponseReturnValue:
    """Lead to the PIN where somebody has a day here, else to the sign-in."""
    where = "/petugas/kunci" if entering.days_at(desk.know_terminal()) else "/petugas/masuk"
    url = request.script_root + where
    if wants_fragment():
        return Response(status=200, headers={"HX-Redirect": url})
    return see_other(url)


@not_for_this_role
def say_not_for_role() -> Response:
    """Say that this is the work of another role."""
    return desk.page("desk/not_yours.html", status=403)


# In


@bp.get("/masuk")
@open_to_all
def show_sign_in() -> ResponseReturnValue:
    """Ask for user name, password and code."""
    desk.know_terminal()
    if desk.open_day():
        return see_other(_url("/petugas"))
    return _sign_in_page(SignInForm(formdata=None))


def _sign_in_page(form: SignInForm, status: int = 200, *, said: str = "") -> Response:
    form.kode.raw = ""
    return desk.page(
        "desk/sign_in.html",
        status=status,
        form=form,
        form_page=True,
        mistakes=mistakes(form),
        lost=bool(form["csrf_token"].errors),
        cookies=has_cookies(),
        said=said,
        server_time=f"{clock.now().astimezone(WIT):%H.%M.%S}",
    )


@bp.post("/masuk")
@open_to_all
@limited(limits.STAFF_SIGN_IN)
def sign_in() -> ResponseReturnValue:
    """Open the day of whoever proves who they are."""
    place = Place(desk.know_terminal(), who_asks())
    form = SignInForm(formdata=request.form)
    if Sent.LANGUAGE in request.form:
        return _sign_in_page(form)
    if not form.validate():
        return _sign_in_page(form, 422)
    kept = entering.password_hash_of(form.nama.data)
    let_others_write()
    right = accounts.fits(form.sandi.data, kept)
    try:
        entered = entering.sign_in(form.nama.data, form.kode.data, place, password_fits=right)
    except entering.Refused:
        commit_now()
        sorry = _("User name, password and code do not fit together. Type all three once more.")
        return _sign_in_page(form, 403, said=sorry)
    except entering.Waits as waits:
        commit_now()
        return _sign_in_page(form, 403, said=_wait_words(waits.until))
    except entering.Asleep:
        commit_now()
        sorry = _("Nobody used this account for 90 days. Ask the admin to wake it.")
        return _sign_in_page(form, 403, said=sorry)
    desk.let_in(entered)
    return see_other(_url("/petugas"))


def _wait_words(until: datetime) -> str:
    time = say_wait((until - clock.now()).total_seconds())
    return str(_("Too many wrong tries from here. Wait %(time)s, then try again.", time=time))


@bp.get("/kunci")
@open_to_all
def show_lock() -> ResponseReturnValue:
    """Lock what is open, and ask for the PIN of whoever goes on."""
    if desk.open_day():  # a page leads here by itself when nobody touched it for five minutes
        return see_other(_url("/petugas"))
    return _lock_page(PinForm(formdata=None))


def _lock_page(form: PinForm, status: int = 200, *, said: str = "") -> ResponseReturnValue:
    people = entering.days_at(desk.know_terminal())
    if not people:
        return see_other(_url("/petugas/masuk"))
    return desk.page(
        "desk/lock.html",
        status=status,
        form=form,
        left=True,
        # Only the page that leaves tells the other tabs: two that both told would never rest.
        leaves=Sent.LEFT in request.args,
        people=people[:9],
        said=said,
        lost=bool(form["csrf_token"].errors),
        mistakes=mistakes(form),
        cookies=has_cookies(),
    )


@bp.post("/kunci")
@staff_required(Permission.BE_HERE)
def lock() -> ResponseReturnValue:
    """Lock by one key. What page it was is kept for the same person."""
    here = request.form.get(Sent.FROM, "")
    is_page = here.startswith(_url("/petugas")) and len(here) < 500
    desk.lock(asked().day, json.dumps([here, None]) if is_page else None)
    return see_other(_url(f"/petugas/kunci?{Sent.LEFT}=1"))


@bp.post("/buka")
@open_to_all
@limited(limits.STAFF_PIN)
def unlock() -> ResponseReturnValue:
    """Go on as the person whose button was pressed."""
    terminal = desk.know_terminal()
    form = PinForm(formdata=request.form)
    if not form.validate():
        return _lock_page(form, 422)
    number = request.form.get(Sent.DAY, "")
    day_id = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    kept = entering.pin_hash_of(day_id, terminal)
    let_others_write()
    right = accounts.fits(form.pin.data, kept)
    try:
        entered = entering.unlock(day_id, terminal, pin_fits=right)
    except entering.Refused:
        commit_now()
        return _lock_page(form, 403, said=_("That is not the PIN. Type it once more."))
    except entering.DayOver:
        commit_now()
        return see_other(_url("/petugas/masuk"))
    desk.let_in(entered)
    where, pairs = json.loads(entered.day.kept) if entered.day.kept else (_url("/petugas"), None)
    if pairs is None:
        entered.day.kept = None
        return see_other(where)
    return see_other(_url("/petugas/tersimpan"))


@bp.get("/tersimpan")
@staff_required(Permission.BE_HERE)
def show_kept() -> ResponseReturnValue:
    """Give back what somebody sent after the lock had come. It stays until they send it on."""
    kept = asked().day.kept
    if not kept:
        return see_other(_url("/petugas"))
    where, pairs = json.loads(kept)
    return desk.page("desk/kept.html", where=where, pairs=pairs or [])


# Out


@bp.post("/selesai")
@staff_required(Permission.BE_HERE)
def wipe() -> ResponseReturnValue:
    """Finish with the resident at the counter: their file is closed, no form of theirs stays."""
    leave()
    entering.wipe(asked().day)
    return see_other(_url(f"/petugas?{Sent.FINISHED}=1"))


@bp.post("/pulang")
@staff_required(Permission.BE_HERE)
def go_home() -> ResponseReturnValue:
    """End the day at this terminal."""
    entering.leave(asked().day)
    commit_now()
    desk.forget()
    return see_other(_url("/petugas/masuk"))


# One's own


@bp.get("/pilih")
@staff_required(Permission.BE_HERE)
def show_choices() -> ResponseReturnValue:
    """Ask for a password and a PIN of one's own."""
    return _choice_page(ChoiceForm(formdata=None))


def _choice_page(form: ChoiceForm, status: int = 200) -> Response:
    return desk.page(
        "desk/choose.html",
        status=status,
        form=form,
        form_page=True,
        mistakes=mistakes(form),
        lost=bool(form["csrf_token"].errors),
        cookies=has_cookies(),
        with_password=asked().staff.must_change,
        codes_left=accounts.codes_left(asked().staff),
    )


@bp.post("/pilih")
@staff_required(Permission.BE_HERE)
def choose() -> ResponseReturnValue:
    """Keep them."""
    form = ChoiceForm(formdata=request.form)
    if not asked().staff.must_change:
        del form.sandi
    if Sent.LANGUAGE in request.form:
        return _choice_page(form)
    if not form.validate():
        return _choice_page(form, 422)
    password_hash = None
    if asked().staff.must_change:
        try:
            password = accounts.check_password(asked().staff, form.sandi.data)
        except entrance.PasswordError as error:
            words = str(PASSWORD_MESSAGES[error.problem])
            form.sandi.errors = [words.format(at_least=error.at_least, at_most=error.at_most)]
            return _choice_page(form, 422)
        password_hash = accounts.hash_of(password)
    pin_hash = accounts.hash_of(form.pin.data)
    if password_hash is not None:
        accounts.change_password(asked().staff, password_hash)
    entering.set_pin(asked().day, pin_hash)
    return see_other(_url("/petugas"))


# The people


@bp.get("/orang")
@staff_required(Permission.SEE_PEOPLE)
def show_people() -> ResponseReturnValue:
    """Show accounts and who is at which terminal."""
    return desk.page(
        "desk/people.html",
        people=accounts.every(),
        days=accounts.open_days(),
        may_end=may_at_all(asked().staff.role, [Permission.END_SESSIONS]),
        form=DeskForm(formdata=None),
        now=clock.now(),
        idle=entrance.IDLE,
    )


@bp.post("/orang/hari/<int:number>/akhiri")
@staff_required(Permission.END_SESSIONS)
def end_day(number: int) -> ResponseReturnValue:
    """End somebody's day at a terminal."""
    if DeskForm(formdata=request.form).validate() and not entering.end_day_with(number):
        abort(404)
    return advance("desk.show_people")


@bp.post("/orang/terminal/<int:number>/akhiri")
@staff_required(Permission.END_SESSIONS)
def end_terminal(number: int) -> ResponseReturnValue:
    """Take a terminal off the register."""
    if DeskForm(formdata=request.form).validate() and not entering.end_terminal(number):
        abort(404)
    return advance("desk.show_people")


def _url(path: str) -> str:
    return request.script_root + path
