"""Statements and further papers."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from app.domain.law.business_size import BusinessSize
from app.domain.law.environment import environment_way
from app.domain.law.requirements import (
    Certainty,
    DeclarationKind,
    SupportingPaperKind,
    declarations_for,
    other_papers,
)
from app.domain.law.risk import RiskLevel
from app.domain.law.spatial import spatial_way
from app.services.law.rules import get_rules

TODAY = date(2026, 11, 23)

MICRO, SMALL = BusinessSize.MICRO, BusinessSize.SMALL
LOW, MEDIUM_LOW = RiskLevel.LOW, RiskLevel.MEDIUM_LOW


def declared(size, risk):
    table = get_rules()
    spatial = spatial_way(table, size, risk, on=TODAY).conclusion
    environment = environment_way(table, risk, on=TODAY).conclusion
    return declarations_for(size, risk, spatial, environment)


def kinds(size, risk):
    return {declaration.kind for declaration in declared(size, risk)}


def test_statements_of_a_kiosk():
    assert kinds(MICRO, LOW) == {
        DeclarationKind.DATA_TRUE,
        DeclarationKind.KKPR_SELF_STATEMENT,
        DeclarationKind.SPPL,
        DeclarationKind.K3L,
        DeclarationKind.SNI_HALAL_BY_NIB,
    }


@pytest.mark.parametrize(
    ("risk", "expected"),
    [
        (LOW, False),
        (MEDIUM_LOW, True),
        (RiskLevel.MEDIUM_HIGH, True),
        (RiskLevel.HIGH, False),
    ],
)
def test_the_standard_is_stated_where_there_is_a_standard_certificate(risk, expected):
    assert (DeclarationKind.BUSINESS_STANDARD in kinds(MICRO, risk)) is expected


@pytest.mark.parametrize(
    ("size", "risk", "expected"),
    [
        (MICRO, LOW, True),
        (SMALL, LOW, True),
        (BusinessSize.MEDIUM, LOW, False),
        (SMALL, MEDIUM_LOW, False),
    ],
)
def test_nib_counts_as_sni_and_halal_statement_for_low_risk_umk(size, risk, expected):
    assert (DeclarationKind.SNI_HALAL_BY_NIB in kinds(size, risk)) is expected


def test_every_statement_has_a_law():
    for size, risk in product(BusinessSize, RiskLevel):
        for found in declared(size, risk):
            assert found.citation.law
            assert found.citation.article or not found.citation.confirmed


def paper(code, kind, size=MICRO):
    return next((found for found in other_papers(code, size) if found.kind is kind), None)


@pytest.mark.parametrize("code", ["10794", "10111", "11052", "11053", "56101", "56102", "56306"])
def test_food_drink_and_slaughter_need_halal(code):
    assert paper(code, SupportingPaperKind.HALAL).certainty is Certainty.NEEDED
    assert paper(code, SupportingPaperKind.NON_HALAL_NOTICE) is None


@pytest.mark.parametrize("code", ["10801", "11040", "56400", "47112", "01450", "96100", "12001"])
def test_what_is_not_food_has_no_halal_duty_here(code):
    assert paper(code, SupportingPaperKind.HALAL) is None


@pytest.mark.parametrize("code", ["10112", "11010", "11020", "11030"])
def test_pork_and_alcohol_carry_a_notice_instead(code):
    assert paper(code, SupportingPaperKind.HALAL) is None
    assert paper(code, SupportingPaperKind.NON_HALAL_NOTICE).certainty is Certainty.NEEDED


@pytest.mark.parametrize(
    ("code", "may_need"),
    [
        ("10794", True),
        ("10211", True),
        ("10622", True),
        ("10710", True),
        ("11059", True),
        ("10213", False),
        ("10217", False),
        ("10501", False),
        ("10503", False),
        ("11030", False),
        ("11051", False),
        ("11052", False),
        ("10111", False),
        ("10801", False),
        ("56101", False),
        ("47249", False),
    ],
)
def test_home_food_may_need_spp_irt(code, may_need):
    found = paper(code, SupportingPaperKind.SPP_IRT)
    assert (found is not None) is may_need
    if found:
        assert found.certainty is Certainty.MAY_NEED


def test_spp_irt_is_for_micro_and_small_only():
    assert paper("10794", SupportingPaperKind.SPP_IRT, SMALL)
    assert paper("10794", SupportingPaperKind.SPP_IRT, BusinessSize.MEDIUM) is None


def test_papers_named_by_rows_come_once_and_in_order():
    found = other_papers("11052", MICRO, ["B", "A", "", "B"])
    assert [each.label for each in found if each.kind is SupportingPaperKind.FROM_RISK_TABLE] == [
        "B",
        "A",
    ]
