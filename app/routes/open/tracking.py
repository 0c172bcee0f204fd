"""Where is my file: the way travelled, with the Nomor Bantuan alone and nothing personal."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.domain.written.support_number import format_support_number
from app.forms.access import TrackForm
from app.forms.fields import mistakes
from app.i18n import outside_url
from app.services.dossier import opening
from app.services.licence import views
from app.services.tracking import progress
from app.web.answers import render, share_link
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.sent import Sent

bp = Blueprint("tracking", __name__)


@bp.get("/lacak")
@open_to_all
@limited(limits.TRACK, exempt_when=lambda: not request.args.get(Sent.NUMBER))
def show_tracking() -> ResponseReturnValue:
    """Ask for a number; show where its file is."""
    if Sent.NUMBER not in request.args:
        return render("tracking/ask.html", form=TrackForm(formdata=None))
    form = TrackForm(formdata=request.args)
    if not form.validate():
        return render("tracking/ask.html", status=422, form=form, mistakes=mistakes(form))
    dossier = opening.find_by_number(form.nomor.data)
    if dossier is None:
        return render("tracking/ask.html", status=404, form=form, unknown=True)
    shown = format_support_number(dossier.support_number)
    text = _(
        "See where file %(number)s is: %(address)s",
        number=shown,
        address=outside_url("tracking.show_tracking", nomor=dossier.support_number),
    )
    turn = progress.turn_of(dossier)
    return render(
        "tracking/show.html",
        number=shown,
        way=progress.way_of(dossier, turn),
        turn=turn,
        licences=views.views(dossier, clock.now()),
        whatsapp=share_link(text),
    )
