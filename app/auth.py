"""Who is asking, and who may. Every view names its access; a test refuses a view that does not."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request, session

# Short names: this cookie goes up the line with every request, and up is the slow way.
_DOSSIER, _AT, _EPOCH, _TOKEN = "d", "a", "e", "csrf_token"

# Practice only: files that were opened in this browser, [id, epoch], the newest last. Their
# messages come here as to their owner's phone: after leaving too, or no lost PIN could be tried.
_OPENED = "o"
_OPENED_AT_MOST = 5

EXAMPLE = "c"  # practice only: the worked example whose answers stand in the boxes of this file

TAG = "untuk_berkas"  # the field of a form that says for which file it was shown

View = TypeVar("View", bound=Callable[..., Any])

SESSION_LENGTH = timedelta(hours=12)  # half a day: an afternoon with an outage in it
_WHILE_WITHDRAWN = frozenset(
    f"app.routes.{name}" for name in ("messages", "own_data", "resume", "start")
)
_RENEW_AFTER = timedelta(minutes=30)  # each renewal costs the person a cookie, so not every time


def open_to_all(view: View) -> View:
    """Mark a view that anybody may use."""
    view.access = "all"  # type: ignore[attr-defined]
    return view


def applicant_required(view: View) -> View:
    """Let in whoever opened the dossier with its PIN; ask for the PIN otherwise.

    A form that arrives without a session is not lost: its answers come back in the page that asks
    for the PIN, and go on from there.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        # What was sent is read before a transaction begins: the line may take minutes over it.
        request.get_data(parse_form_data=True)
        if ("dossier" not in g and not open_dossier()) or is_for_another():
            from app.routes.resume import ask_for_pin

            return ask_for_pin()
        if g.dossier.withdrawn_at is not None and view.__module__ not in _WHILE_WITHDRAWN:
            from app.web import advance, go

            # Read on or undo: nothing else can be done with a file that was withdrawn.
            leads = go if request.method in {"GET", "HEAD"} else advance
            return leads("own_data.show")
        return view(*args, **kwargs)

    guarded.access = "applicant"  # type: ignore[attr-defined]
    return cast(View, guarded)


def oss_only(view: View) -> View:
    """Let in the national OSS alone, where we are connected to it. Elsewhere there is nothing here.

    The view is given the notice, read and proven to come from OSS; anybody else gets its refusal.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        from app.routes.oss_inbound import receive

        return receive(view, *args, **kwargs)

    guarded.access = "oss"  # type: ignore[attr-defined]
    return cast(View, guarded)


def open_dossier() -> bool:
    """Put the dossier of the session into g. False where there is none, or it is too old."""
    from app.services import dossiers

    opened_at = session.get(_AT)
    if _DOSSIER not in session or not isinstance(opened_at, int):
        return False
    now = datetime.now(UTC)
    age = now - datetime.fromtimestamp(opened_at, UTC)
    if age > SESSION_LENGTH:
        leave()
        return False
    changes = request.method not in {"GET", "HEAD"}
    dossier = dossiers.find_by_id(session[_DOSSIER], to_change=changes)
    if dossier is None or dossier.session_epoch != session.get(_EPOCH, 0):
        leave()
        return False
    if age > _RENEW_AFTER:
        session[_AT] = int(now.timestamp())
    g.dossier = dossier
    return True


def holds_dossier() -> bool:
    """Say whether this browser was let into a dossier, without asking the database."""
    return _DOSSIER in session


def is_for_another() -> bool:
    """True when the form in this request was shown for another file than the one now open."""
    from app.services import dossiers

    tag = request.form.get(TAG) if request.method == "POST" else None
    return tag is not None and tag != dossiers.tag_of(g.dossier)


def file_tag() -> str:
    """Return the mark that a form of the open file carries; "" where no file is open."""
    from app.services import dossiers

    return dossiers.tag_of(g.dossier) if "dossier" in g else ""


def enter(dossier_id: int, epoch: int = 0) -> None:
    """Let this browser act on the dossier from now on. Nothing of an earlier person stays.

    epoch: the dossier's session_epoch; the session ends when a new PIN counts it up.
    """
    opened = [each for each in opened_here() if each[0] != dossier_id]
    session.clear()
    if current_app.config["SETTINGS"].is_practice:
        session[_OPENED] = [*opened, (dossier_id, epoch)][-_OPENED_AT_MOST:]
    g.pop(_TOKEN, None)  # Flask-WTF keeps the token it made earlier in this request there
    session[_DOSSIER] = dossier_id
    if epoch:
        session[_EPOCH] = epoch
    session[_AT] = int(datetime.now(UTC).timestamp())
    start_token()


def start_token() -> None:
    """Give the session its secret for form tokens: 128 bits, half as long as Flask-WTF's own."""
    if _TOKEN not in session:
        session[_TOKEN] = secrets.token_urlsafe(16)


def opened_here() -> list[tuple[int, int]]:
    """Return the practice files that this browser opened, each with its session_epoch of then."""
    return [(dossier_id, epoch) for dossier_id, epoch in session.get(_OPENED, [])]


def leave() -> None:
    """Forget the dossier in this browser."""
    opened = opened_here()
    session.clear()
    if opened:
        session[_OPENED] = opened
    g.pop("dossier", None)


def has_cookies() -> bool:
    """True when the browser sent back any cookie of ours."""
    return bool(request.cookies)
