"""How a place gets its KKPR: every row of the table, its steps and its days."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, product

import pytest

from app.domain.law.because import Fact, FactKind, Known
from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.law.rules import Actor, DayUnit, NoRuleInForce, StepKind
from app.domain.law.spatial import (
    DetailedPlan,
    Ground,
    PlaceFacts,
    SpatialStep,
    spatial_burden,
    spatial_way,
)
from app.services.law.rules import get_rules

TODAY = date(2026, 11, 23)
IN_FORCE = date(2025, 6, 5)
MICRO, SMALL, MEDIUM, LARGE = BusinessSize
LOW, MEDIUM_LOW, MEDIUM_HIGH, HIGH = RiskLevel


def way(size=MICRO, risk=LOW, *, on=TODAY, **changes):
    return spatial_way(get_rules(), size, risk, on=on, **changes)


def with_plan(plan, size=SMALL, **changes):
    return way(size, place=PlaceFacts(plan=plan, **changes))


def said(found):
    """Return the steps as (what, who, days)."""
    return [(step.kind, step.actor, step.days) for step in found.steps]


@pytest.mark.parametrize(
    ("size", "risk", "outcome"),
    [
        (MICRO, LOW, SpatialStep.SELF_STATEMENT),
        (SMALL, LOW, SpatialStep.UNKNOWN_PLAN),
        (MICRO, MEDIUM_LOW, SpatialStep.UNKNOWN_PLAN),
        (SMALL, MEDIUM_LOW, SpatialStep.UNKNOWN_PLAN),
        (LARGE, HIGH, SpatialStep.UNKNOWN_PLAN),
    ],
)
def test_only_micro_with_low_risk_states_its_place_itself(size, risk, outcome):
    assert way(size, risk).outcome is outcome


def test_the_regency_compares_a_self_statement_within_ten_working_days():
    found = way()
    assert said(found) == [
        (StepKind.STATE_PLACE, Actor.OWNER, None),
        (StepKind.CHECK_PLACE, Actor.REGENCY, 10),
        (StepKind.LETTER_AND_COACHING, Actor.REGENCY, None),
    ]
    assert found.steps[0].automatic
    assert found.steps[1].unit is DayUnit.WORKING
    assert [step.citation.article for step in found.steps] == ["32", "33", "33"]


@pytest.mark.parametrize(
    ("plan", "outcome", "article"),
    [
        (DetailedPlan.IN_OSS, SpatialStep.AUTOMATIC_BY_RDTR, "17"),
        (DetailedPlan.OUTSIDE_OSS, SpatialStep.ASSESSMENT, "19-23, 25"),
        (DetailedPlan.NONE, SpatialStep.ASSESSMENT, "19-23"),
        (DetailedPlan.UNKNOWN, SpatialStep.UNKNOWN_PLAN, "17, 20-23, 25"),
    ],
)
def test_the_plan_decides_for_everybody_else(plan, outcome, article):
    found = with_plan(plan)
    assert found.outcome is outcome
    assert found.conclusion.citations[0].article == article


def test_a_plan_in_oss_answers_at_once():
    (step,) = with_plan(DetailedPlan.IN_OSS).steps
    assert (step.kind, step.actor) == (StepKind.CONFIRM_OR_REJECT, Actor.OSS)
    assert step.automatic
    assert step.days is None


ASSESSED = [
    (StepKind.CHECK_DOCUMENTS, Actor.OFFICE, 5),
    (StepKind.FIX, Actor.OWNER, 5),
    (StepKind.RECHECK, Actor.OFFICE, 3),
    (StepKind.FIX, Actor.OWNER, 5),
    (StepKind.RECHECK, Actor.OFFICE, 2),
    (StepKind.PAY_FEE, Actor.OWNER, 7),
    (StepKind.LAND_ADVICE, Actor.LAND_OFFICE, None),
    (StepKind.ASSESS, Actor.OFFICE, 20),
]


def test_without_a_plan_the_office_checks_and_assesses():
    assert said(with_plan(DetailedPlan.NONE)) == ASSESSED


def test_a_plan_outside_oss_needs_no_land_advice():
    found = said(with_plan(DetailedPlan.OUTSIDE_OSS))
    assert found == [step for step in ASSESSED if step[0] is not StepKind.LAND_ADVICE]


def test_the_fee_is_due_in_calendar_days_and_asked_for_twice_at_most():
    fees = [s for s in with_plan(DetailedPlan.NONE).steps if s.kind is StepKind.PAY_FEE]
    (fee,) = fees
    assert (fee.days, fee.unit, fee.times) == (7, DayUnit.CALENDAR, 2)
    assert fee.citation.article == "19"
    others = [step for step in with_plan(DetailedPlan.NONE).steps if step is not fee]
    assert {(step.unit, step.times) for step in others} == {(DayUnit.WORKING, 1)}


def test_an_unknown_plan_says_what_it_may_be():
    found = with_plan(DetailedPlan.UNKNOWN)
    assert found.may_be == (SpatialStep.AUTOMATIC_BY_RDTR, SpatialStep.ASSESSMENT)
    assert said(found) == [(StepKind.ASK_PLAN, Actor.OWNER, None)]


@pytest.mark.parametrize("ground", [Ground.WATER, Ground.FOREST])
@pytest.mark.parametrize("plan", DetailedPlan)
def test_water_and_forest_must_be_asked_whatever_the_plan(ground, plan):
    found = way(ground=ground, place=PlaceFacts(plan=plan))
    assert found.outcome is SpatialStep.UNKNOWN_PLAN
    assert found.may_be == ()


def test_shared_premises_need_nothing_even_at_high_risk():
    found = way(LARGE, HIGH, shared_premises=True, ground=Ground.WATER)
    assert found.outcome is SpatialStep.NONE_SHARED_PREMISES
    assert found.steps == ()
    assert found.conclusion.citations[0].article == "13"


@pytest.mark.parametrize("plan", [DetailedPlan.NONE, DetailedPlan.OUTSIDE_OSS])
@pytest.mark.parametrize(
    ("island", "first"), [(Known.YES, True), (Known.NO, False), (Known.UNKNOWN, False)]
)
def test_a_small_island_needs_a_recommendation_first(plan, island, first):
    step = with_plan(plan, small_island=island).steps[0]
    assert (step.kind is StepKind.ISLAND_RECOMMENDATION) is first
    if first:
        assert (step.days, step.unit, step.late_goes_on) == (14, DayUnit.WORKING, True)
        assert step.citation.article == "35-36"
    else:
        assert not step.late_goes_on


def test_the_facts_are_those_that_were_looked_at():
    assert way().conclusion.facts == (
        Fact(FactKind.SHARED_PREMISES, "no"),
        Fact(FactKind.GROUND, "land"),
        Fact(FactKind.SIZE, "mikro"),
        Fact(FactKind.RISK, "R"),
    )
    assert way(SMALL).conclusion.facts[-1] == Fact(FactKind.PLAN, "unknown")
    assert way(shared_premises=True).conclusion.facts == (Fact(FactKind.SHARED_PREMISES, "yes"),)


def test_the_law_counts_from_its_first_day():
    assert way(on=IN_FORCE).outcome is SpatialStep.SELF_STATEMENT
    with pytest.raises(NoRuleInForce):
        way(on=date(2025, 6, 4))


EVERYTHING = list(product(RiskLevel, (False, True), Ground, DetailedPlan, Known))


def test_a_bigger_business_never_has_an_easier_place():
    for risk, shared, ground, plan, island in EVERYTHING:
        burdens = [
            spatial_burden(
                way(
                    size,
                    risk,
                    shared_premises=shared,
                    ground=ground,
                    place=PlaceFacts(plan, island),
                ).outcome
            )
            for size in BusinessSize
        ]
        assert burdens == sorted(burdens), (risk, shared, ground, plan)


def test_a_higher_risk_never_has_an_easier_place_where_the_plan_is_the_same():
    """A plan in OSS answers by itself, which is still more to ask than a statement."""
    for size, shared, ground, plan in product(BusinessSize, (False, True), Ground, DetailedPlan):
        burdens = [
            spatial_burden(
                way(
                    size, risk, shared_premises=shared, ground=ground, place=PlaceFacts(plan)
                ).outcome
            )
            for risk in RiskLevel
        ]
        assert all(lighter <= heavier for lighter, heavier in pairwise(burdens))


def test_every_way_has_a_law():
    for size, (risk, shared, ground, plan, island) in product(BusinessSize, EVERYTHING):
        found = way(
            size, risk, shared_premises=shared, ground=ground, place=PlaceFacts(plan, island)
        )
        for citation in (*found.conclusion.citations, *(step.citation for step in found.steps)):
            assert citation.law == "PP 28/2025"
            assert citation.article
            assert citation.confirmed
