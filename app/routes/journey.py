"""The steps of a dossier: one engine for all of them; what differs stands in steps.py."""

from __future__ import annotations

from flask import Blueprint, Response, g, request, url_for
from flask.typing import ResponseReturnValue

from app.auth import applicant_required, has_cookies
from app.domain import journey
from app.domain.journey import StepName
from app.forms.fields import mistakes
from app.routes import once
from app.routes.steps import PAGES, StepPage, area_part
from app.services import dossiers
from app.services.post_keys import BadPostKey
from app.web import advance, commit_now, go, render, run_now, see_other, wants_fragment

bp = Blueprint("journey", __name__, url_prefix="/berkas")

STEP_RULE = f"/<any({','.join(StepName)}):step>"


@bp.get(STEP_RULE)
@applicant_required
def show(step: str) -> ResponseReturnValue:
    """Ask one question, filled with what was answered before."""
    name = StepName(step)
    answers = dossiers.answers_of(g.dossier)
    if answers.sent:
        return go("receipt.show")
    if not journey.may_open(name, answers):
        first = journey.first_unanswered(answers)
        return go("journey.show", step=first.value if first else name.value)
    page = PAGES[name]
    form = page.form(formdata=None, data=page.fill(g.dossier))
    page.prepare(form, g.dossier)
    return _page(name, page, form)


def _page(name: StepName, page: StepPage, form: object, status: int = 200) -> Response:
    back = journey.before(name)
    return render(
        page.template,
        status=status,
        form=form,
        form_page=True,
        kunci=once.kept_key(),
        dari=request.values.get("dari", "") if request.values.get("dari") == "periksa" else "",
        step=name,
        n=journey.position(name),
        total=len(journey.STEPS),
        back=back,
        mistakes=mistakes(form),
        lost=once.is_stale(form),
        cookies=has_cookies(),
        **page.context(form, g.dossier),
    )


@bp.post(STEP_RULE)
@applicant_required
def take(step: str) -> ResponseReturnValue:
    """Take the answer of a step and go on to the next."""
    return take_typed(step)


def take_typed(step: str) -> ResponseReturnValue:
    """Take what was typed for a step, in this request or before its PIN was asked again."""
    name = StepName(step)
    page = PAGES[name]
    if g.dossier.sent_at is not None:
        return advance("receipt.show")
    form = page.form(formdata=request.form)
    page.prepare(form, g.dossier)
    if "temukan" in request.form and not wants_fragment():
        # As an address of its own, so that Back works without script; it identifies nobody.
        query = {key: request.form.get(key, "") for key in ("cari", "kbli", "dari")}
        shown = {key: value[:200] for key, value in query.items() if value}
        return see_other(url_for("journey.show", step=step, **shown))
    if "ganti" in request.form or page.only_shows(request.form):
        return _page(name, page, form)
    valid = form.validate()
    if not page.accepts(form, request.form):
        valid = False
    if not valid:
        return _page(name, page, form, 422)
    try:
        key = once.claim(f"journey.{name}", g.dossier.id)
    except BadPostKey:
        return _page(name, page, form, 400)
    if key.taken is not None and key.taken.same:
        return once.goes_to(key.taken.location)
    job = page.save(g.dossier, form)
    location = _after(name)
    key.lead_to(location, g.dossier.id)
    if job is not None:
        commit_now()
        run_now(job)
    return once.goes_to(location)


def _after(name: StepName) -> str:
    """Return where the person goes after a step, as once.goes_to() reads it."""
    changing = request.form.get("dari") == "periksa"
    if name is StepName.IDENTITY:
        return "nik.show"
    following = journey.next_after(name, dossiers.answers_of(g.dossier), changing=changing)
    if following is None:
        return "receipt.review"
    return f"journey.show {following} periksa" if changing else f"journey.show {following}"


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
    return render(
        "journey/capital_total.html",
        fragment="journey/_total.html",
        **page.context(form, g.dossier),
    )
