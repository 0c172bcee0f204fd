"""Try it safely: what the practice space is, and what it says when it cannot be reached.

The practice space itself is another process (app/practice_space/keeper.py). Its pages are those of
the service; only its front page, the strip on top and the page after a wipe are of its own.
"""

from __future__ import annotations

from datetime import time

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from app.config import PracticeSpace, Settings
from app.i18n import OTHER, chosen_language
from app.practice_space.line import AWAY, MOUNT
from app.practice_space.people import people_to_try
from app.services.rights import retention
from app.web.access import open_file
from app.web.answers import carried, render, see_other
from app.web.marks import open_to_all
from app.web.sent import Sent

bp = Blueprint("practice_space", __name__)

TRY_AGAIN_S = 20


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def is_inside() -> bool:
    """Return whether this program is the practice space of another service."""
    return _settings().is_inside


@bp.get(MOUNT, strict_slashes=False)
@open_to_all
def show_practice_space() -> ResponseReturnValue:
    """Where everything is practice already: the same page, with people to try.

    With a practice space this address is its own, and does not come here.
    """
    if is_inside():
        return see_other(url_for("home.show_home"))
    if not _settings().in_training:
        abort(404)
    return landing()


def landing() -> Response:
    """Say what practice is, for whom, and which made-up people there are to try."""
    mine = open_file()
    return render(
        "practice/show.html",
        public_for=0 if mine else 300,
        open_file=mine,
        inside=is_inside(),
        wiped_at=_hour(_settings().practice_wipe_at),
        people=people_to_try(),
        kept_days=retention.training_days(),
    )


def _hour(at: time) -> str:
    return f"{at:%H:%M}" if chosen_language() == OTHER else f"{at:%H.%M}"


def how_to_practise() -> str:
    """Return the page that says who to be in practice, where codes arrive, and what stays."""
    return url_for("home.show_home" if is_inside() else "practice_space.show_practice_space")


def practice_address() -> str:
    """Return the front page of the practice space, in the language of the page."""
    root = str(request.environ.get("oss.root", ""))
    return root + MOUNT + ("/en/" if chosen_language() == OTHER else "/")


def leave_practice() -> str:
    """Return the front page of the real service, in the language of the page."""
    root = str(request.environ.get("oss.root", "")).removesuffix(MOUNT)
    return root + ("/en/" if chosen_language() == OTHER else "/")


def _say_that_it_is_away() -> ResponseReturnValue | None:
    """Answer what could not be passed on to the practice space."""
    why = request.environ.get(AWAY)
    if why is None:
        return None
    if why == "large":
        abort(413)
    inner = request.path.removeprefix(MOUNT)
    root = practice_address().removesuffix("/")
    response = render(
        "practice/away.html",
        status=503,
        busy=why == "busy",
        address=root + inner,
        resend=_typed() if request.method == "POST" else [],
        wiped_at=_hour(_settings().practice_wipe_at),
    )
    response.headers["Retry-After"] = str(TRY_AGAIN_S)
    return response


def _typed() -> list[tuple[str, str]]:
    """Return what to send again, with the token that the practice space itself had given."""
    token = request.form.get(Sent.TOKEN)
    return carried() + ([(Sent.TOKEN, token)] if token else [])


def _say_that_it_was_wiped() -> ResponseReturnValue | None:
    """Answer whoever goes on with a file of before the last wipe. The keys went with the data."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "access", None) != "applicant" or not _was_wiped(current_app):
        return None
    response = render("practice/wiped.html", status=410)
    response.delete_cookie(current_app.config["SESSION_COOKIE_NAME"], path=MOUNT)
    return response


def _was_wiped(app: Flask) -> bool:
    """Return whether the session in this request was signed with a key that is gone."""
    cookie = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
    reader = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    if not cookie or not isinstance(reader, URLSafeTimedSerializer):
        return False
    try:
        reader.loads(cookie, max_age=int(app.permanent_session_lifetime.total_seconds()))
    except SignatureExpired:
        return False  # the file is still there: number and PIN open it
    except BadSignature:
        return True
    return False


@bp.record_once
def _bind(state: BlueprintSetupState) -> None:
    app = state.app
    settings: Settings = app.config["SETTINGS"]
    if settings.in_training:
        app.add_template_global(how_to_practise)
    if settings.practice_space is PracticeSpace.ON:
        app.before_request(_say_that_it_is_away)
        app.add_template_global(practice_address)
    elif settings.is_inside:
        app.before_request(_say_that_it_was_wiped)
        app.add_template_global(leave_practice)
