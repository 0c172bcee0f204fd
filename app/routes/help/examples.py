"""Worked examples: eight made-up businesses, each on five small pages, from question to result.

The pages are the same for everybody and may be kept, as those of help. The button that opens a
filled practice file leads to a page that is not kept: there the form with its token and key stands.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app import modes
from app.asked import asked
from app.domain.dossier.journey import StepName
from app.domain.help.examples import Example, ExamplePage
from app.domain.law.estimate.answer import Estimate
from app.domain.law.spatial import SpatialStep
from app.forms.access import StartForm
from app.forms.business_check import INSIDE, SHARED
from app.i18n import DEFAULT, language, outside_url_as_read
from app.practice_space.people import any_pin, made_up_person
from app.routes.check.check import ANSWERS, days_of, deciders_of
from app.routes.help.topics import A_DAY, Entry, topic_entry
from app.routes.journey import example_steps
from app.routes.journey.start import open_again
from app.services.base.post_keys import Taken
from app.services.dossier import opening, pins
from app.services.help import examples
from app.services.help.book import NoSuchTopic, meanings_in
from app.services.help.examples import Reckoned
from app.services.kbli import browse
from app.web import once
from app.web.answers import advance, render, share_link
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.session import EXAMPLE, enter, start_token
from app.web.taking import Leads, take_form

bp = Blueprint("examples", __name__, url_prefix="/bantuan/contoh")

TITLES = {
    ExamplePage.NEEDS: _l("What do I need?"),
    ExamplePage.COUNT: _l("What to bring and count"),
    ExamplePage.FORM: _l("The answers in the form"),
    ExamplePage.STATEMENTS: _l("NIK, statements, sending"),
    ExamplePage.RESULT: _l("The result and after"),
}
PAGE_RULE = f"/<slug>/<int(min=2,max={len(ExamplePage)}):n>"


@bp.get("")
@open_to_all
def show_examples() -> ResponseReturnValue:
    """List the examples."""
    return render(
        "examples/show.html", public_for=A_DAY, shared=True, examples=entries(examples.examples())
    )


def entries(found: list[Example]) -> list[Entry]:
    """Return examples as lines of a list."""
    texts = [(each.slug, each.texts[language()]) for each in found]
    return [Entry(_address(slug), text.title, text.summary) for slug, text in texts]


def _address(slug: str, n: int = 1) -> str:
    shown: dict[str, Any] = {"n": n} if n > 1 else {}
    return url_for("examples.page", slug=slug, **shown)


@bp.get("/<slug>")
@bp.get(PAGE_RULE)
@open_to_all
def page(slug: str, n: int = 1) -> ResponseReturnValue:
    """Show one page of an example."""
    one, here = _example(slug), ExamplePage(n)
    text, reckoned = one.texts[language()], examples.reckon(one)
    told = text.pages[here]
    original = one.texts[DEFAULT]
    return render(
        f"examples/{here.name.lower()}.html",
        public_for=A_DAY,
        shared=True,
        one=one,
        here=here,
        step=here.step,
        heading=TITLES[here],
        text=text,
        told=told,
        # Made from our own glossary, with nothing of a person in it.
        meanings=Markup(meanings_in(f"{told.story} {told.mistake}", language())),  # noqa: S704
        n=n,
        total=len(ExamplePage),
        before=_address(slug, n - 1) if n > 1 else None,
        following=_address(slug, n + 1) if n < len(ExamplePage) else None,
        following_title=TITLES[ExamplePage(n + 1)] if n < len(ExamplePage) else "",
        whole=[_address(slug, each) for each in ExamplePage],
        practice_path=url_for("examples.page", **request.view_args or {}).removeprefix(
            request.script_root + "/"
        ),
        stale_since=original.reviewed if language() != DEFAULT and one.is_stale else None,
        share=share_link(
            f"{text.title}\n{text.summary}\n{outside_url_as_read('examples.page', slug=slug)}"
        ),
        reckoned=reckoned,
        **_more(one, here, reckoned),
    )


def _example(slug: str) -> Example:
    try:
        return examples.example(slug)
    except NoSuchTopic:
        abort(404)


def _more(one: Example, here: ExamplePage, reckoned: Reckoned) -> dict[str, Any]:
    """Return what only one page of an example needs."""
    estimate = reckoned.found
    if here is ExamplePage.NEEDS:
        said = browse.wording(reckoned.entry, language()) if reckoned.entry else None
        answer = ANSWERS.get(estimate.risk) if estimate and estimate.risk else None
        return {"said": said, "answer": answer, "check": check_answers(one, reckoned)}
    if here is ExamplePage.COUNT:
        (asked,) = example_steps.told(one, [StepName.CAPITAL])
        return {"capital": one.capital, "rows": asked.rows}
    if here is ExamplePage.FORM:
        return {"steps": example_steps.told(one)}
    if here is ExamplePage.STATEMENTS:
        return {"person": made_up_person(one.person)}
    return {
        "place_first": _place_first(estimate),
        "deciders": deciders_of(estimate) if estimate else [],
        "days": days_of(estimate) if estimate else "",
        "topics": [topic_entry(each) for each in one.topics],
    }


def _place_first(found: Estimate | None) -> bool:
    return bool(found and found.spatial in {SpatialStep.UNKNOWN_PLAN, SpatialStep.ASSESSMENT})


def check_answers(one: Example, reckoned: Reckoned) -> dict[str, str]:
    """Return an example's answers to the short look-up, as they stand in an address."""
    shared = one.answers[StepName.PLACE].get("jenis") == SHARED
    found = {"kbli": one.code, "tempat": SHARED if shared else INSIDE, "besar": reckoned.band.value}
    return found if one.scope_no is None else {**found, "lingkup": str(one.scope_no)}


