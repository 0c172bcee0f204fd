"""Come back to a dossier with Nomor Bantuan and PIN, on any device; or leave this one."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from app import clock
from app.asked import asked
from app.domain.dossier import journey
from app.forms.access import ResumeForm
from app.forms.fields import SendForm, mistakes
from app.routes.journey.kept import kept_stops
from app.services.dossier import answers as dossier_answers
from app.services.dossier import opening, pins
from app.web.access import applicant_required, asks_for_pin, is_from_here, open_file
from app.web.answers import advance, carried, go, render, see_other, wants_fragment
from app.web.errors import say_wait
from app.web.limiting import known_browser, limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.once import address_of
from app.web.sent import Sent
from app.web.session import (
    enter,
    has_cookies,
    holds_dossier,
    is_for_another,
    leave,
    remember_device,
    start_token,
    take_as_checked,
)
from app.web.transaction import commit_now, let_others_write

bp = Blueprint("resume", __name__, url_prefix="/berkas")

_IN_ADDRESSES = "/?&=%+:;,@!$'()*~-._"
_PAGE_AT_MOST = 300
_CARRIED = "isi-"  # stands before each name that waits: forms share names with this one
_NOT_TYPED = frozenset({Sent.KEY, Sent.FROM, Sent.FILE})
_TAKEN_AT_ONCE = frozenset({"journey.take"})

Pairs = list[tuple[str, str]]


@bp.get("/lanjut")
@open_to_all
def show_resume() -> ResponseReturnValue:
    """Ask for number and PIN; offer the file that is open here."""
    start_token()
    return _resume_page(ResumeForm(formdata=None), mine=open_file())


def _resume_page(
    form: ResumeForm,
    status: int = 200,
    *,
    wrong: str | None = None,
    left: int | None = None,
    until: datetime | None = None,
    page: str = "",
    carry: Pairs | None = None,
    mine: str | None = None,
) -> Response:
    """page: the address that waits for the PIN; carry: what was typed there; mine: open_file()."""
    form.pin.raw = ""  # better typed again than read over a shoulder
    wait_s = None if until is None else (until - clock.now()).total_seconds()
    response = render(
        "resume/show.html",
        status=status,
        form=form,
        form_page=True,
        mistakes=mistakes(form),
        lost=bool(form[Sent.TOKEN].errors),
        cookies=has_cookies(),
        wrong=wrong,
        left=left,
        wait=None if wait_s is None else say_wait(wait_s),
        waiting=[(Sent.PAGE, page), *((_CARRIED + name, value) for name, value in carry or [])],
        typed=_holds_answers(carry or []),
        open_file=mine,
    )
    if wait_s is not None:
        response.headers["Retry-After"] = str(max(math.ceil(wait_s), 1))
    return response


@asks_for_pin
def ask_for_pin() -> Response:
    """Answer a request that needs an open dossier. What was typed goes along and is kept.

    A part of a page that HTMX asks for stays as it is: this page inside of it would stand between
    the person's answers, and the form itself brings them here once it is sent.
    """
    if request.method != "POST" and _wants_part():
        return Response(status=204)
    start_token()
    why = "another" if asked().has_dossier and is_for_another() else "asked"
    if request.method != "POST":
        page = request.full_path.rstrip("?")
        return _resume_page(ResumeForm(formdata=None), 403, page=page, wrong=why)
    if _is_large_file():  # chosen again after the PIN, so there is no need to take it in
        return _resume_page(ResumeForm(formdata=None), 403, page=request.path, wrong=why)
    if Sent.PAGE in request.form:  # this very page, in the other language
        page, carry = _waiting()
    else:
        page, carry = asked().waits_at or request.path, carried()
    return _resume_page(ResumeForm(formdata=None), 403, page=page, carry=carry, wrong=why)


def _is_large_file() -> bool:
    """Return whether a form brings a file that is larger than what a stranger may send."""
    if request.mimetype != "multipart/form-data":
        return False
    try:
        request.form  # noqa: B018 – reading it is what finds out
    except RequestEntityTooLarge:
        return True
    return False


def _wants_part() -> bool:
    """Return whether HTMX asks for a part of a page that is no page of its own."""
    return bool(request.headers.get("HX-Request")) and not wants_fragment()


def _waiting() -> tuple[str, Pairs]:
    """Return the page that waits for the PIN and what was typed there, as the form brings them."""
    carry = [
        (name.removeprefix(_CARRIED), value)
        for name, value in carried()
        if name.startswith(_CARRIED)
    ]
    # It comes back in a header, where a line break would begin another one.
    page = quote(
        request.form.get(Sent.PAGE, "")[:_PAGE_AT_MOST], safe=_IN_ADDRESSES, errors="replace"
    )
    return page, carry


def _holds_answers(carry: Pairs) -> bool:
    return any(name not in _NOT_TYPED for name, _ in carry)


@bp.post("/lanjut")
@open_to_all
@limited(limits.RESUME)
def enter_dossier() -> ResponseReturnValue:
    """Open the dossier; take the step that was waiting, or go to the first open one."""
    form = ResumeForm(formdata=request.form)
    page, carry = _waiting()
    if Sent.LANGUAGE in request.form:
        return _resume_page(form, page=page, carry=carry)
    if not form.validate():
        return _resume_page(form, 422, page=page, carry=carry)
    number = form.nomor.data
    pin_hash = pins.pin_hash_of(number)
    let_others_write()  # comparing takes a while on purpose
    fits = pins.pin_fits(form.pin.data, pin_hash)
    try:
        dossier = pins.open_with_pin(number, form.pin.data, known_browser.asker(), fits=fits)
    except pins.PinWaits as error:
        commit_now()
        return _resume_page(form, 403, wrong="waits", until=error.until, page=page, carry=carry)
    except pins.WrongPin as error:
        commit_now()
        return _resume_page(form, 403, wrong="pin", left=error.left, page=page, carry=carry)
    known_browser.remember(dossier)
    enter(dossier.id)
    commit_now()  # the PIN was right, whatever comes of the answer that is carried along
    asked().dossier = opening.take_to_change(dossier.id)
    if dict(carry).get(Sent.FILE) not in {None, opening.tag_of(asked().dossier)}:
        # Typed for another file, by somebody who was here before: it is not for whoever this is.
        return go_on()
    return _go_back_to(page, carry) or go_on()


def _go_back_to(page: str, carry: Pairs) -> ResponseReturnValue | None:
    """Go to the page that asked for the PIN, filled as it was; None where there is none.

    A step of the journey is taken at once, for it can be mended at any time. Any other form comes
    back with one button to go on: a press before the PIN must not send, close or erase anything.
    """
    path = page.partition("?")[0]
    shown = _endpoint(path, "GET")
    url = request.script_root + (page if shown else path)
    sent = _endpoint(path, "POST") if carry else None
    if sent is None:
        if shown is None:
            return None
        if not wants_fragment():
            return see_other(url)
        response = make_response("", 200)  # it may be a file, which HTMX cannot put into a page
        response.headers["HX-Redirect"] = url
        return response
    endpoint, values = sent
    # From here on this request is the one that was waiting.
    request.form = ImmutableMultiDict(carry)
    asked().waits_at = path
    if endpoint in _TAKEN_AT_ONCE and _holds_answers(carry):
        take_as_checked()  # enter() has given the session a new secret since
    if shown:
        asked().page_url = url
    response = make_response(current_app.view_functions[endpoint](**values))
    if shown and wants_fragment() and response.mimetype == "text/html":
        response.headers.setdefault("HX-Push-Url", url)
    return response


def _endpoint(path: str, method: str) -> tuple[str, dict[str, Any]] | None:
    """Return the page of an applicant that stands at a path, and the values in its address."""
    if not path.startswith("/"):
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    view = current_app.view_functions[endpoint]
    return (endpoint, dict(values)) if getattr(view, "access", "") == "applicant" else None


@bp.get("/teruskan")
@applicant_required
def next_step() -> ResponseReturnValue:
    """Go on where the person left off."""
    answers = dossier_answers.answers_of(asked().dossier)
    if answers.sent:
        return go("result.show_result")
    first = _left_at(answers)
    return go("journey.show_step", **address_of(first)) if first else go("review.review")


def _left_at(answers: journey.Answers) -> journey.Stop | None:
    """Return the first step that waits: with something typed on it, or without an answer."""
    typed = kept_stops()
    waits = (s for s in journey.way(answers) if s in typed and journey.may_open(s, answers))
    return next(waits, None) or journey.first_unanswered(answers)


def go_on() -> ResponseReturnValue:
    """Go to the first step that needs an answer, or to the end of the way."""
    answers = dossier_answers.answers_of(asked().dossier)
    if answers.sent:
        return advance("result.show_result")
    first = _left_at(answers)
    if first is None:
        return advance("review.review")
    return advance("journey.show_step", **address_of(first))


@bp.post("/selesai")
@open_to_all
def finish() -> ResponseReturnValue:
    """Leave the dossier on this device: forget it here, keep it in the service.

    Another site must not do it to somebody, and no stale page may keep them from it. The cookie is
    left alone until a page of ours asks: setting any would replace it.
    """
    ours = is_from_here()
    if SendForm(formdata=request.form).validate() or ours:
        leave()
        return advance("resume.finished")
    return _ask_to_leave() if ours is False else finished()


@bp.get("/selesai")
@open_to_all
def finished() -> ResponseReturnValue:
    """Say that this device forgot the file; offer it where a file is open."""
    return _ask_to_leave() if holds_dossier() else render("resume/left.html", left=True)


def _ask_to_leave() -> Response:
    return render("resume/leave.html", inside=holds_dossier())


_DEVICE_PAGES = {"data": "own_data.show_own_data", "": "home.show_home"}


@bp.post("/perangkat")
@open_to_all
def choose_device() -> ResponseReturnValue:
    """Take whether many people use this phone or computer.

    Without a token, since the page of leaving holds nothing of anybody; only our pages may ask it.
    """
    if is_from_here() is not False:
        remember_device(shared=Sent.SHARED in request.form)
    return advance(_DEVICE_PAGES.get(request.form.get(Sent.FROM, ""), "home.show_home"))
