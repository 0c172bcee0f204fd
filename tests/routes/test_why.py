"""“Why?” on the page of a dossier, and the words of facts, steps and laws behind it."""

from __future__ import annotations

from datetime import date

import pytest
from flask_babel import force_locale

from app.domain.law.authority import Silence
from app.domain.law.because import Conclusion, Fact, FactKind, Known
from app.domain.law.business_size import BusinessSize
from app.domain.law.estimate.bands import BANDS
from app.domain.law.risk import Citation
from app.domain.law.rules import Actor, DayUnit, Step, StepKind, Subject, Validity
from app.labels.risk import day_of, days_of, laws_of, value_of
from app.services.law.rules import FACT_VALUES, get_rules
from tests.client import parse, words
from tests.pages import KIOSK, PREFIXES, REVIEW, Walk

LAW = Citation("PP 28/2025", "19")


def step(**changes) -> Step:
    values = {
        "subject": Subject.SPATIAL,
        "outcomes": ("assessment",),
        "kind": StepKind.ASSESS,
        "actor": Actor.OFFICE,
        "when": (),
        "citation": LAW,
        "validity": Validity(date(2025, 6, 5)),
        **changes,
    }
    return Step(**{"days_at_least": values.get("days"), **values})


@pytest.mark.parametrize("language", PREFIXES)
def test_the_review_says_why_without_script(client, language):
    walk = Walk.placed(client, REVIEW, KIOSK, language=language)
    page = parse(walk.response)
    inner = [d for d in page.all("details") for e in d.iter() if e is not d and e.tag == d.tag]
    assert len(inner) == 2, "place and environment, inside of one that is closed"
    text = words(page)
    assert "PP 28/2025 Pasal 32-33" in text
    assert "PP 28/2025 Pasal 101, 220" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": 1}, "1 working day"),
        ({"days": 20}, "20 working days"),
        ({"days": 7, "unit": DayUnit.CALENDAR}, "7 calendar days"),
        ({"days": 5, "days_at_least": 3}, "3 to 5 working days"),
        ({"automatic": True}, "at once"),
        ({}, ""),
    ],
)
def test_the_days_of_a_step_in_words(application, changes, said):
    with application.test_request_context(), force_locale("en"):
        assert days_of(step(**changes)) == said


@pytest.mark.parametrize("kind", FACT_VALUES)
def test_every_value_of_a_fact_has_words(kind):
    for member in FACT_VALUES[kind]:
        assert value_of(Fact(kind, member.value)) is member


def test_a_band_is_said_and_a_code_stands_for_itself():
    for band in BANDS:
        assert value_of(Fact(FactKind.BAND, band.value)) is band
    assert value_of(Fact(FactKind.CODE, "47112")) is None
    assert value_of(Fact(FactKind.KEK, "no")) is Known.NO
    assert value_of(Fact(FactKind.SIZE, "mikro")) is BusinessSize.MICRO


def test_a_date_is_said_as_a_date(application):
    with application.test_request_context(), force_locale("en"):
        assert "2026" in day_of(Fact(FactKind.AS_OF, "2026-09-30"))
        assert day_of(Fact(FactKind.CODE, "47112")) is None


def test_a_step_of_another_law_or_of_none_that_was_read_is_named():
    own = Conclusion(Silence.OSS_VERIFIES, (), (LAW,))
    guide = Citation("Another law", "1")
    unread = Citation("PP 28/2025", confirmed=False)
    steps = [step(), step(citation=guide), step(citation=guide), step(citation=unread)]
    assert laws_of(own, steps) == [LAW, guide, unread]
    assert laws_of(own) == [LAW]


def test_every_loaded_step_with_days_says_them(application):
    with application.test_request_context(), force_locale("en"):
        for each in get_rules().steps:
            assert bool(days_of(each)) is (each.automatic or each.days is not None)
