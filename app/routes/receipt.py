"""The end of the way: check your answers, send, see what came back, print it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, g, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.dossier import journey
from app.domain.dossier.changes import ChangeKind
from app.domain.dossier.journey import AnswerGroup
from app.domain.law.risk import RiskLevel
from app.domain.licence.turns import VERIFYING, Turn
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import NibStatus
from app.domain.oss.nib import NibDoubt, NibSource
from app.domain.written.support_number import format_support_number
from app.forms.fields import SendForm
from app.i18n import outside_url
from app.routes.practice_office import in_training
from app.services.after import changes
from app.services.base.post_keys import BadPostKey
from app.services.dossier import answers as dossier_answers
from app.services.dossier import estimates
from app.services.journey import activities, drafts
from app.services.journey.summary import in_groups, summary_of
from app.services.licence import gate
from app.services.licence import standing as licence_standing
from app.services.nik import standing
from app.services.oss import handovers, reconciliation
from app.services.papers import issued, wanted
from app.services.reference.book import get_book
from app.services.tracking import progress
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render, share_link
from app.web.once import address_of
from app.web.transaction import commit_now, run_now

bp = Blueprint("receipt", __name__, url_prefix="/berkas")


@bp.get("/periksa")
@applicant_required
def review() -> ResponseReturnValue:
    """Show all answers, to change or to send."""
    answers = dossier_answers.answers_of(g.dossier)
    if answers.sent:
        return go("receipt.show")
    first = journey.first_unanswered(answers)
    if first is not None:
        return go("journey.show", **address_of(first))
    return _review(SendForm(formdata=None))


def _review(form: SendForm, status: int = 200) -> Response:
    answers = dossier_answers.answers_of(g.dossier)
    whole = estimates.whole_of(g.dossier)
    assert whole is not None
    obstacles = estimates.obstacles(g.dossier, whole)
    nik_class = standing.current_class(g.dossier)
    return render(
        "journey/review.html",
        status=status,
        form_page=not obstacles and nik_class in {NikClass.MATCH, NikClass.PENDING},
        groups=in_groups(summary_of(g.dossier, get_book())),
        left_open=[stop for stop in drafts.stops(g.dossier) if stop in journey.way(answers)],
        address_of=address_of,
        activities=g.dossier.activities,
        removed=activities.removed_activities(g.dossier),
        codes=[(activity.kbli_code, activity.position + 1) for activity in g.dossier.activities],
        whole=whole,
        obstacles=obstacles,
        nik_class=nik_class,
        papers=wanted.counts(g.dossier),
        **once.form_context(form),
    )


@bp.post("/periksa")
@applicant_required
def send() -> ResponseReturnValue:
    """Send the dossier. Sent twice, it is sent once and answered the same."""
    if g.dossier.sent_at is not None:
        return advance("receipt.show")
    form = SendForm(formdata=request.form)
    if journey.first_unanswered(dossier_answers.answers_of(g.dossier)) is not None:
        return advance("receipt.review")
    if "ganti" in request.form:
        return _review(form)
    if not form.validate():
        return _review(form, 422)
    try:
        key = once.claim("receipt.send", g.dossier.id)
    except BadPostKey:
        return _review(form, 400)
    try:
        job = handovers.send(g.dossier)
    except handovers.NotReady:
        return _review(form, 422)
    drafts.drop_all(g.dossier)
    key.lead_to("receipt.show", g.dossier.id)
    if job is not None:
        commit_now()
        run_now(job)
    return advance("receipt.show")


@bp.get("/hasil")
@applicant_required
def show() -> ResponseReturnValue:
    """Show where the dossier stands: result, or what is being waited for."""
    dossier = g.dossier
    if dossier.sent_at is None:
        return go("receipt.review")
    shown = format_support_number(dossier.support_number)
    text = _(
        "My file %(number)s has been sent. See where it is: %(address)s",
        number=shown,
        address=outside_url("tracking.show", nomor=dossier.support_number),
    )
    turn = progress.turn_of(dossier)
    return render(
        "journey/result.html",
        form=SendForm(formdata=None),
        number=shown,
        handover=dossier.handover,
        differs=reconciliation.differs(dossier),
        source=NibSource(dossier.handover.nib_source or NibSource.TYPED),
        doubt=NibDoubt(dossier.handover.nib_doubt) if dossier.handover.nib_doubt else None,
        nib_status=NibStatus.of(dossier.handover.nib_status)
        if dossier.handover.nib_status
        else None,
        told=licence_standing.nib_is_told(dossier.handover),
        paper=issued.of(dossier),
        risks=[(a.kbli_code, RiskLevel(a.risk or "")) for a in dossier.activities],
        way=progress.way_of(dossier, turn),
        turn=turn,
        mended=turn is Turn.MEND_FILE and gate.hindrance_of(dossier) is None,
        papers=wanted.lacking(dossier) if turn in VERIFYING else None,
        licences=licence_standing.views(dossier, datetime.now(UTC)),
        practice=in_training(),
        may_take_back=handovers.may_take_back(dossier),
        whatsapp=share_link(text),
    )


_CHANGES = {
    AnswerGroup.PERSON: ChangeKind.OWN_DATA,
    AnswerGroup.BUSINESS: ChangeKind.ACTIVITY,
    AnswerGroup.PLACE: ChangeKind.PLACE,
    AnswerGroup.MONEY: ChangeKind.CAPACITY,
}
"""What mends a slip in each group of answers once there is a NIB."""


@bp.get("/jawaban")
@applicant_required
def answers() -> ResponseReturnValue:
    """Show what was sent, to read; where there is a NIB, also how each part is changed."""
    if g.dossier.sent_at is None:
        return go("receipt.review")
    may_change = changes.has_nib(g.dossier) and changes.open_request(g.dossier) is None
    return render(
        "journey/answers.html",
        groups=in_groups(summary_of(g.dossier, get_book())),
        several=len(g.dossier.activities) > 1,
        main=g.dossier.activity.position,
        kinds=_CHANGES if may_change else {},
    )


@bp.post("/hasil/ubah")
@applicant_required
def take_back() -> ResponseReturnValue:
    """Open a sent file again, to change an answer. Sent twice, it is opened once."""
    if not handovers.may_take_back(g.dossier):
        return advance("receipt.show")
    if not SendForm(formdata=request.form).validate():
        return advance("receipt.show")
    try:
        key = once.claim("receipt.take_back", g.dossier.id)
    except BadPostKey:
        return advance("receipt.show")
    if key.taken is not None:  # from before it was sent once more: that press opens nothing
        return advance("receipt.show")
    handovers.take_back(g.dossier)
    key.lead_to("receipt.review", g.dossier.id)
    return advance("receipt.review")


@bp.get("/nib.pdf")
@applicant_required
def paper() -> ResponseReturnValue:
    """The paper, to print or keep on the phone."""
    found = issued.of(g.dossier)
    if found is None or found.kind != "nib":  # outside practice OSS alone makes this paper
        abort(404)
    verify_url = outside_url("verification.show", code=found.code)
    response = make_response(issued.draw(found, verify_url))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="nib-latihan.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
