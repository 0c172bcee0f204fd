"""Risk level and its products (PP 28/2025, articles 130-133)."""

from __future__ import annotations

import pytest

from app.domain.law.risk import (
    LicenceProduct,
    MayOperate,
    RiskLevel,
    issued_automatically,
    may_operate,
    products_for,
    risk_citation,
    strictest,
)


@pytest.mark.parametrize(
    ("risk", "second", "automatic", "when"),
    [
        (RiskLevel.LOW, (), True, MayOperate.AT_ONCE_WITH_NIB),
        (
            RiskLevel.MEDIUM_LOW,
            (LicenceProduct.STATEMENT_CERTIFICATE,),
            True,
            MayOperate.AT_ONCE_WITH_NIB,
        ),
        (
            RiskLevel.MEDIUM_HIGH,
            (LicenceProduct.VERIFIED_CERTIFICATE,),
            False,
            MayOperate.AFTER_VERIFICATION,
        ),
        (RiskLevel.HIGH, (LicenceProduct.PERMIT,), False, MayOperate.AFTER_PERMIT),
    ],
)
def test_what_follows_from_a_risk(risk, second, automatic, when):
    assert products_for(risk) == (LicenceProduct.NIB, *second)
    assert issued_automatically(risk) is automatic
    assert may_operate(risk) is when
    assert risk_citation(risk).law == "PP 28/2025"
    assert risk_citation(risk).article


def test_risks_are_ordered_from_low_to_high():
    assert sorted(set(RiskLevel), key=lambda risk: risk.rank) == list(RiskLevel)


def test_strictest_is_the_highest_in_any_order():
    assert strictest([RiskLevel.MEDIUM_LOW, RiskLevel.HIGH, RiskLevel.LOW]) is RiskLevel.HIGH
    assert strictest([RiskLevel.LOW]) is RiskLevel.LOW
    with pytest.raises(ValueError, match="empty"):
        strictest([])
