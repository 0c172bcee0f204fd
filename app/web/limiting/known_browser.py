"""Which browser this is, for the files that it has opened: its wrong PINs are counted for itself.

The name is random and lets nobody in. It is kept when the person leaves: it only spares the owner
of a file from waiting for what strangers did.
"""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, current_app, request

from app.asked import asked
from app.models.dossier import Dossier
from app.services.dossier import pins
from app.web.limiting.limits import who_asks

COOKIE = "k"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{16}")  # 96 random bits
_KEPT_S = 400 * 24 * 3600  # browsers keep none longer
_PATH = "/berkas"  # so that other pages do not pay for it
_ENGLISH = "/en"


def asker() -> pins.Asker:
    """Return who gives a PIN in this request."""
    return pins.Asker(browser=_name(), address=who_asks())


def remember(dossier: Dossier) -> None:
    """Note that this browser was let into the dossier; give it a name if it has none."""
    name = _name()
    if name is None:
        name = asked().new_browser = secrets.token_urlsafe(12)
    pins.remember(dossier, name)


def _name() -> str | None:
    name: str = asked().new_browser or request.cookies.get(COOKIE, "")
    return name if _SHAPE.fullmatch(name) else None


def _give_name(response: Response) -> Response:
    name = asked().new_browser
    if name is None or response.status_code >= 400:
        return response
    root = request.script_root.removesuffix(_ENGLISH)
    for language in ("", _ENGLISH):
        response.set_cookie(
            COOKIE,
            name,
            max_age=_KEPT_S,
            path=root + language + _PATH,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def init_app(app: Flask) -> None:
    """Bind the cookie."""
    app.after_request(_give_name)
