"""Messages to the person: what was written to them, and how they want to be told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.sending.messages import Channel, MessageState
from app.forms.messages import NONE, ChannelForm
from app.models.message import Message
from app.services.messages import outbox, wishes
from app.web import once
from app.web.access import applicant_required
from app.web.answers import render
from app.web.sent import Sent
from app.web.taking import Leads, anew, take_form

bp = Blueprint("messages", __name__, url_prefix="/berkas/pesan")


@bp.get("")
@applicant_required
def show_messages() -> ResponseReturnValue:
    """Show the messages of this file, newest first."""
    form = ChannelForm(formdata=None)
    form.show(wishes.chosen(asked().dossier.applicant))
    return _messages_page(form)


def _messages_page(form: ChannelForm, status: int = 200) -> Response:
    who = asked().dossier.applicant
    ways = wishes.offered(who)
    form.offer(ways)
    told = groupby(outbox.of_dossier(asked().dossier), key=lambda message: message.cause)
    return render(
        "messages/show.html",
        status=status,
        ways=ways,
        can_write=outbox.can_write(),
        messages=[_shown(list(rows)) for _cause, rows in told],
        sent=asked().dossier.sent_at is not None,
        saved=Sent.SAVED in request.args,
        **once.form_context(form),
    )


def _shown(rows: Sequence[Message]) -> dict[str, Any]:
    """Return one message with each of the ways it went."""
    return {
        "text": outbox.written(rows[0], hide_secret=True),
        "language": rows[0].language,
        "ways": [
            {
                "channel": row.channel,
                "state": row.state,
                "at": row.sent_at or row.failed_at or row.created_at,
                "due_at": row.due_at if row.state == MessageState.WAITING else None,
            }
            for row in rows
        ],
    }


@bp.post("")
@applicant_required
def choose() -> ResponseReturnValue:
    """Keep how the person wants to be told. Sent twice, it is the same choice."""
    form = ChannelForm(formdata=request.form)
    who = asked().dossier.applicant
    form.offer(wishes.offered(who))

    def act() -> Leads:
        chosen = form.saluran.data
        wishes.choose(who, None if chosen == NONE else Channel(chosen))
        return Leads("messages.show_messages", query={Sent.SAVED.value: "1"})

    return take_form("messages.choose", form, partial(_messages_page, form), act, again=anew)
