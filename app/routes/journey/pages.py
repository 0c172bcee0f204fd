"""All steps of the journey by name, and the parts of their pages that load by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import g
from flask.typing import ResponseReturnValue

from app.domain.dossier.journey import StepName, Stop
from app.domain.dossier.steps import EACH, STEPS, Step
from app.forms import business as business_forms
from app.forms import person as person_forms
from app.models.dossier import Job
from app.routes.journey import business, person
from app.routes.journey.step_page import At, Form, StepPage
from app.services.dossier.activity import row_of
from app.services.journey import steps
from app.web.answers import render

_OWN: Mapping[StepName, StepPage] = {**person.PAGES, **business.PAGES}


def _bare_page(step: Step) -> StepPage:
    """Return the page of a step without code of its own: form and template bear its name."""
    name = step.name.name.lower()
    forms = business_forms if step.name in EACH else person_forms
    return StepPage(
        getattr(forms, f"{name.title().replace('_', '')}Form"),
        f"journey/{name}.html",
        fill=lambda at: {},
        save=lambda at, form: steps.answer(at.dossier, Stop(step.name, at.position)),
    )


def _page(step: Step) -> StepPage:
    """Return the page of a step, which also fills and saves what is kept as it is typed."""
    own = _OWN.get(step.name) or _bare_page(step)
    if not step.typed_as_kept:
        return own

    def fill(at: At) -> dict[str, Any]:
        row = row_of(at.dossier, step.name, at.position)
        return {c.box: getattr(row, c.name, None) for c in step.typed_as_kept} | own.fill(at)

    def save(at: At, form: Form) -> Job | None:
        steps.keep_as_typed(at.dossier, Stop(step.name, at.position), form.data)
        return own.save(at, form)

    return replace(own, fill=fill, save=save)


PAGES: Mapping[StepName, StepPage] = {name: _page(step) for name, step in STEPS.items()}


def area_part(chosen: Mapping[str, str]) -> ResponseReturnValue:
    """Answer with the boxes that depend on a district or province (identifies nobody)."""
    of_business = chosen.get("untuk") == "usaha"
    page, at = PAGES[StepName.PLACE if of_business else StepName.HOME], At(g.dossier)
    form = page.form_class(at)(formdata=None, data=dict(chosen), meta={"csrf": False})
    page.prepare(form, at)
    return render(
        "journey/area.html", fragment="journey/_area.html", form=form, of_business=of_business
    )
