"""The answers of a worked example in the real forms: to read, to fill a box with, to fill a file.

Practice alone: outside of training mode no file ever holds an example's answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, session
from werkzeug.datastructures import MultiDict

from app.domain.dossier import journey
from app.domain.dossier.journey import Answers, StepName, Stop
from app.domain.dossier.steps import STEPS
from app.domain.help.examples import Example
from app.models.dossier import Dossier, Job
from app.practice_space.people import practice_person
from app.routes.desk.practice import in_training
from app.routes.journey.pages import PAGES
from app.routes.journey.step_page import At, Form
from app.services.dossier import answers as dossier_answers
from app.services.help import examples
from app.services.help.book import NoSuchTopic
from app.services.journey import steps as journey_steps
from app.web.session import EXAMPLE

NIK_DIGITS = 16


class NotTaken(Exception):
    """The form does not take an example's answers: its facts and the form have grown apart."""


@dataclass(frozen=True)
class Answered:
    """A step as an example answers it: (question, answer, whether that is Indonesian anyhow)."""

    step: StepName
    rows: tuple[tuple[str, str, bool], ...]


def boxes() -> dict[StepName, Collection[str]]:
    """Return the names of the boxes of each step, also of those that only some are asked."""
    return {
        step: frozenset(name for name in dir(page.form) if _is_box(page.form, name))
        for step, page in PAGES.items()
    }


def _is_box(form: type[Form], name: str) -> bool:
    return hasattr(getattr(form, name, None), "_formfield")  # as WTForms marks them


def typed(one: Example, step: StepName) -> MultiDict[str, str]:
    """Return what the person of an example types or chooses at a step."""
    if step is StepName.KIND:
        return MultiDict({"pelaku": one.legal_form.value})
    if step is StepName.ACTIVITY:
        return MultiDict({"kbli": one.code})
    if step is StepName.IDENTITY:
        who = practice_person(one.person)
        born = who.typed_birth_date
        return MultiDict(
            {
                "nik": " ".join(who.nik[i : i + 4] for i in range(0, 16, 4)),
                "nama": who.typed_name,
                "lahir": f"{born.day}-{born.month}-{born.year}",
                "kelamin": who.typed_sex.value,
            }
        )
    return MultiDict(one.answers.get(step, {}))


def for_box(stop: Stop, answers: Answers) -> MultiDict[str, str] | None:
    """Return what the boxes of a step are filled with in a file that follows an example.

    None for any other file, where the step was answered already, and where statements are to be
    ticked: reading them is what is practised there.
    """
    slug = session.get(EXAMPLE)
    if slug is None or not in_training() or stop.position or stop in journey.answered(answers):
        return None
    if stop.name is StepName.DECLARATIONS or "cari" in request.args:
        return None
    try:
        one = examples.example(slug)
    except NoSuchTopic:
        return None
    filled = typed(one, stop.name)
    if stop.name is StepName.ACTIVITY:
        filled["cari"] = one.words
    return filled


def fill(dossier: Dossier, one: Example, before: StepName | None) -> Job | None:
    """Answer a new file as an example does, up to a step; None: all of it.

    Returns the job that checks the NIK, to be run once the file was saved. Raises NotTaken.
    """
    job = None
    if one.is_entity:
        journey_steps.choose_form(dossier, one.legal_form)
    while True:
        stop = journey.first_unanswered(dossier_answers.answers_of(dossier))
        if stop is None or stop.name is before:
            return job
        page, at = PAGES[stop.name], At(dossier, stop.position)
        form, said = _form(one, stop.name, at)
        if stop.name is StepName.DECLARATIONS:
            said = MultiDict(("pernyataan", kind) for kind in form.asked)
        if not form.validate() or not page.accepts(form, said):
            raise NotTaken(one.slug, stop.name, form.errors)
        job = page.save(at, form) or job
        if journey.first_unanswered(dossier_answers.answers_of(dossier)) == stop:
            raise NotTaken(one.slug, stop.name)


def _form(one: Example, step: StepName, at: At) -> tuple[Form, MultiDict[str, str]]:
    page, said = PAGES[step], typed(one, step)
    form = page.form_class(at)(formdata=said, meta={"csrf": False})
    page.prepare(form, at)
    return form, said


# To read

# The page about the capital and that about the statements tell theirs.
_TOLD = tuple(name for name in STEPS if name not in {StepName.CAPITAL, StepName.DECLARATIONS})


def told(one: Example, steps: Collection[StepName] = _TOLD) -> list[Answered]:
    """Return the questions of the form with an example's answers, in the order of the form."""
    at = At(examples.as_dossier(one))
    found = []
    for step in steps:
        if not typed(one, step) or (step is StepName.KIND and not one.is_entity):
            continue
        form, said = _form(one, step, at)
        found.append(Answered(step, tuple(_rows(form, said))))
    return found


def _rows(form: Form, said: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    rows = []
    for field in form:
        answer = said.get(field.name)
        if answer is None:
            continue
        if field.name == "nik" and not in_training():
            answer = "•" * NIK_DIGITS  # nobody shall type it in earnest
        known = _choices(field)
        # Parts of an activity have names in Indonesian only, as in the list that they come from.
        foreign = answer not in known or field.name == "lingkup"
        rows.append((str(field.label.text), str(known.get(answer, answer)), foreign))
    return rows


def _choices(field: Any) -> dict[str, Any]:
    if hasattr(field, "groups"):
        return {code: name for _, options in field.groups for code, name in options}
    return dict(getattr(field, "choices", None) or ())
