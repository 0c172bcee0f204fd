"""SMS that people send us: the hook for a gateway, and a page to practise with.

The hook is documented in docs/messages.md. The page exists in practice mode only.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from flask import Blueprint, Response, abort, current_app, make_response, request, session
from flask.typing import ResponseReturnValue

from app import modes
from app.domain.sending.messages import Channel
from app.domain.written.phone import mask_phone
from app.domain.written.text import read_whole
from app.extensions import ports
from app.forms.messages import PlayForm
from app.models.dossier import Job
from app.models.message import Message
from app.services.base import jobs
from app.services.messages import outbox
from app.services.tracking import inbound
from app.web import once
from app.web.answers import render
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.sent import Sent
from app.web.session import opened_here, start_token
from app.web.taking import Leads, take_form
from app.web.transaction import commit_now, run_now

bp = Blueprint("inbound", __name__)

PAGE_SIZE = 20
PAGES_AT_MOST = 500
PLAYED_AT_MOST = 5
_PLAYED = "q"  # answers to the SMS that were played in this browser
_LENGTHS: Mapping[str, int] = {"from": 40, "text": 2000, "id": 80}

_log = structlog.get_logger(__name__)


@bp.post("/api/pesan-masuk")
@open_to_all
@limited(limits.SMS_INBOUND)
def receive() -> ResponseReturnValue:
    """Take one SMS from the gateway: {"from", "text", "id"}. The same id again changes nothing."""
    if not _knows_token():
        return _say(401, {"error": "token"})
    message = request.get_json(silent=True)
    if not isinstance(message, dict) or not all(_is_text(message.get(n), n) for n in _LENGTHS):
        return _say(400, {"error": "shape"})
    try:
        taken = inbound.take(f"hook-{message['id']}", message["from"], message["text"])
    except inbound.TooMany:
        _log.warning("inbound_too_many")
        answer = _say(429, {"error": "too many"})
        answer.headers["Retry-After"] = "600"
        return answer
    status = "answered" if taken.answered else "ignored"
    return _say(200, {"id": message["id"], "status": status})


def _knows_token() -> bool:
    """Compare the bearer token in constant time. Without a setting nobody knows it."""
    expected = current_app.config["SETTINGS"].messages_inbound_token.encode()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), expected)
    return bool(expected) and scheme.lower() == "bearer" and same


def _is_text(value: Any, name: str) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= _LENGTHS[name]


def _say(status: int, body: Mapping[str, str]) -> Response:
    response = make_response(dict(body), status)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/latihan/pesan")
@open_to_all
def show_practice_messages() -> ResponseReturnValue:
    """Show what would have gone to the phones of the files that this browser opened."""
    _in_training_only()
    start_token()
    return _inbound_page(PlayForm(formdata=None))


@bp.post("/latihan/pesan")
@open_to_all
@limited(limits.PRACTICE_SMS)
def play() -> ResponseReturnValue:
    """Take an SMS as if a phone had sent it, and answer it at once."""
    _in_training_only()
    form = PlayForm(formdata=request.form)

    def act() -> Leads:
        code = f"practice-{request.form[Sent.KEY]}"
        try:
            taken = inbound.take(code, form.dari.data, form.teks.data)
        except inbound.TooMany:
            abort(429)
        if taken.messages:
            new = [message.id for message in taken.messages]
            session[_PLAYED] = [*session.get(_PLAYED, []), *new][-PLAYED_AT_MOST:]
        planned = [job for job in map(_job_of, taken.messages) if job is not None]
        commit_now()
        for job in planned:
            run_now(job)
        return Leads("inbound.show_practice_messages")

    return take_form("inbound.play", form, partial(_inbound_page, form), act, may_edit=False)


def _job_of(message: Message) -> Job | None:
    return jobs.find(message.job_id) if message.job_id else None


def _in_training_only() -> None:
    if not modes.in_training():
        abort(404)


def _inbound_page(form: PlayForm, status: int = 200) -> Response:
    page = min(read_whole(request.args.get(Sent.PAGE, "1"), digits=3) or 1, PAGES_AT_MOST)
    found, has_older = outbox.page_of_some(opened_here(), session.get(_PLAYED, []), page, PAGE_SIZE)
    return render(
        "messages/practice_messages.html",
        status=status,
        messages=[_shown(message) for message in found],
        page=page,
        has_older=has_older,
        **once.form_context(form),
    )


def _shown(message: Message) -> dict[str, object]:
    """Return what the practice page tells: never an address, and a code only if it is practice."""
    channel = message.channel
    phone = message.dossier.applicant.phone if message.dossier else message.address
    goes_to_phone = channel not in {Channel.EMAIL, Channel.PAGE}
    return {
        "text": outbox.written(message, hide_secret=not ports.messages.built_in),
        "language": message.language,
        "channel": channel,
        "state": message.state,
        "to": mask_phone(phone) if phone and goes_to_phone else "",
        "at": message.sent_at or message.created_at,
    }
