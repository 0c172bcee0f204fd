"""No value that a page may show is without words, and equal codes do not borrow each other's."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from enum import Enum
from itertools import combinations

import pytest
from flask_babel import force_locale
from wtforms import Field, Form

import app.domain
from app.domain.dossier.progress import Stage
from app.domain.law.requirements import DeclarationKind
from app.domain.licence.corrections import ReturnReason
from app.domain.nik.verdict import Field as ComparedField
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LandStatus, LandUnit, NibStatus, Position
from app.domain.written.made_up import MadeUpProblem
from app.domain.written.text import EntryError
from app.forms import (
    access,
    after,
    business,
    desk,
    entity,
    finder_words,
    licences,
    nib,
    person,
    recovery,
)
from app.forms.fields import ChoiceField, ParsedField
from app.labels import LABELS, field_label, label
from app.labels.base import DECLARATION_MEANINGS, NIK_REMEDIES
from app.labels.licences import REMEDIES
from tests.pseudo import CLOSE, OPEN

# Enums that no page shows by itself. Names ending in Problem have their sentences in the forms.
NOT_SHOWN = {
    "ActKind": "the record",
    "Behalf": "the record",
    "DoerRole": "the record",
    "AddedBy": "the record of added words",
    "AreaKind": "sorts areas",
    "AreaUnit": "the units of a rule; pages show LandUnit",
    "AuthorityLevel": "sorts offices",
    "ChecklistFlag": "for OSS only",
    "Declaration": "for OSS only; pages show DeclarationKind",
    "DayUnit": "of a number; pages show both together",
    "DeedKind": "for OSS only",
    "DocumentKind": "for OSS only; pages show NibStatus",
    "CorrectionOutcome": "the record; pages show Hindrance",
    "ClockState": "pages say what it means for the days",
    "CodeLength": "of a rule; the message shows the code",
    "EntityCode": "for OSS only",
    "EventKind": "the record; pages show Stage",
    "FileCase": "of a rule; pages show its days",
    "Free": "a number; pages say how many tries are left",
    "HandoverState": "chooses a turn",
    "Hindrance": "chooses a sentence of journey/correction.html",
    "HolidayKind": "sorts days",
    "InboundKind": "what an SMS asks; pages show the answer",
    "KdKewenangan": "for OSS only",
    "LegalStatus": "for OSS only",
    "MessageKind": "each has a text of its own; pages show that",
    "NotSentCause": "for staff, in the terminal and the log",
    "NoticeState": "for staff, in the terminal",
    "NikActor": "of a rule; pages show NikOffice",
    "NikClosedBecause": "for staff, in the terminal",
    "NikEscalatedBecause": "for staff, in the terminal",
    "NikWake": "of a rule",
    "RequestKind": "pages have a sentence for each",
    "RequestOutcome": "the record",
    "SpecimenKind": "papers say it in the words of OSS",
    "LicenceStatus": "pages show PublicState",
    "ProductType": "for OSS only; pages show LicenceProduct",
    "OnErasure": "of a rule",
    "PieceName": "a name in addresses; pages show the title of its text (app/content/kit)",
    "Evidence": "chooses a turn",
    "ExamplePage": "a number; pages show the headings of routes/help/examples.py",
    "NikState": "chooses a turn",
    "Of": "names a table",
    "RecoveryWay": "the record",
    "RegistryFault": "nobody but staff can do anything about it",
    "ResponseCode": "for OSS only",
    "ServiceMode": "chosen at start",
    "Standing": "chooses a turn",
    "StatusSource": "the record; pages show what happened",
    "SizeCode": "for OSS only; pages show BusinessSize",
    "StageState": "how a station looks; pages show Stage",
    "Subject": "sorts rules",
    "Holding": "of a rule",
    "Purpose": "the record of looks",
    "Whose": "a filter; the queue shows its words",
    "Permission": "of a rule",
    "Reach": "of a rule",
    "Turn": "has its sentences in labels/turns.py",
    "Topic": "sorts conclusions",
    "Surety": "steers what a page asks",
}


def domain_enums() -> dict[str, type[Enum]]:
    """Return every enum that a module of the domain defines."""
    found = {}
    for info in pkgutil.walk_packages(app.domain.__path__, "app.domain."):
        module = importlib.import_module(info.name)
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Enum) and kind.__module__ == info.name:
                assert name not in found, name
                found[name] = kind
    return found


ENUMS = domain_enums()
SHOWN = sorted({kind for kind, _ in LABELS}, key=lambda kind: kind.__name__)


def test_every_enum_is_shown_or_known_not_to_be():
    undecided = {
        name for name in ENUMS if ENUMS[name] not in SHOWN and not name.endswith("Problem")
    }
    assert undecided == set(NOT_SHOWN)


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_every_value_has_words(application, kind):
    with application.app_context(), force_locale("en"):
        said = {member: label(member) for member in kind}
    assert [member for member, text in said.items() if not text.strip()] == []
    assert len(set(said.values())) == len(said), "no two values are said alike"


@pytest.mark.parametrize("language", ["id", "en"])
def test_equal_codes_of_different_enums_have_different_words(application, language):
    """“01” is land, rented, square metres and active."""
    with application.app_context(), force_locale(language):
        for one, other in combinations((LandStatus, LandUnit, Position, NibStatus), 2):
            shared = {m.value for m in one} & {m.value for m in other}
            assert "01" in shared
            for code in shared:
                assert label(one(code)) != label(other(code)), (one, other, code)


def test_each_way_of_asking_says_the_same(application):
    """A template holds the member, a column only its text."""
    with application.test_request_context():
        for field in ComparedField:
            assert field_label(field.value) == label(field)
        template = application.jinja_env.from_string("{{ stage|label }}")
        assert template.render(stage=Stage.NIB) == label(Stage.NIB)


def test_every_class_of_a_nik_that_does_not_fit_has_a_remedy():
    assert set(NIK_REMEDIES) == set(NikClass) - {NikClass.MATCH, NikClass.PENDING}
    for texts in NIK_REMEDIES.values():
        assert len(texts) == 3
        assert all(str(text).strip() for text in texts)


def test_every_reason_to_give_back_has_a_remedy():
    assert set(REMEDIES) == set(ReturnReason)
    assert len({str(text) for text in REMEDIES.values()}) == len(REMEDIES)


def test_every_statement_says_what_it_means():
    assert set(DECLARATION_MEANINGS) == set(DeclarationKind)


FORMS = [
    each
    for module in (
        access,
        after,
        business,
        desk,
        entity,
        finder_words,
        licences,
        nib,
        person,
        recovery,
    )
    for _, each in inspect.getmembers(module, inspect.isclass)
    if issubclass(each, Form) and each.__module__ == module.__name__
]


def fields_of(application, form_class: type[Form]) -> list[Field]:
    with application.test_request_context():
        return list(form_class(formdata=None, meta={"csrf": False}))


@pytest.mark.parametrize("form_class", FORMS, ids=lambda each: each.__name__)
def test_every_problem_of_a_box_has_its_sentence(application, pseudo_client, form_class):
    """A problem without one would end in the error page."""
    for field in fields_of(application, form_class):
        if not isinstance(field, ParsedField):
            continue
        own = {problem for problem in field.messages if not isinstance(problem, MadeUpProblem)}
        (kind,) = {type(problem) for problem in own}
        asked = set(kind) - ({kind["EMPTY"]} if field.optional else set())
        assert asked <= set(field.messages), field.name
        with application.test_request_context():
            for problem in asked:
                assert OPEN in str(field.messages[problem]), "marked for translation"
                assert CLOSE in str(field.messages[problem])


def test_every_problem_of_the_domain_is_raised_by_a_box_that_names_it(application):
    said = {
        type(problem)
        for form_class in FORMS
        for field in fields_of(application, form_class)
        if isinstance(field, ParsedField)
        for problem in field.messages
    }
    said |= {type(problem) for problem in person.AGE_MESSAGES}
    assert {kind.__name__ for kind in said} == {n for n in ENUMS if n.endswith("Problem")}
    assert set(person.AGE_MESSAGES) == set(ENUMS["AgeProblem"])


def test_the_values_in_a_sentence_are_those_of_the_error(application):
    """`{digits}` in a sentence needs `digits` on the error; else the page would break."""
    errors = {
        each.__annotations__.get("problem"): each
        for each in EntryError.__subclasses__()
        if "problem" in each.__annotations__
    }
    checked = 0
    for form_class in FORMS:
        for field in fields_of(application, form_class):
            if not isinstance(field, ParsedField):
                continue
            for problem, sentence in field.messages.items():
                error = errors[type(problem).__name__]
                parameters = [p for p in inspect.signature(error).parameters if p != "problem"]
                values = dict.fromkeys(parameters, 7)
                with application.app_context(), force_locale("en"):
                    assert "{" not in str(sentence).format(**values), problem
                checked += 1
    assert checked > 50


@pytest.mark.parametrize("form_class", FORMS, ids=lambda each: each.__name__)
def test_every_box_has_a_name_in_words(application, form_class):
    for field in fields_of(application, form_class):
        if isinstance(field, (ParsedField, ChoiceField)):
            with application.app_context(), force_locale("en"):
                assert str(field.label.text).strip() != field.name
