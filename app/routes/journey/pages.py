"""All steps of the journey by name, and the parts of their pages that load by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.dossier.journey import StepName
from app.routes.journey import business, person
from app.routes.journey.step_page import At, StepPage
from app.web.answers import render
from app.web.sent import Sent

PAGES: Mapping[StepName, StepPage] = {**person.PAGES, **business.PAGES}


def area_part(chosen: Mapping[str, str]) -> ResponseReturnValue:
    """Answer with the boxes that depend on a district or province (identifies nobody)."""
    of_business = chosen.get(Sent.WHOSE) == "usaha"
    page, at = PAGES[StepName.PLACE if of_business else StepName.HOME], At(asked().dossier)
    form = page.form_class(at)(formdata=None, data=dict(chosen), meta={"csrf": False})
    page.prepare(form, at)
    return render(
        "journey/area.html", fragment="journey/_area.html", form=form, of_business=of_business
    )
