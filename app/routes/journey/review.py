"""Check your answers, the last page before sending."""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from app.domain.dossier import journey
from app.domain.dossier.changes import ChangeKind
from app.domain.dossier.journey import AnswerGroup
from app.domain.law.rows import KbliEntry
from app.domain.nik.verdict import NikClass
from app.forms.fields import SendForm
from app.models.dossier import Activity
from app.services.after import changes
from app.services.base.post_keys import BadPostKey
from app.services.dossier import answers as dossier_answers
from app.services.dossier import estimates
from app.services.journey import activities, drafts
from app.services.journey.summary import in_groups, summary_of
from app.services.nik import standing
from app.services.oss import handovers
from app.services.papers import wanted
from app.services.reference.book import get_book
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render
from app.web.once import address_of
from app.web.transaction import commit_now, run_now

bp = Blueprint("review", __name__, url_prefix="/berkas")


@bp.get("/periksa")
@applicant_required
def review() -> ResponseReturnValue:
    """Show all answers, to change or to send."""
    answers = dossier_answers.answers_of(g.dossier)
    if answers.sent:
        return go("result.show_result")
    first = journey.first_unanswered(answers)
    if first is not None:
        return go("journey.show_step", **address_of(first))
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
        entry_of=_entry_of,
        codes=[(activity.kbli_code, activity.position + 1) for activity in g.dossier.activities],
        whole=whole,
        obstacles=obstacles,
        nik_class=nik_class,
        papers=wanted.counts(g.dossier),
        **once.form_context(form),
    )


def _entry_of(activity: Activity) -> KbliEntry | None:
    if activity.kbli_year is None or activity.kbli_code is None:
        return None
    return get_book().kbli(activity.kbli_year, activity.kbli_code)


@bp.post("/periksa")
@applicant_required
def send() -> ResponseReturnValue:
    """Send the dossier. Sent twice, it is sent once and answered the same."""
    if g.dossier.sent_at is not None:
        return advance("result.show_result")
    form = SendForm(formdata=request.form)
    if journey.first_unanswered(dossier_answers.answers_of(g.dossier)) is not None:
        return advance("review.review")
    if "ganti" in request.form:
        return _review(form)
    if not form.validate():
        return _review(form, 422)
    try:
        key = once.claim("review.send", g.dossier.id)
    except BadPostKey:
        return _review(form, 400)
    try:
        job = handovers.send(g.dossier)
    except handovers.NotReady:
        return _review(form, 422)
    drafts.drop_all(g.dossier)
    key.lead_to("result.show_result", g.dossier.id)
    if job is not None:
        commit_now()
        run_now(job)
    return advance("result.show_result")


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
        return go("review.review")
    may_change = changes.has_nib(g.dossier) and changes.open_request(g.dossier) is None
    return render(
        "journey/answers.html",
        groups=in_groups(summary_of(g.dossier, get_book())),
        several=len(g.dossier.activities) > 1,
        main=g.dossier.activity.position,
        kinds=_CHANGES if may_change else {},
    )
