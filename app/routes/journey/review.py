"""Check your answers, the last page before sending."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.dossier import journey
from app.domain.dossier.changes import ChangeKind
from app.domain.dossier.journey import AnswerGroup
from app.domain.law.rows import KbliEntry
from app.domain.nik.verdict import NikClass
from app.forms.fields import SendForm
from app.models.dossier import Activity
from app.routes.journey.kept import kept_stops
from app.services.after import changes
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
from app.web.taking import Leads, NotTaken, anew, take_form

bp = Blueprint("review", __name__, url_prefix="/berkas")


@bp.get("/periksa")
@applicant_required
def review() -> ResponseReturnValue:
    """Show all answers, to change or to send."""
    answers = dossier_answers.answers_of(asked().dossier)
    if answers.sent:
        return go("result.show_result")
    first = journey.first_unanswered(answers)
    if first is not None:
        return go("journey.show_step", **address_of(first))
    return _review(SendForm(formdata=None))


def _review(form: SendForm, status: int = 200) -> Response:
    dossier = asked().dossier
    answers = dossier_answers.answers_of(dossier)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    obstacles = estimates.obstacles(dossier, whole)
    nik_class = standing.current_class(dossier)
    return render(
        "journey/review.html",
        status=status,
        form_page=not obstacles and nik_class in {NikClass.MATCH, NikClass.PENDING},
        groups=in_groups(summary_of(dossier, get_book())),
        left_open=[stop for stop in kept_stops() if stop in journey.way(answers)],
        address_of=address_of,
        activities=dossier.activities,
        removed=activities.removed_activities(dossier),
        entry_of=_entry_of,
        codes=[(activity.kbli_code, activity.position + 1) for activity in dossier.activities],
        whole=whole,
        obstacles=obstacles,
        nik_class=nik_class,
        papers=wanted.counts(dossier),
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
    if asked().dossier.sent_at is not None:
        return advance("result.show_result")
    form = SendForm(formdata=request.form)
    if journey.first_unanswered(dossier_answers.answers_of(asked().dossier)) is not None:
        return advance("review.review")

    def act() -> Leads:
        try:
            job = handovers.send(asked().dossier)
        except handovers.NotReady:
            raise NotTaken from None
        drafts.drop_all(asked().dossier)
        return Leads("result.show_result", job)

    return take_form("review.send", form, partial(_review, form), act, again=anew)


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
    if asked().dossier.sent_at is None:
        return go("review.review")
    may_change = changes.has_nib(asked().dossier) and changes.open_request(asked().dossier) is None
    return render(
        "journey/answers.html",
        groups=in_groups(summary_of(asked().dossier, get_book())),
        several=len(asked().dossier.activities) > 1,
        main=asked().dossier.activity.position,
        kinds=_CHANGES if may_change else {},
    )