# A practice file with the answers


@bp.get(f"{PAGE_RULE}/latihan")
@open_to_all
def ask(slug: str, n: int) -> ResponseReturnValue:
    """Offer to open a practice file with the answers up to a step."""
    if not modes.in_training():
        abort(404)
    start_token()
    form = StartForm(formdata=None)
    form.pin.raw = any_pin()
    return _ask(_example(slug), ExamplePage(n), form)


def _ask(one: Example, here: ExamplePage, form: StartForm, status: int = 200) -> Response:
    form.pin.description = _(
        "We chose a PIN for you. Write it down only if you want to go on later."
    )
    return render(
        "examples/practise.html",
        status=status,
        form_page=True,
        one=one,
        text=one.texts[language()],
        here=here,
        step=here.step,
        back=_address(one.slug, here),
        **once.form_context(form),
    )


@bp.post(f"{PAGE_RULE}/latihan")
@open_to_all
@limited(limits.EXAMPLE)
def practise(slug: str, n: int) -> ResponseReturnValue:
    """Open a practice file, answer it up to the step and go there. Sent twice, it opens one."""
    if not modes.in_training():
        abort(404)
    one, here = _example(slug), ExamplePage(n)
    form = StartForm(formdata=request.form)
    pin_hash = ""

    def slow() -> None:
        nonlocal pin_hash
        pin_hash = pins.hash_pin(form.pin.data)

    def again(taken: Taken) -> ResponseReturnValue:
        if not open_again(taken):
            return advance("resume.show_resume")
        session[EXAMPLE] = slug
        return once.goes_to(taken.location)

    def act() -> Leads:
        dossier = opening.start(pin_hash, str(get_locale()), kbli_code=one.code)
        job = example_steps.fill(dossier, one, here.step)
        enter(dossier.id)
        session[EXAMPLE] = slug
        asked().dossier = dossier
        return Leads(f"journey.show_step {here.step}" if here.step else "review.review", job)

    name = f"examples.practise {slug} {n}"
    page = partial(_ask, one, here, form)
    return take_form(name, form, page, act, may_edit=False, again=again, slow=slow)
