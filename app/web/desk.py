"""The desk: which terminal this is, who works at it now, and what its pages need.

Two cookies, both only for the addresses of the desk: one that names the terminal for a year, one
that lets the person in who works there now. Applicants pay for neither, and what an applicant does
in the same browser ends nobody's work.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from app import clock
from app.asked import asked
from app.domain.desk import entrance
from app.extensions import vault
from app.models.staff import StaffDay
from app.services.desk import entering
from app.web.answers import NOT_CARRIED, carried, page_url, render
from app.web.sent import Sent
from app.web.session import give_token
from app.web.transaction import commit_now, will_write

TERMINAL_COOKIE, DAY_COOKIE = "t", "p"
PATH = "/petugas"
_ENGLISH = "/en"
_A_YEAR_S = 365 * 24 * 3600
_RENEW_AFTER = timedelta(minutes=1)  # each renewal is a row written, so not with every page
_NOT_KEPT = NOT_CARRIED | {Sent.KEY, "sandi", Sent.CODE}


def know_terminal() -> str:
    """Return the secret of this terminal; give it one where it has none, or its own was ended."""
    terminal = asked().terminal
    if terminal is None:
        try:
            terminal = str(_signer().loads(request.cookies.get(TERMINAL_COOKIE, "")))
        except BadSignature:
            terminal = ""
        if not terminal or entering.is_ended_terminal(terminal):
            terminal = secrets.token_urlsafe(16)
            _send(TERMINAL_COOKIE, str(_signer().dumps(terminal)), _A_YEAR_S)
        asked().terminal = terminal
        _be(f"{terminal}|", secrets.token_hex(6))
    return terminal


def open_day() -> bool:
    """Put who works here now into the notes. False where nobody does, or the terminal is locked."""
    if asked().has_staff:
        return True
    terminal, secret, now = know_terminal(), request.cookies.get(DAY_COOKIE, ""), clock.now()
    day = entering.find_day(terminal, secret, now) if secret else None
    if day is None:
        return False
    is_idle = entering.is_idle(day, now)
    if is_idle or now - day.used_at > _RENEW_AFTER:
        if request.method in {"GET", "HEAD"}:
            will_write()
            day = entering.find_day(terminal, secret, now)
            if day is None:
                return False
        if is_idle:
            asked().staff = day.staff  # whose lock it is, for the record
            lock(day, what_was_asked())
            return False
        day.used_at = now
        commit_now()
        day = entering.find_day(terminal, secret, now)
        if day is None:
            return False
    asked().staff, asked().day = day.staff, day
    _be(f"{terminal}|{secret}", _mark())
    return True


def again() -> None:
    """Read anew who works here, after will_write() has begun another transaction."""
    asked().forget_staff()
    open_day()


def _mark() -> str:
    """Return what tells the forms of two people apart, and those for two residents."""
    return vault.index(f"{asked().day.id}|{asked().day.wiped}", "desk.mark")[:6].hex()


def _be(whose: str, mark: str) -> None:
    asked().desk_mark = mark
    give_token(vault.index(whose, "desk.csrf")[:12].hex())


def must_choose() -> bool:
    """Return whether whoever works here has still to choose a password or a PIN of their own."""
    return bool(asked().staff.must_change) or not entering.has_pin(asked().day)


def let_in(entered: entering.Entered) -> None:
    """Let this browser work for somebody from now on."""
    _send(DAY_COOKIE, entered.secret, int(entrance.DAY.total_seconds()))


def what_was_asked() -> str | None:
    """Return what a locked person wanted, to go on with it after their PIN."""
    if request.endpoint == "desk.show_lock":
        return None
    if request.method != "POST":
        return json.dumps([request.full_path.rstrip("?"), None])
    pairs = [(name, value) for name, value in carried() if name not in _NOT_KEPT]
    return json.dumps([request.script_root + request.path, pairs])


def lock(day: StaffDay, kept: str | None) -> None:
    """Lock this terminal, kept whatever the answer is."""
    entering.lock(day, kept=kept)
    commit_now()
    forget()


def forget() -> None:
    """Forget who worked here: the cookie goes, and with it everything of this request."""
    _send(DAY_COOKIE, "", 0)
    asked().forget_staff()
    _be(f"{know_terminal()}|", secrets.token_hex(6))


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page of the desk: never stored, and left when nobody comes back to it."""
    staff = asked().staff if asked().has_staff else None
    response = render(template, status=status, here=page_url(), staff=staff, **context)
    if staff:  # a header, since a mark in the page would be read out as one
        idle_s = int(entrance.IDLE.total_seconds())
        response.headers["Refresh"] = f"{idle_s};url={request.script_root}{PATH}/kunci"
    return response


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="desk.terminal")


def _send(name: str, value: str, max_age_s: int) -> None:
    @after_this_request
    def keep(response: Response) -> Response:
        root = request.script_root.removesuffix(_ENGLISH)
        for language in ("", _ENGLISH):
            response.set_cookie(
                name,
                value,
                max_age=max_age_s,
                path=root + language + PATH,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
        return response
