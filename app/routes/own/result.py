"""After sending: where it stands, taking it back, the paper."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.asked import asked
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.law.rows import KbliEntry
from app.domain.licence.turns import VERIFYING, Turn
from app.domain.oss.codes import NibStatus
from app.domain.oss.nib import NibSource
from app.domain.written.support_number import format_support_number
from app.forms.fields import SendForm
from app.i18n import outside_url
from app.models.dossier import Activity
from app.services.licence import gate, standing, views
from app.services.oss import code_lists, handovers, reconciliation
from app.services.papers import issued, wanted
from app.services.reference.book import get_book
from app.services.tracking import progress
from app.web.access import applicant_required
from app.web.answers import advance, go, render, share_link
from app.web.taking import Leads, take_form

bp = Blueprint("result", __name__, url_prefix="/berkas")


@bp.get("/hasil")
@applicant_required
def show_result() -> ResponseReturnValue:
    """Show where the dossier stands: result, or what is being waited for."""
    dossier = asked().dossier
    if dossier.sent_at is None:
        return go("review.review")
    shown = format_support_number(dossier.support_number)
    text = _(
        "My file %(number)s has been sent. See where it is: %(address)s",
        number=shown,
        address=outside_url("tracking.show_tracking", nomor=dossier.support_number),
    )
    turn = progress.turn_of(dossier)
    handover = known(dossier.handover)  # made when the file was sent
    return render(
        "journey/result.html",
        form=SendForm(formdata=None),
        number=shown,
        handover=handover,
        differs=reconciliation.differs(dossier),
        source=handover.nib_source or NibSource.TYPED,
        doubt=handover.nib_doubt,
        nib_status=NibStatus.of(handover.nib_status) if handover.nib_status else None,
        nib_said=_said_of(handover.nib_status or ""),
        office=current_app.config["SETTINGS"],
        asked_to_end=any(e.kind == EventKind.NIB_REVOKED for e in dossier.events),
        told=standing.nib_is_told(handover),
        paper=issued.of(dossier),
        risks=[(a.position, known(a.risk)) for a in dossier.activities],
        entries={a.position: _entry_of(a) for a in dossier.activities},
        way=progress.way_of(dossier, turn),
        turn=turn,
        mended=turn is Turn.MEND_FILE and gate.hindrance_of(dossier) is None,
        papers=wanted.lacking(dossier) if turn in VERIFYING else None,
        licences=views.views(dossier, clock.now()),
        may_take_back=handovers.may_take_back(dossier),
        whatsapp=share_link(text),
    )


def _said_of(code: str) -> str:
    """Return a state of the NIB as OSS writes it, with its own words where it has told them."""
    if NibStatus.of(code) is not NibStatus.OTHER:
        return code
    return " ".join((code, code_lists.words_for(code_lists.NIB_STATUS, code))).strip()


def _entry_of(activity: Activity) -> KbliEntry | None:
    return get_book().kbli(known(activity.kbli_year), known(activity.kbli_code))


@bp.post("/hasil/ubah")
@applicant_required
def take_back() -> ResponseReturnValue:
    """Open a sent file again, to change an answer. Sent twice, it is opened once."""
    if not handovers.may_take_back(asked().dossier):
        return advance("result.show_result")

    def stay(_why: object) -> ResponseReturnValue:
        return advance("result.show_result")

    def act() -> Leads:
        handovers.take_back(asked().dossier)
        return Leads("review.review")

    # A second time is from before it was sent once more: that press opens nothing.
    return take_form("result.take_back", SendForm(formdata=request.form), stay, act, again=stay)


@bp.get("/nib.pdf")
@applicant_required
def paper() -> ResponseReturnValue:
    """The paper, to print or keep on the phone."""
    found = issued.of(asked().dossier)
    if found is None or found.kind != "nib":  # outside practice OSS alone makes this paper
        abort(404)
    verify_url = outside_url("verification.show_verification", code=found.code)
    response = make_response(issued.draw(found, verify_url))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="nib-latihan.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
