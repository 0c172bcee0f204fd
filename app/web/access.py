"""Who may: every view names its access; a test refuses a view that does not."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import g, request

from app.web.marks import View
from app.web.session import is_for_another, open_dossier

_WHILE_WITHDRAWN = frozenset(
    f"app.routes.{name}" for name in ("messages", "own_data", "resume", "start")
)


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
            from app.web.answers import advance, go

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


def open_file() -> str | None:
    """Return the last four digits of the support number of the file that is open here, if one is.

    A page that shows them is this person's: it may not be kept for anybody else.
    """
    if "dossier" not in g and not open_dossier():
        return None
    return str(g.dossier.support_number)[-4:]


def is_from_here() -> bool | None:
    """Say whether a page of ours sent this form; None where the browser does not tell."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return None if origin is None else urlsplit(origin).netloc == request.host
