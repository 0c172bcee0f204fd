"""Perbaikan: what the office gave back, what was mended, and sending it again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app import modes
from app.asked import asked
from app.domain.dossier import journey
from app.domain.dossier.attachments import WantedPaper
from app.domain.dossier.journey import Stop
from app.domain.law.risk import Citation
from app.domain.licence.corrections import PaperTarget, Target, rule_of
from app.domain.licence.status import RETURNED, StatusSource
from app.domain.oss.codes import LicenceStatus
from app.forms.fields import SendForm
from app.services.dossier import answers
from app.services.licence import gate, reports, standing
from app.services.mending import corrections, versions
from app.services.mending.versions import ItemView
from app.services.papers import wanted as papers_wanted
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render
from app.web.once import address_of
from app.web.taking import Leads, NotTaken, anew, take_form
from app.web.transaction import commit_now

bp = Blueprint("correction", __name__, url_prefix="/berkas")


@dataclass(frozen=True)
class _Shown(ItemView):
    """An item with its law and the page where it is mended; url: None where there is none.

    paper: what is wanted, where the item is a paper that is still wanted.
    """

    law: Citation
    url: str | None
    paper: WantedPaper | None


def _shown(view: ItemView) -> _Shown:
    paper = _paper(view.target) if isinstance(view.target, PaperTarget) else None
    return _Shown(
        view.item,
        view.target,
        view.reason,
        view.before,
        view.now,
        law=rule_of(view.reason).citation,
        url=_url_of(view.target, paper),
        paper=paper,
    )


def _paper(target: PaperTarget) -> WantedPaper | None:
    wanted = (state.paper for state in papers_wanted.papers_of(asked().dossier))
    return next((paper for paper in wanted if paper.key == target.key), None)


def _url_of(target: Target, paper: WantedPaper | None) -> str | None:
    if isinstance(target, PaperTarget):
        return url_for("attachments.ask", paper=paper.address) if paper else None
    return url_for("journey.show_step", **address_of(Stop(target.step, target.position)))


@bp.get("/perbaikan")
@applicant_required
def show_correction() -> ResponseReturnValue:
    """List what is to be mended."""
    if asked().dossier.sent_at is None:
        return go("review.review")
    return _correction_page(SendForm(formdata=None))


def _correction_page(form: SendForm, status: int = 200) -> Response:
    dossier = asked().dossier
    rounds = gate.open_corrections(dossier)
    items = [item for each in rounds for item in each.items]
    past = [item for each in corrections.past_corrections(dossier) for item in each.items]
    days = [day for day in map(corrections.last_day, rounds) if day is not None]
    hindrance = gate.hindrance_of(dossier) if items else None
    open_stop = journey.first_unanswered(answers.answers_of(dossier))
    return render(
        "journey/correction.html",
        status=status,
        form_page=bool(items) and hindrance is None,
        items=[_shown(view) for view in versions.view_items(dossier, items)],
        past=versions.view_items(dossier, past),
        until=min(days, default=None),
        hindrance=hindrance,
        open_url=url_for("journey.show_step", **address_of(open_stop)) if open_stop else None,
        asked=any(LicenceStatus.of(row.status) in RETURNED for row in standing.of(dossier)),
        **once.form_context(form),
    )


@bp.post("/perbaikan")
@applicant_required
def send() -> ResponseReturnValue:
    """Send again. Sent twice, it is sent once and answered the same."""
    dossier = asked().dossier
    if dossier.sent_at is None:
        return advance("review.review")
    if not gate.open_items(dossier):
        return advance("result.show_result")
    form = SendForm(formdata=request.form)

    def act() -> Leads:
        source = StatusSource.PRACTICE if modes.in_training() else StatusSource.PERSON
        try:
            corrections.send_again(dossier, by=source)
        except corrections.NotMended:
            raise NotTaken from None
        except corrections.TooLate:
            commit_now()  # that it came too late is kept; the next page says it
        reports.plan(dossier)
        return Leads("result.show_result")

    return take_form("correction.send", form, partial(_correction_page, form), act, again=anew)
