"""The one way in which a form is taken: every view that takes one goes through here.

A form that only asks for the other language comes back as it is. A mistake comes back with 422, a
form that cannot be told from another (no key, or one that was tampered with) with 400. What arrives
twice is done once and leads to the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.asked import asked
from app.models.dossier import Job
from app.services.base.post_keys import BadPostKey, Taken
from app.web import once
from app.web.sent import Sent
from app.web.transaction import commit_now, run_now


class NotTaken(Exception):
    """The rules refuse what the form asks; the page comes back and says why, with this status."""

    def __init__(self, status: int = 422) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Leads:
    """Where a form leads, as once.goes_to() reads it.

    job: tried at once, after what the form did is kept; `to` is then asked once more, if it can be.
    """

    to: str | Callable[[], str]
    job: Job | None = None
    query: Mapping[str, Any] | None = None


Page = Callable[[int], ResponseReturnValue]


def take_form(
    name: str,
    form: FlaskForm,
    page: Page,
    act: Callable[[], Leads | ResponseReturnValue],
    *,
    valid: Callable[[], bool] | None = None,
    may_edit: bool = True,
    again: Callable[[Taken], ResponseReturnValue | None] | None = None,
    slow: Callable[[], None] | None = None,
) -> ResponseReturnValue:
    """Take a form: let `act` do what it asks and go where that leads, or show its page again.

    name: of the form, for its key; page: shows it with this status; valid: instead of the form's
    own check; may_edit: sent again with other answers, it replaces what it said first; again: what
    to answer when it comes a second time (None: act anew), instead of where the first time led;
    slow: what takes a while on purpose, done while nothing is written yet.
    """
    if Sent.LANGUAGE in request.form:
        return page(200)
    if not (valid or form.validate)():
        return page(422)
    if slow:
        slow()
    dossier_id = asked().dossier.id if asked().has_dossier else None
    try:
        key = once.claim(name, dossier_id, may_edit=may_edit)
    except BadPostKey:
        return page(400)
    if key.taken is not None and (key.taken.same or not may_edit):
        answer = again(key.taken) if again else once.goes_to(key.taken.location)
        if answer is not None:
            return answer
    try:
        found = act()
    except NotTaken as refused:
        return page(refused.status)
    if not isinstance(found, Leads):
        return found
    return _lead(key, found)


def anew(_taken: Taken) -> None:
    """Let a form that comes a second time act as the first time: what it does is the same then."""


def _lead(key: once.Once, found: Leads) -> ResponseReturnValue:
    to = _note(key, found)
    if found.job is not None:
        commit_now()
        run_now(found.job)
        to = _note(key, found)
    return once.goes_to(to, found.query)


def _note(key: once.Once, found: Leads) -> str:
    to = found.to if isinstance(found.to, str) else found.to()
    key.lead_to(to, asked().dossier.id if asked().has_dossier else None)
    return to
