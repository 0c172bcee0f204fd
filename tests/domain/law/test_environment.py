"""Which environmental document belongs to a risk, and the days of the UKL-UPL."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from app.domain.law.environment import (
    EnvironmentPaper,
    EnvironmentStep,
    environment_burden,
    environment_way,
    strictest_document,
)
from app.domain.law.risk import RiskLevel
from app.domain.law.rules import Actor, NoRuleInForce, StepKind
from app.services.law.rules import get_rules

TODAY = date(2026, 11, 23)
LOW, MEDIUM_LOW, MEDIUM_HIGH, HIGH = RiskLevel
SPPL, UKL_UPL, AMDAL = EnvironmentPaper


def way(risk, on=TODAY):
    return environment_way(get_rules(), risk, on=on)


def said(found):
    return [(step.kind, step.actor, step.days_at_least, step.days) for step in found.steps]


@pytest.mark.parametrize(
    ("risk", "outcome", "may_be"),
    [
        (LOW, EnvironmentStep.SPPL_WITH_NIB, ()),
        (MEDIUM_LOW, EnvironmentStep.ASK_SPPL_OR_UKL_UPL, (SPPL, UKL_UPL)),
        (MEDIUM_HIGH, EnvironmentStep.ASK_SPPL_OR_UKL_UPL, (SPPL, UKL_UPL)),
        (HIGH, EnvironmentStep.ASK_ANY, (UKL_UPL, AMDAL)),
    ],
)
def test_what_each_risk_leads_to(risk, outcome, may_be):
    assert (way(risk).outcome, way(risk).may_be) == (outcome, may_be)


def test_the_pledge_comes_with_the_nib():
    (step,) = way(LOW).steps
    assert (step.kind, step.actor, step.automatic) == (StepKind.SPPL, Actor.OSS, True)
    assert step.citation.article == "101"


def test_a_form_of_medium_low_risk_is_approved_by_itself():
    found = way(MEDIUM_LOW)
    assert said(found)[-1] == (StepKind.UKL_UPL_AUTOMATIC, Actor.OSS, None, None)
    assert found.steps[-1].automatic
    assert all(step.days is None for step in found.steps)


DAYS = [
    (StepKind.CHECK_DOCUMENTS, Actor.ENVIRONMENT_OFFICE, 1, 1),
    (StepKind.FIX, Actor.OWNER, 1, 1),
    (StepKind.RECHECK, Actor.ENVIRONMENT_OFFICE, 1, 1),
    (StepKind.CHECK_SUBSTANCE, Actor.ENVIRONMENT_OFFICE, 3, 5),
    (StepKind.FIX, Actor.OWNER, 5, 5),
    (StepKind.DECIDE_UKL_UPL, Actor.ENVIRONMENT_OFFICE, 2, 2),
]


@pytest.mark.parametrize("risk", [MEDIUM_HIGH, HIGH])
def test_the_days_of_a_form_that_an_office_decides(risk):
    found = way(risk)
    assert [step for step in said(found) if step[3] is not None] == DAYS
    assert StepKind.UKL_UPL_AUTOMATIC not in [step.kind for step in found.steps]


def test_the_days_of_a_full_study_are_not_known_and_not_guessed():
    last = way(HIGH).steps[-1]
    assert (last.kind, last.days, last.automatic) == (StepKind.AMDAL, None, False)
    assert not last.citation.confirmed
    assert StepKind.AMDAL not in [step.kind for step in way(MEDIUM_HIGH).steps]


def test_a_higher_risk_never_has_a_lighter_document():
    burdens = [environment_burden(way(risk).outcome) for risk in RiskLevel]
    assert burdens == sorted(burdens)
    assert len(set(burdens)) == len(EnvironmentStep)
    for lighter, heavier in pairwise(EnvironmentStep):
        assert strictest_document([heavier, lighter]) is heavier


def test_the_law_counts_from_its_first_day():
    assert way(LOW, date(2025, 6, 5)).outcome is EnvironmentStep.SPPL_WITH_NIB
    with pytest.raises(NoRuleInForce):
        way(LOW, date(2025, 6, 4))
