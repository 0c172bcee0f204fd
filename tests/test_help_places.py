"""Every error teaches: no message, NIK class, reason or question is without its topic of help."""

from __future__ import annotations

from enum import Enum

import pytest

from app.domain.dossier.steps import STEPS
from app.domain.licence.corrections import ReturnReason
from app.domain.nik.verdict import NikClass
from app.domain.written.person import AgeProblem
from app.forms.fields import ParsedField
from app.services.help import book
from tests.test_labels import ENUMS, FORMS, fields_of

# Topics are written for applicants: what staff mistype at their own door has a sentence alone.
OF_STAFF = {"PasswordProblem", "StaffPinProblem"}
PROBLEMS = {
    name: kind for name, kind in ENUMS.items() if name.endswith("Problem") and name not in OF_STAFF
}


def key_of(problem: Enum) -> str:
    """Return what tells a problem from others: “empty” of one kind equals that of another."""
    return f"{type(problem).__name__}.{problem.name}"


def problems_of_boxes(application) -> dict[str, Enum]:
    """Return each problem for which some box has a sentence."""
    found = {
        key_of(problem): problem
        for form_class in FORMS
        for field in fields_of(application, form_class)
        if isinstance(field, ParsedField)
        for problem in field.messages
        if type(problem).__name__ not in OF_STAFF
    }
    return found | {key_of(problem): problem for problem in AgeProblem}


@pytest.fixture
def places(application):
    found = book.book().places
    assert book.topics(), "there is no content"
    return found


def test_every_message_about_a_mistake_has_its_topic(application, places):
    problems = problems_of_boxes(application)
    assert len(problems) > 50
    assert [key for key, each in problems.items() if places.of_problem(each) is None] == []


def test_every_problem_of_the_domain_has_its_topic(places):
    """Also those that no box raises yet."""
    every = [problem for kind in PROBLEMS.values() for problem in kind]
    assert len(every) > 60
    assert [key_of(each) for each in every if places.of_problem(each) is None] == []


def test_every_question_has_its_topic(application):
    assert {step.help for step in STEPS.values()} <= set(book.book().topics)


def test_every_class_of_a_nik_has_its_topic(places):
    assert set(places.nik) == set(NikClass)


def test_every_reason_to_give_back_has_its_topic(places):
    assert set(places.reason) == set(ReturnReason)


def test_the_list_names_only_problems_that_exist(places):
    for key in places.problem:
        kind, _, member = key.partition(".")
        assert kind in PROBLEMS, key
        assert not member or member in PROBLEMS[kind].__members__, key


def test_every_place_leads_to_a_topic_that_exists(places):
    for part in (places.nik, places.reason, places.problem, places.page):
        assert set(part.values()) <= set(book.book().topics)
