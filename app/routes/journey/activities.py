"""More than one activity in a file: add one, take one out, put it back, reuse the place."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.dossier import journey
from app.domain.dossier.journey import StepName, Stop
from app.forms.fields import SendForm
from app.models.dossier import Dossier
from app.services.dossier import answers
from app.services.dossier.activity import NoSuchActivity
from app.services.journey import activities, steps
from app.web.access import applicant_required
from app.web.answers import advance
from app.web.sent import Sent
from app.web.taking import Leads, take_form

bp = Blueprint("activities", __name__, url_prefix="/berkas/kegiatan-lain")


def _change(name: str, act: Callable[[Dossier], str]) -> ResponseReturnValue:
    """Do something to the activities once, and go where it leads.

    act: returns the place, as once.goes_to() reads it.
    """
    if asked().dossier.sent_at is not None:
        return advance("result.show_result")

    def done() -> Leads:
        try:
            return Leads(act(asked().dossier))
        except (NoSuchActivity, activities.TooManyActivities):
            return Leads("review.review")  # done before, on another phone; the page shows how it is

    form = SendForm(formdata=request.form)
    return take_form(f"activities.{name}", form, lambda _status: advance("review.review"), done)


@bp.post("")
@applicant_required
def add() -> ResponseReturnValue:
    """Add an activity and ask about it."""

    def act(dossier: Dossier) -> str:
        added = activities.add_activity(dossier)
        return f"journey.show_step {Stop(StepName.ACTIVITY, added.position)}"

    return _change("add", act)


@bp.post("/<int:ke>/hapus")
@applicant_required
def remove(ke: int) -> ResponseReturnValue:
    """Take an activity out; the review page offers to put it back."""

    def act(dossier: Dossier) -> str:
        activities.remove_activity(dossier, ke - 1)
        return "review.review"

    return _change(f"remove.{ke}", act)


@bp.post("/<int:ke>/kembalikan")
@applicant_required
def restore(ke: int) -> ResponseReturnValue:
    """Put an activity back that was taken out."""

    def act(dossier: Dossier) -> str:
        activities.restore_activity(dossier, ke - 1)
        return "review.review"

    return _change(f"restore.{ke}", act)


@bp.post("/<int:ke>/tempat-sama")
@applicant_required
def same_place(ke: int) -> ResponseReturnValue:
    """Give an activity the place of the main one, and go on behind the questions about it."""
    changing = request.form.get(Sent.FROM) == Sent.REVIEW

    def act(dossier: Dossier) -> str:
        steps.same_place(dossier, ke - 1)
        stop = Stop(StepName.LAND, ke - 1)
        following = journey.next_after(stop, answers.answers_of(dossier), changing=changing)
        if following is None:
            return "review.review"
        return (
            f"journey.show_step {following} periksa"
            if changing
            else f"journey.show_step {following}"
        )

    return _change(f"same_place.{ke}", act)
