"""Several activities together: what is decided over the whole business, and what is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from app.domain.law.because import Conclusion, ConclusionWithoutLaw, Fact, FactKind
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.environment import EnvironmentStep
from app.domain.law.estimate.combined import combine, whole_capital
from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.law.requirements import DeclarationKind
from app.domain.law.risk import LicenceProduct, RiskLevel
from app.domain.law.spatial import SpatialStep
from tests.domain.law.estimate.test_reckoning import (
    LOW,
    MEDIUM_HIGH,
    MICRO,
    SMALL,
    asked,
    question,
    row,
)

KIOSK = asked([row()], question())
LAUNDRY = asked([row(code="96100", risk=RiskLevel.MEDIUM_LOW)], question(code="96100"))
WATER = asked([row(code="11052", risk=MEDIUM_HIGH)], question(code="11052"))
PIGS = asked([row(code="01450", risk=RiskLevel.HIGH)], question(code="01450"))
WHOLESALE = asked([row(code="46311")], question(code="46311"))
NOBODY_KNOWS = asked([], question(code="85101"))


def test_one_activity_is_as_it_was():
    whole = combine([KIOSK])
    assert whole.parts[0].found is KIOSK
    assert whole.products == KIOSK.products
    assert whole.declarations == KIOSK.declarations
    assert whole.environment.value is KIOSK.environment
    assert whole.spatial.value is KIOSK.spatial
    assert whole.risk.value is KIOSK.risk
    assert whole.reasons == frozenset()
    assert all(law.article != "78(6)" for law in whole.environment.citations)


def test_each_activity_keeps_its_own_products():
    whole = combine([KIOSK, WATER])
    assert [part.products.value for part in whole.parts] == [
        (LicenceProduct.NIB,),
        (LicenceProduct.NIB, LicenceProduct.VERIFIED_CERTIFICATE),
    ]
    assert whole.products == (LicenceProduct.NIB, LicenceProduct.VERIFIED_CERTIFICATE)
    assert whole.risk.value is MEDIUM_HIGH


@pytest.mark.parametrize(
    ("estimates", "step"),
    [
        ([KIOSK, KIOSK], EnvironmentStep.SPPL_WITH_NIB),
        ([KIOSK, LAUNDRY], EnvironmentStep.ASK_SPPL_OR_UKL_UPL),
        ([KIOSK, LAUNDRY, PIGS], EnvironmentStep.ASK_ANY),
    ],
)
def test_the_strictest_environmental_document_is_for_all(estimates, step):
    for order in permutations(estimates):
        found = combine(order).environment
        assert found.value is step
        assert found.citations[0].article == "78(6)"


def test_an_unknown_risk_adds_nothing_to_the_document():
    whole = combine([KIOSK, NOBODY_KNOWS])
    assert whole.environment.value is EnvironmentStep.SPPL_WITH_NIB
    assert whole.parts[1].products.value == ()
    assert whole.reasons == {JourneyReason.RISK_NOT_KNOWN}
    assert whole.obstacles[0].facts == (Fact(FactKind.CODE, "85101"),)


def test_statements_are_joined_and_each_is_made_once():
    kinds = [each.kind for each in combine([LAUNDRY, KIOSK]).declarations]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == {each.kind for each in (*KIOSK.declarations, *LAUNDRY.declarations)}
    assert kinds == sorted(kinds, key=list(DeclarationKind).index)
    assert {DeclarationKind.KKPR_SELF_STATEMENT, DeclarationKind.BUSINESS_STANDARD} <= set(kinds)


def test_the_heaviest_place_is_named_with_its_activity():
    whole = combine([KIOSK, LAUNDRY])
    assert whole.spatial.value is SpatialStep.UNKNOWN_PLAN
    assert whole.spatial.facts == (Fact(FactKind.CODE, "96100"),)


@pytest.mark.parametrize(
    ("estimates", "conflict"),
    [([KIOSK, LAUNDRY], False), ([WHOLESALE], False), ([KIOSK, WHOLESALE], True)],
)
def test_wholesale_beside_retail_is_an_obstacle(estimates, conflict):
    whole = combine(estimates)
    assert (whole.trade is not None) is conflict
    assert (JourneyReason.TRADE_CONFLICT in whole.reasons) is conflict
    if conflict:
        assert {fact.value for fact in whole.trade.facts} == {"46311", "47112"}
        assert not whole.trade.confirmed


@pytest.mark.parametrize(
    ("working_idr", "size"),
    [
        ((600_000_000, 400_000_000), BusinessSize.MICRO),
        ((600_000_000, 400_000_001), BusinessSize.SMALL),
        ((5_000_000_000, 5_000_000_000), BusinessSize.MEDIUM),
        ((5_000_000_000, 5_000_000_001), BusinessSize.LARGE),
    ],
)
def test_the_size_is_counted_over_all_activities(working_idr, size):
    capitals = [Capital(9, 8, 0, 0, each) for each in working_idr]
    together = whole_capital(capitals)
    assert together.size is size
    assert (together.land_idr, together.building_idr) == (18, 16)


def test_the_capital_of_nothing_is_nothing():
    assert whole_capital([]).total_idr == 0


def test_of_different_sizes_the_largest_counts():
    small = asked([row(SMALL)], question(SMALL))
    whole = combine([KIOSK, small])
    assert whole.size.value is SMALL


def test_nothing_at_all_is_no_error():
    whole = combine([])
    assert whole.parts == whole.products == whole.declarations == whole.obstacles == ()
    assert (whole.size, whole.risk, whole.environment, whole.spatial) == (None,) * 4


def test_every_order_says_the_same():
    estimates = [KIOSK, WATER, WHOLESALE, NOBODY_KNOWS]
    first = combine(estimates)
    for order in permutations(estimates):
        whole = combine(order)
        assert replace(whole, parts=()) == replace(first, parts=())
        assert [part.found for part in whole.parts] == list(order)


def test_everything_has_a_law():
    whole = combine([KIOSK, WATER, WHOLESALE, NOBODY_KNOWS])
    for each in (whole.size, whole.risk, whole.environment, whole.spatial, whole.trade):
        assert each.citations
        assert set(each.citations) <= set(whole.citations)
    assert all(obstacle.citations for obstacle in whole.obstacles)
    assert MICRO is whole.size.value
    assert whole.risk.value is not LOW


def test_a_conclusion_without_law_cannot_be_made():
    with pytest.raises(ConclusionWithoutLaw):
        Conclusion(1, (), ())
