"""Who may: every view names its access; a test refuses a view that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import request
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.desk.roles import Permission, may_at_all
from app.web import desk
from app.web.answers import advance, go
from app.web.marks import View
from app.web.session import is_for_another, open_dossier

_WHILE_WITHDRAWN = frozenset(
    f"app.routes.{name}"
    for name in ("own.messages", "own.own_data", "journey.resume", "journey.start")
)
# Pages that stand in for another, each named by the module that draws it: that one imports this.
_pages: dict[str, Callable[[], ResponseReturnValue]] = {}

Page = TypeVar("Page", bound=Callable[[], ResponseReturnValue])


def asks_for_pin(page: Page) -> Page:
    """Make a page the answer to whoever has no open file."""
    _pages["pin"] = page
    return page


def applicant_required(view: View) -> View:
    """Let in whoever opened the dossier with its PIN; ask for the PIN otherwise.

    A form that arrives without a session is not lost: its answers come back in the page that asks
    for the PIN, and go on from there.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        # What was sent is read before a transaction begins: the line may take minutes over it.
        request.get_data(parse_form_data=True)
        if (not asked().has_dossier and not open_dossier()) or is_for_another():
            return _pages["pin"]()
        if asked().dossier.withdrawn_at is not None and view.__module__ not in _WHILE_WITHDRAWN:
            # Read on or undo: nothing else can be done with a file that was withdrawn.
            leads = go if request.method in {"GET", "HEAD"} else advance
            return leads("own_data.show_own_data")
        return view(*args, **kwargs)

    guarded.access = "applicant"  # type: ignore[attr-defined]
    return cast(View, guarded)


def asks_for_staff(page: Page) -> Page:
    """Make a page the answer to whoever has not signed in at the desk, or is locked."""
    _pages["staff"] = page
    return page


def not_for_this_role(page: Page) -> Page:
    """Make a page the answer to staff whose role may not do what was asked."""
    _pages["role"] = page
    return page


def staff_required(*permissions: Permission) -> Callable[[View], View]:
    """Let in staff whose role has one of these permissions in the table of the desk.

    How far a permission reaches, to one's own work or to everybody's, the service asks of the same
    table for the piece of work in question.
    """

    def require(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            request.get_data(parse_form_data=True)
            if not desk.open_day():
                return _pages["staff"]()
            if not may_at_all(asked().staff.role, permissions):
                return _pages["role"]()
            if desk.must_choose() and Permission.BE_HERE not in permissions:
                return go("desk.show_choices")
            return view(*args, **kwargs)

        guarded.access = "staff"  # type: ignore[attr-defined]
        guarded.permissions = permissions  # type: ignore[attr-defined]
        return cast(View, guarded)

    return require


def open_file() -> str | None:
    """Return the last four digits of the support number of the file that is open here, if one is.

    A page that shows them is this person's: it may not be kept for anybody else.
    """
    if not asked().has_dossier and not open_dossier():
        return None
    return str(asked().dossier.support_number)[-4:]


def is_from_here() -> bool | None:
    """Return whether a page of ours sent this form; None where the browser does not tell."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return None if origin is None else urlsplit(origin).netloc == request.host
