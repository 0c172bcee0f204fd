"""The steps of a dossier: one engine for all of them; what differs stands in the step pages."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.asked import asked
from app.domain.dossier import journey
from app.domain.dossier.journey import EACH, Answers, StepName, Stop
from app.domain.nik.verdict import NikClass
from app.routes.journey import example_steps
from app.routes.journey.business import answered
from app.routes.journey.kept import kept_of
from app.routes.journey.pages import PAGES, area_part
from app.routes.journey.step_page import At, Form, StepPage
from app.services.after import changes
from app.services.dossier import answers as dossier_answers
from app.services.journey import drafts
from app.services.licence import gate
from app.services.nik import standing
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render, see_other, wants_fragment
from app.web.once import address_of, is_vouched_for
from app.web.sent import Sent
from app.web.session import take_as_checked
from app.web.taking import Leads, take_form

_ADDRESS_AT_MOST = 1000  # letters of one answer that an address may carry

bp = Blueprint("journey", __name__, url_prefix="/berkas")

STEP_RULE = f"/<any({','.join(StepName)}):step>"
ACTIVITY_RULE = f"/<any({','.join(sorted(EACH))}):step>/<int(min=2,max=9999):ke>"


@bp.get(STEP_RULE)
@bp.get(ACTIVITY_RULE)
@applicant_required
def show_step(step: str, ke: int = 1) -> ResponseReturnValue:
    """Ask one question, filled with what was answered before. ke: number of the activity."""
    stop = Stop(StepName(step), ke - 1)
    answers = dossier_answers.answers_of(asked().dossier)
    if not gate.may_answer(asked().dossier, stop.name, stop.position):
        return go("result.show_result")
    if not journey.may_open(stop, answers):
        first = journey.first_unanswered(answers)
        return (
            go("review.review") if first is None else go("journey.show_step", **address_of(first))
        )
    at, page = At(asked().dossier, stop.position), PAGES[stop.name]
    fills_itself = {Sent.WORDS, Sent.KBLI} & request.args.keys()
    kept = None if fills_itself else kept_of(stop)
    if kept is not None and Sent.MISTAKEN in request.args:
        return _mistaken_page(stop, page, MultiDict(kept), at)
    filled = MultiDict(kept or ()) or example_steps.for_box(stop, answers)
    form = page.form_class(at)(formdata=filled, data=page.fill(at))
    page.prepare(form, at)
    return _step_page(stop, page, form, draft=kept is not None)


def _mistaken_page(stop: Stop, page: StepPage, typed: MultiDict[str, str], at: At) -> Response:
    """Show what was typed with its mistakes, as the answer to the form would have."""
    form = page.form_class(at)(formdata=typed)
    page.prepare(form, at)
    take_as_checked()  # the form was, when this was kept; nothing is taken now
    form.validate()
    page.accepts(form, typed)
    return _step_page(stop, page, form, 422, draft=True)


def show_filled(stop: Stop, **typed: object) -> Response:
    """Ask one question with something else filled in than what is saved; nothing is saved."""
    at, page = At(asked().dossier, stop.position), PAGES[stop.name]
    form = page.form_class(at)(formdata=None, data={**page.fill(at), **typed})
    page.prepare(form, at)
    return _step_page(stop, page, form)


def _step_page(
    stop: Stop, page: StepPage, form: FlaskForm, status: int = 200, *, draft: bool = False
) -> Response:
    """draft: the boxes hold what was kept when the page was left without an answer."""
    answers = dossier_answers.answers_of(asked().dossier)
    at = At(asked().dossier, stop.position)
    from_review = request.values.get(Sent.FROM) == Sent.REVIEW
    n, total = journey.counted(stop, answers)
    of_activity = stop.name in EACH and len(answers.activities) > 1
    return render(
        page.template,
        status=status,
        form_page=True,
        dari=Sent.REVIEW if from_review else "",
        step=stop.name,
        here=url_for("journey.take", **address_of(stop)),
        n=n,
        total=total,
        number=asked().dossier.activities.index(at.activity) + 1 if of_activity else None,
        ke=stop.position + 1,
        back=_before(stop, answers, from_review=from_review) is not None,
        draft=draft,
        kept=journey.answered(answers),
        stop=stop,
        nik_fits=stop.name is StepName.PHONE and _fits(),
        **page.context(form, at),
        **once.form_context(form),
    )


def _before(
    stop: Stop, answers: Answers, *, from_review: bool
) -> tuple[str, dict[str, Any]] | None:
    """Return where a person came from: the list of what to mend, the review or the step before."""
    if asked().dossier.sent_at is not None:
        return "correction.show_correction", {}
    if from_review:
        return "review.review", {}
    before = journey.before(stop, answers)
    if stop.name is StepName.KIND:  # nobody is led there: it stands as a link in that step
        before = Stop(StepName.IDENTITY)
    return ("journey.show_step", address_of(before)) if before else None


@bp.post(STEP_RULE)
@bp.post(ACTIVITY_RULE)
@applicant_required
def take(step: str, ke: int = 1) -> ResponseReturnValue:
    """Take the answer of a step and go on to the next."""
    return take_typed(Stop(StepName(step), ke - 1))


def take_typed(stop: Stop) -> ResponseReturnValue:
    """Take what was typed for a step, in this request or before its PIN was asked again."""
    page, at = PAGES[stop.name], At(asked().dossier, stop.position)
    if not gate.may_answer(asked().dossier, stop.name, stop.position):
        return advance("result.show_result")
    if stop.name in EACH and not at.is_there:
        return advance("review.review")  # taken out meanwhile, perhaps on another phone
    form = page.form_class(at)(formdata=request.form)
    page.prepare(form, at)
    if Sent.FIND in request.form:
        # As an address of its own, so that Back works; it identifies nobody.
        query = {key: request.form.get(key, "") for key in (Sent.WORDS, Sent.KBLI, Sent.FROM)}
        shown: dict[str, Any] = {key: value for key, value in query.items() if value}
        if any(len(value) > _ADDRESS_AT_MOST for value in shown.values()):
            # No address carries it; cut, it would be counted wrong.
            return _show_again(stop, page, form, at, keep=True)
        url = url_for("journey.show_step", **address_of(stop), **shown, jawab=answered())
        if not wants_fragment():
            return see_other(url)
        asked().page_url = url
        response = _step_page(stop, page, form)
        response.headers["HX-Push-Url"] = url
        return response
    if {Sent.LANGUAGE, Sent.HELP} & request.form.keys() or page.only_shows(request.form):
        return _show_again(stop, page, form, at)
    if Sent.LEAVE in request.form:
        return _leave(stop, page, form, at)

    def act() -> Leads:
        return Leads(partial(_after, stop), page.save(at, form))

    def valid() -> bool:
        right = form.validate()
        return page.accepts(form, request.form) and right

    again = partial(_show_again, stop, page, form, at)
    return take_form(f"journey.{stop}", form, again, act, valid=valid)


def _show_again(
    stop: Stop, page: StepPage, form: Form, at: At, status: int = 200, *, keep: bool = False
) -> ResponseReturnValue:
    """Show a page with what was typed on it, and with its mistakes where there are any.

    HTMX puts it where the page stands. A browser without script is led there, with what was typed
    kept meanwhile: were the page the answer to the form itself, Back from the next page would end
    in the browser's question whether to send the form again, or in its error. keep: in any case;
    a page without a mistake is else kept where it says more than is saved.
    """
    if wants_fragment() or status not in {200, 422} or not _may_keep(form):
        return _step_page(stop, page, form, status)
    _keep(stop, page, form, at, always=keep or status == 422)
    told = {
        Sent.FROM: Sent.REVIEW if request.form.get(Sent.FROM) == Sent.REVIEW else None,
        Sent.ANSWERED: answered() if stop.name is StepName.ACTIVITY else None,
        Sent.HELP: request.form.get(Sent.HELP, "")[:_ADDRESS_AT_MOST] or None,
        Sent.MISTAKEN: "1" if status == 422 else None,
    }
    query: dict[str, Any] = {name.value: value for name, value in told.items() if value}
    return see_other(url_for("journey.show_step", **address_of(stop), **query))


def _may_keep(form: Form) -> bool:
    """Return whether what was typed may be kept: a page of ours sent it, and it may be remembered.

    Nobody vouches for a form whose token is too old. What a box refuses to hold, such as the number
    of a real card in practice, is written nowhere.
    """
    forgets = any(getattr(getattr(box, "problem", None), "forget", False) for box in form)
    return not forgets and is_vouched_for(form)


def _keep(stop: Stop, page: StepPage, form: Form, at: At, *, always: bool = False) -> None:
    """Keep what was typed on a page, if it is more than the page shows anyhow."""
    if always or _says_more(stop, page, form, at, dossier_answers.answers_of(asked().dossier)):
        drafts.keep(asked().dossier, stop, _typed(form))
    else:
        drafts.drop(asked().dossier, stop)


def _typed(form: Form) -> list[tuple[str, str]]:
    """Return what was typed, without what a box refuses to hold."""
    names = _boxes(form)
    pairs = [pair for pair in request.form.items(multi=True) if pair[0] in names]
    return [(name, getattr(form[name], "raw", text) and text) for name, text in pairs]


def _leave(stop: Stop, page: StepPage, form: Form, at: At) -> ResponseReturnValue:
    """Leave a page without answering it: what was typed is kept, to be shown there again."""
    if not form.csrf_token.validate(form):
        return _step_page(stop, page, form, 422)
    answers = dossier_answers.answers_of(asked().dossier)
    _keep(stop, page, form, at)
    from_review = request.form.get(Sent.FROM) == Sent.REVIEW
    before = _before(stop, answers, from_review=from_review)
    if request.form[Sent.LEAVE] != Sent.BACK or before is None:
        return advance("start.number")
    endpoint, values = before
    return advance(endpoint, **values)


def _boxes(form: Form) -> set[str]:
    return {field.name for field in form} - {Sent.TOKEN}


def _says_more(stop: Stop, page: StepPage, form: Form, at: At, answers: Answers) -> bool:
    """Return whether a page holds anything else than it would be shown with anyhow."""
    shown = page.form_class(at)(formdata=None, data=page.fill(at))
    names = _boxes(form)
    if stop in journey.answered(answers):
        names -= {Sent.WORDS, Sent.STATEMENTS}  # words searched with, and ticks that were all given
    return any(_text_of(form[name]) != _text_of(shown[name]) for name in names)


def _text_of(field: Any) -> str:
    """Return what a box shows."""
    return str(getattr(field, "raw", field.data) or "").strip()


def _after(stop: Stop) -> str:
    """Return where the person goes after a step, as once.goes_to() reads it."""
    if stop.name is StepName.IDENTITY and not _fits():
        return "nik.show_nik"
    return _next(stop)  # a page that says no more than "it fits" is a page too many


def _fits() -> bool:
    return standing.current_class(asked().dossier) is NikClass.MATCH


def _next(stop: Stop) -> str:
    # In a change after the NIB all but the changed part was answered before.
    changing = (
        request.form.get(Sent.FROM) == Sent.REVIEW or changes.behind(asked().dossier) is not None
    )
    if asked().dossier.sent_at is not None:  # given back: one thing is mended at a time
        return "correction.show_correction"
    answers = dossier_answers.answers_of(asked().dossier)
    following = journey.next_after(stop, answers, changing=changing)
    first = journey.first_unanswered(answers)
    if following == Stop(StepName.ACTIVITY) and first == Stop(StepName.BUSINESS):
        following = first  # chosen in the finder; the next page names it, and can change it
    if following is None:
        return "review.review"
    return (
        f"journey.show_step {following} periksa" if changing else f"journey.show_step {following}"
    )


@bp.get("/wilayah")
@applicant_required
def areas() -> ResponseReturnValue:
    """The boxes that depend on the chosen district or province, for HTMX or as a page."""
    return area_part(request.args)


@bp.get("/hitung")
@applicant_required
def reckon() -> ResponseReturnValue:
    """The total of the capital and the size that follows, while it is being typed."""
    page = PAGES[StepName.CAPITAL]
    form = page.form(formdata=request.args, meta={"csrf": False})
    for field in form:
        field.validate(form)
    ke = request.args.get(Sent.ACTIVITY, 1, type=int)
    return render(
        "journey/capital_total.html",
        fragment="journey/_total.html",
        ke=ke,
        **page.context(form, At(asked().dossier, ke - 1)),
    )
