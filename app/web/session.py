"""Who is asking: the session of a browser, the file that it opened, the device it runs on."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, current_app, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup

from app import clock, modes
from app.asked import asked
from app.domain.dossier.seals import ActKind
from app.extensions import vault
from app.practice_space.line import DEVICE_COOKIE, OPENED_COOKIE
from app.services.base import acts
from app.services.dossier import open_sessions, opening, pins
from app.web.sent import Sent

# Short names: this cookie goes up the line with every request, and up is the slow way.
# It only names the session: what it opens, and whether it still does, stands in open_sessions.
_DOSSIER, _TOKEN = "d", "csrf_token"

_A_YEAR = 365 * 24 * 3600

_OPENED_AT_MOST = 5

EXAMPLE = "c"  # practice only: the worked example whose answers stand in the boxes of this file

SESSION_LENGTH = timedelta(hours=12)  # half a day: an afternoon with an outage in it

_RENEW_AFTER = timedelta(minutes=30)  # each renewal is a row written, so not every time


def open_dossier() -> bool:
    """Put the dossier of the session into g. False where there is none, or it has ended."""
    if not holds_dossier():
        return False
    now = clock.now()
    changes = request.method not in {"GET", "HEAD"}
    opened = open_sessions.find(session[_TOKEN], session[_DOSSIER], to_change=changes)
    if opened is None or now - opened.session.used_at > SESSION_LENGTH:
        forget_session()
        return False
    if changes and now - opened.session.used_at > _RENEW_AFTER:
        opened.session.used_at = now
    asked().dossier = opened.session.dossier
    if not changes:  # a form may keep some before the next page is drawn
        asked().has_drafts = opened.has_drafts
    return True


def holds_dossier() -> bool:
    """Return whether this browser was let into a dossier, without asking the database."""
    return _DOSSIER in session and _TOKEN in session


def is_for_another() -> bool:
    """Return whether the form in this request was shown for another file than the one now open."""
    tag = request.form.get(Sent.FILE) if request.method == "POST" else None
    return tag is not None and tag != opening.tag_of(asked().dossier)


def file_tag() -> str:
    """Return the mark that a form of the open file carries; "" where no file is open."""
    return opening.tag_of(asked().dossier) if asked().has_dossier else ""


def form_mark() -> Markup:
    """Return what stands first in a form, so that a browser tells the forms of two people apart.

    Browsers put back what was typed when somebody goes back, whatever a header says, and know a
    form by its address and the names of its first two boxes. So the name is the mark: of the file,
    else of the visit. It is never sent. Own words come back, those of the last person do not.
    """
    mark = asked().desk_mark or file_tag()
    if not mark and _TOKEN in session:
        mark = vault.index(session[_TOKEN], "session.mark")[:6].hex()
    return Markup('<input type="hidden" name="{}" disabled>').format(mark) if mark else Markup()


def enter(dossier_id: int, *, from_own_file: bool = False) -> None:
    """Let this browser act on the dossier from now on. Nothing of an earlier person stays.

    The session is a row of this transaction: it stands or falls with it. from_own_file: the same
    person goes on in a linked file; the form that led there may come again, as the first time.
    """
    if from_own_file:
        forget_session()
    else:
        leave()
    if modes.in_training():
        _note_opened(dossier_id)
    g.pop(_TOKEN, None)  # Flask-WTF keeps the token it made earlier in this request there
    session[_DOSSIER] = dossier_id
    start_token()
    open_sessions.begin(session[_TOKEN], dossier_id, clock.now())
    acts.record(ActKind.LET_IN)


def take_as_checked() -> None:
    """Let the form in this request pass without its token, which was compared before."""
    g.csrf_valid = True  # where Flask-WTF notes it too


def give_token(token: str) -> None:
    """Give the forms of the desk in this request their token, instead of that of the visit."""
    asked().desk_token = token
    g.csrf_token = token  # where Flask-WTF looks for the one it made


def start_token() -> None:
    """Give the session its secret for form tokens: 128 bits, half as long as Flask-WTF's own."""
    if _TOKEN not in session:
        session[_TOKEN] = secrets.token_urlsafe(16)


def opened_here() -> list[int]:
    """Return the practice files that this browser opened. A new PIN since then puts it out."""
    opened = _noted()
    marks = pins.marks_of(opened) if opened else {}
    return [each for each, mark in opened.items() if marks.get(each) == mark]


def _opened_signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="opened")


def _noted() -> dict[int, str]:
    try:
        noted = _opened_signer().loads(request.cookies.get(OPENED_COOKIE, ""))
    except BadSignature:
        return {}
    return {int(each): str(mark) for each, mark in noted}


def _note_opened(dossier_id: int) -> None:
    """Note, in practice only, that the messages about a file come to this browser.

    They come here as to their owner's phone: after leaving too, or no lost PIN could be tried. So
    it is no part of the session, whose cookie goes when the person leaves.
    """
    noted = {each: mark for each, mark in _noted().items() if each != dossier_id}
    noted |= pins.marks_of([dossier_id])

    @after_this_request
    def keep(response: Response) -> Response:
        pairs = list(noted.items())[-_OPENED_AT_MOST:]
        response.set_cookie(
            OPENED_COOKIE,
            str(_opened_signer().dumps(pairs)),
            path=current_app.config["SESSION_COOKIE_PATH"],
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def leave() -> None:
    """Forget the dossier in this browser; a copy of its cookie opens nothing from now on."""
    if holds_dossier():
        open_sessions.end(session[_TOKEN])
    forget_session()


def forget_session() -> None:
    session.clear()
    asked().forget_dossier()


def is_shared_device() -> bool:
    """Return whether somebody said that many people use this phone or computer."""
    return DEVICE_COOKIE in request.cookies


def remember_device(*, shared: bool) -> None:
    """Keep on this device, whoever uses it, that many people use it; or that one does."""
    if shared == is_shared_device():
        return

    @after_this_request
    def keep(response: Response) -> Response:
        options: dict[str, Any] = {
            "path": current_app.config["SESSION_COOKIE_PATH"],
            "secure": current_app.config["SESSION_COOKIE_SECURE"],
            "httponly": True,
            "samesite": "Lax",
        }
        if shared:
            response.set_cookie(DEVICE_COOKIE, "1", max_age=_A_YEAR, **options)
        else:
            response.delete_cookie(DEVICE_COOKIE, **options)
        return response


def has_cookies() -> bool:
    """Return whether the browser sent back any cookie of ours."""
    return bool(request.cookies)
