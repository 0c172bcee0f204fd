"""The estimate: every case, both sides of each edge, and what must hold for any rows."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.law.authority import DaysKnown
from app.domain.law.business_size import BusinessSize
from app.domain.law.estimate.answer import Bring, EstimateCase, Notice, Question
from app.domain.law.estimate.bands import BANDS, CapitalBand, SalesBand, size_of_band
from app.domain.law.estimate.obstacles import JourneyReason, journey_reasons, trade_conflict
from app.domain.law.estimate.reckoning import estimate
from app.domain.law.requirements import DeclarationKind, SupportingPaperKind
from app.domain.law.risk import LicenceProduct, MayOperate, RiskLevel
from app.domain.law.rows import AuthorityRule, RiskNote, RiskRow, Unread
from app.domain.law.spatial import SpatialStep, spatial_burden
from app.services.law.rules import get_rules, place_facts

TODAY = date(2026, 11, 23)

MICRO, SMALL, MEDIUM, LARGE = BusinessSize
LOW, MEDIUM_LOW, MEDIUM_HIGH, HIGH = RiskLevel
REGENT = AuthorityRule("", "Bupati/Walikota")
GOVERNOR = AuthorityRule("", "Gubernur")
BAND_OF_SIZE = {
    MICRO: CapitalBand.UP_TO_50M,
    SMALL: CapitalBand.UP_TO_5BN,
    MEDIUM: CapitalBand.UP_TO_10BN,
    LARGE: CapitalBand.ABOVE_10BN,
}


def row(size=MICRO, risk=LOW, scope_no=1, scope="", **changes):
    fresh = RiskRow(
        code="47112",
        year=2025,
        scope_no=scope_no,
        scope=scope,
        size=size,
        risk=risk,
        authority=(REGENT,),
        days=None,
        days_unit="",
        requirements=(),
        duties=(),
        supporting_licences=(),
        source="practice table",
        as_of=date(2026, 9, 30),
        details_known=True,
    )
    return replace(fresh, **changes)


def question(size=MICRO, **changes):
    fresh = Question(code="47112", in_kabupaten=True, band=BAND_OF_SIZE[size])
    return replace(fresh, **changes)


def asked(rows, question, **changes):
    return estimate(rows, question, **{"rules": get_rules(), "on": TODAY, **changes})


@pytest.mark.parametrize(
    ("band", "size"),
    [
        (CapitalBand.UP_TO_50M, MICRO),
        (CapitalBand.UP_TO_1BN, MICRO),
        (CapitalBand.UP_TO_5BN, SMALL),
        (CapitalBand.UP_TO_10BN, MEDIUM),
        (CapitalBand.ABOVE_10BN, LARGE),
        (SalesBand.UP_TO_2BN, MICRO),
        (SalesBand.UP_TO_15BN, SMALL),
        (SalesBand.UP_TO_50BN, MEDIUM),
        (SalesBand.ABOVE_50BN, LARGE),
    ],
)
def test_each_step_has_one_size(band, size):
    assert size_of_band(band) is size
    assert band in BANDS


def test_kiosk_of_a_micro_trader():
    found = asked([row()], question())
    assert found.case is EstimateCase.KNOWN
    assert found.size is MICRO
    assert found.risk is LOW
    assert found.products == (LicenceProduct.NIB,)
    assert found.automatic
    assert found.may_operate is MayOperate.AT_ONCE_WITH_NIB
    assert found.spatial is SpatialStep.SELF_STATEMENT
    assert found.authority == (REGENT,)
    assert (found.days_known, found.days) == (DaysKnown.AUTOMATIC, None)
    assert DeclarationKind.SPPL in {each.kind for each in found.declarations}
    assert found.as_of == date(2026, 9, 30)
    assert found.sources == ("practice table",)
    assert found.notices == ()
    assert journey_reasons(found) == frozenset()


def test_market_stall_needs_no_land_paper():
    at_home = asked([row()], question())
    at_market = asked([row()], question(shared_premises=True))
    assert Bring.LAND_PAPER_OR_CONSENT_LETTER in at_home.bring
    assert Bring.LAND_PAPER_OR_CONSENT_LETTER not in at_market.bring
    assert Bring.STALL_PAPER_FROM_MANAGER in at_market.bring
    assert at_market.spatial is SpatialStep.NONE_SHARED_PREMISES


def test_unknown_code_is_unknown_and_not_low():
    for rows in ([], [row(code="47111")], [row(year=2020)]):
        found = asked(rows, question())
        assert found.case is EstimateCase.UNKNOWN
        assert found.risk is None
        assert found.products == ()
        assert found.as_of is None
        assert journey_reasons(found) == {JourneyReason.RISK_NOT_KNOWN}


def test_size_not_offered_lists_the_sizes_that_are():
    found = asked([row(LARGE, HIGH), row(SMALL, LOW)], question(MICRO))
    assert found.case is EstimateCase.SIZE_NOT_OFFERED
    assert found.sizes_offered == (SMALL, LARGE)
    assert found.risk is None
    assert journey_reasons(found) == {JourneyReason.SIZE_NOT_OFFERED}


TWO_SCOPES = [row(risk=MEDIUM_LOW, scope="breeding"), row(scope_no=2, scope="growing")]


def test_scopes_with_different_risk_must_be_chosen():
    found = asked(TWO_SCOPES, question())
    assert found.case is EstimateCase.NEEDS_SCOPE
    assert [(each.scope_no, each.scope, each.risk) for each in found.scopes] == [
        (1, "breeding", MEDIUM_LOW),
        (2, "growing", LOW),
    ]
    assert found.risk is None
    assert journey_reasons(found) == {JourneyReason.SCOPE_NOT_CHOSEN}


@pytest.mark.parametrize(("scope_no", "risk"), [(1, MEDIUM_LOW), (2, LOW)])
def test_a_chosen_scope_decides(scope_no, risk):
    found = asked(TWO_SCOPES, question(scope_no=scope_no))
    assert (found.case, found.risk) == (EstimateCase.KNOWN, risk)
    assert Notice.RISK_FOR_NAMED_SCOPE not in found.notices


def test_a_scope_that_does_not_exist_is_as_none():
    assert asked(TWO_SCOPES, question(scope_no=9)).case is EstimateCase.NEEDS_SCOPE


def test_a_chosen_scope_may_be_closed_to_the_size():
    rows = [row(scope="small shop"), row(LARGE, HIGH, scope_no=2, scope="plant")]
    assert asked(rows, question(scope_no=2)).case is EstimateCase.SIZE_NOT_OFFERED
    whole = asked(rows, question())
    assert whole.case is EstimateCase.KNOWN
    assert whole.notices == (Notice.OTHER_SCOPES_CLOSED,)


def test_scopes_with_one_risk_show_only_what_they_share():
    rows = [
        row(risk=MEDIUM_HIGH, days=7, days_unit="Hari", requirements=("a", "b")),
        row(
            risk=MEDIUM_HIGH,
            scope_no=2,
            days=14,
            days_unit="Hari",
            requirements=("b",),
            authority=(GOVERNOR,),
            as_of=date(2026, 1, 2),
        ),
    ]
    found = asked(rows, question())
    assert found.case is EstimateCase.KNOWN
    assert found.authority == ()
    assert not found.authority_complete
    assert (found.days_known, found.days) == (DaysKnown.UNKNOWN, None)
    assert found.requirements == ("b",)
    assert Notice.DETAILS_DIFFER_BY_SCOPE in found.notices
    assert found.as_of == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("risk", "days", "known"),
    [
        (LOW, None, DaysKnown.AUTOMATIC),
        (MEDIUM_LOW, None, DaysKnown.AUTOMATIC),
        (MEDIUM_LOW, 3, DaysKnown.KNOWN),
        (MEDIUM_HIGH, None, DaysKnown.UNKNOWN),
        (MEDIUM_HIGH, 7, DaysKnown.KNOWN),
        (HIGH, None, DaysKnown.UNKNOWN),
    ],
)
def test_days_are_never_guessed(risk, days, known):
    found = asked([row(risk=risk, days=days, days_unit="Hari" if days else "")], question())
    assert (found.days_known, found.days) == (known, days)


def test_doubts_of_the_row_come_along():
    found = asked(
        [
            row(
                details_known=False,
                authority_complete=False,
                notes=(RiskNote.CONFIRM,),
                unread=(Unread.DUTIES,),
                licence="Izin",
                scope="one part",
            )
        ],
        question(),
    )
    assert not found.details_known
    assert not found.authority_complete
    assert found.row_notes == (RiskNote.CONFIRM,)
    assert found.unread == (Unread.DUTIES,)
    assert found.licences == ("Izin",)
    assert found.notices == (Notice.RISK_FOR_NAMED_SCOPE,)


@pytest.mark.parametrize(
    ("in_kabupaten", "village", "outside"),
    [
        (True, None, False),
        (False, None, True),
        (True, "96.01.01.2002", False),
        (True, "9201012002", False),
        (True, "96.71.01.1001", True),
        (False, "96.01.01.2002", True),
    ],
)
def test_outside_the_regency_another_office_decides(in_kabupaten, village, outside):
    found = asked([row()], question(in_kabupaten=in_kabupaten, village_code=village))
    assert (found.case is EstimateCase.OUTSIDE_AREA) is outside
    assert found.outside_area is outside
    assert found.risk is LOW
    assert (JourneyReason.OUTSIDE_AREA in journey_reasons(found)) is outside


@pytest.mark.parametrize(("village", "warned"), [("96.01.09.2001", True), ("9601012002", False)])
def test_the_zone_administrator_is_mentioned_in_its_district(village, warned):
    found = asked([row()], question(village_code=village), place=place_facts(village))
    assert (Notice.KEK_ADMINISTRATOR_MAYBE in found.notices) is warned


@pytest.mark.parametrize("size", list(BusinessSize))
@pytest.mark.parametrize("risk", list(RiskLevel))
def test_every_size_and_every_risk_goes_its_way(size, risk):
    assert journey_reasons(asked([row(size, risk)], question(size))) == frozenset()


def test_supporting_licences_of_the_row_are_listed():
    found = asked([row(supporting_licences=("Sertifikat Laik Sehat",))], question())
    assert [(each.kind, each.label) for each in found.other_papers] == [
        (SupportingPaperKind.FROM_RISK_TABLE, "Sertifikat Laik Sehat")
    ]


@pytest.mark.parametrize(
    ("codes", "conflict"),
    [
        ([], False),
        (["47112", "47215"], False),
        (["46311"], False),
        (["46311", "56101"], False),
        (["46311", "47112", "56101"], True),
    ],
)
def test_wholesale_and_retail_do_not_go_together(codes, conflict):
    found = trade_conflict(codes)
    assert (found is not None) is conflict
    if found:
        assert (found.wholesale, found.retail) == (("46311",), ("47112",))
        assert found.citation.law


texts = st.sampled_from(["", "a", "b"])
lists = st.lists(texts.filter(bool), max_size=2).map(tuple)
rows_of_code = st.builds(
    row,
    size=st.sampled_from(BusinessSize),
    risk=st.sampled_from(RiskLevel),
    scope_no=st.integers(1, 3),
    scope=texts,
    code=st.sampled_from(["47112", "10794", "11030"]),
    year=st.sampled_from([2020, 2025]),
    authority=st.sampled_from([(), (REGENT,), (REGENT, GOVERNOR)]),
    days=st.none() | st.integers(1, 40),
    days_unit=st.sampled_from(["", "Hari"]),
    requirements=lists,
    duties=lists,
    supporting_licences=lists,
    source=st.sampled_from(["one", "two"]),
    as_of=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    details_known=st.booleans(),
    unread=st.sampled_from([(), (Unread.DUTIES,)]),
)
questions = st.builds(
    Question,
    code=st.sampled_from(["47112", "10794", "11030", "99999", ""]),
    in_kabupaten=st.booleans(),
    band=st.sampled_from(list(BANDS)),
    shared_premises=st.booleans(),
    scope_no=st.none() | st.integers(-1, 4),
    village_code=st.none() | st.text(max_size=14),
    year=st.sampled_from([2020, 2025]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(rows_of_code, max_size=8), questions, st.randoms(use_true_random=False))
def test_an_estimate_is_total_and_does_not_depend_on_the_order(rows, answers, chance):
    found = asked(rows, answers)
    shuffled = list(rows)
    random.Random(chance.random()).shuffle(shuffled)
    assert asked(shuffled, answers) == found

    assert found.citations
    assert all(each.law for each in found.citations)
    gives_risk = found.case in (EstimateCase.KNOWN, EstimateCase.OUTSIDE_AREA)
    assert gives_risk == (found.risk is not None) == (found.found is not None)
    assert gives_risk == bool(found.products) == bool(found.bring) == bool(found.declarations)
    assert (found.days is not None) == (found.days_known is DaysKnown.KNOWN)
    assert (found.as_of is None) == (found.case is EstimateCase.UNKNOWN)
    if gives_risk:
        assert {each.citation for each in found.declarations} <= set(found.citations)
        assert {each.citation for each in found.other_papers} <= set(found.citations)
        assert found.as_of is not None
    else:
        assert journey_reasons(found)
    if found.case is EstimateCase.NEEDS_SCOPE:
        assert len({each.risk for each in found.scopes if each.risk}) > 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(RiskLevel), min_size=4, max_size=4).map(
        lambda risks: sorted(risks, key=lambda risk: risk.rank)
    ),
    st.booleans(),
)
def test_where_risk_grows_with_size_so_do_the_demands(risks, shared):
    rows = [row(size, risk) for size, risk in zip(BusinessSize, risks, strict=True)]
    found = [asked(rows, question(size, shared_premises=shared)) for size in BusinessSize]
    for smaller, bigger in pairwise(found):
        assert len(smaller.products) <= len(bigger.products)
        assert spatial_burden(smaller.spatial) <= spatial_burden(bigger.spatial)
        assert not (bigger.automatic and not smaller.automatic)
