"""Where OSS and we differ: only what both sides say, and never for a mere way of writing it."""

from __future__ import annotations

import pytest

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.oss.reconciliation import (
    Difference,
    Discrepancy,
    Held,
    HeldActivity,
    Mender,
    compare,
    who_mends,
)

VILLAGE = "9601052001"


def activity(code="47112", **more):
    given = {
        "code": code,
        "codes": frozenset({code}),
        "size": BusinessSize.MICRO,
        "risk": RiskLevel.LOW,
        "area_codes": (VILLAGE,),
        **more,
    }
    return HeldActivity(**given)


def held(*activities, **more):
    return Held(activities=activities or (activity(),), **more)


def found(ours, theirs):
    return [(d.what, d.subject, d.ours, d.theirs) for d in compare(ours, theirs)]


def test_the_same_is_no_difference():
    assert compare(held(), held()) == ()


def test_each_thing_is_named_with_both_sides():
    theirs = activity(size=BusinessSize.SMALL, risk=RiskLevel.HIGH, area_codes=("9671011001",))
    assert found(held(), held(theirs)) == [
        (Discrepancy.SIZE, "47112", "mikro", "kecil"),
        (Discrepancy.RISK, "47112", "R", "T"),
        (Discrepancy.PLACE, "47112", VILLAGE, "9671011001"),
    ]


def test_an_activity_may_be_missing_on_either_side():
    both = held(activity(), activity("56101"))
    assert found(both, held()) == [(Discrepancy.NOT_AT_OSS, "56101", "56101", "")]
    assert found(held(), both) == [(Discrepancy.NOT_HERE, "56101", "", "56101")]
    assert found(held(), Held(activities=())) == [(Discrepancy.NOT_AT_OSS, "47112", "47112", "")]


def test_what_a_side_does_not_say_is_no_difference():
    silent = activity(size=None, risk=None, area_codes=())
    named = held(entity_name="PT Contoh", entity_npwp="1")
    assert compare(named, held(silent)) == ()
    assert compare(held(silent), named) == ()


@pytest.mark.parametrize("wider", ["9600000000", "9601000000", "9601050000", VILLAGE])
def test_a_place_said_less_exactly_is_the_same(wider):
    assert compare(held(), held(activity(area_codes=(wider,)))) == ()
    assert compare(held(activity(area_codes=(wider,))), held()) == ()


@pytest.mark.parametrize("other", ["9200000000", "9602000000", "9601060000", "9601052002"])
def test_another_place_is_another(other):
    assert [d.what for d in compare(held(), held(activity(area_codes=(other,))))] == [
        Discrepancy.PLACE
    ]


def test_an_activity_at_two_places_finds_its_own():
    here, there = activity(), activity(area_codes=("9601051002",))
    assert compare(held(here, there), held(there, here)) == ()


def test_a_code_of_before_fits_each_code_that_it_became():
    old = activity("47111", codes=frozenset({"47112", "47113"}))
    assert compare(held(), held(old)) == ()
    assert found(held(activity("47199")), held(old)) == [
        (Discrepancy.NOT_AT_OSS, "47199", "47199", ""),
        (Discrepancy.NOT_HERE, "47111", "", "47111"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PT Contoh Laut", "CONTOH LAUT"),
        ("P.T. Contoh  Laut", "contoh laut"),
        ("CV. Contoh-Laut", "CONTOH LAUT"),
        ("Koperasi Contoh Laut", "Contoh Laut"),
        ("BUM Kampung Contoh Laut", "BUMKAMPUNG CONTOH LAUT"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(one, other):
    assert compare(held(entity_name=one), held(entity_name=other)) == ()


@pytest.mark.parametrize(
    ("one", "other"), [("PT Contoh", "PT Contoh Laut"), ("PTContoh", "Contoh"), ("CV", "PT")]
)
def test_another_name_is_another(one, other):
    assert found(held(entity_name=one), held(entity_name=other)) == [
        (Discrepancy.ENTITY_NAME, "", one, other)
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("012345678901234", "0012345678901234", True),
        ("01.234.567.8-901.234", "012345678901234", True),
        ("012345678901234", "012345678901235", False),
        ("1234567890123456", "123456789012345", False),
    ],
)
def test_a_tax_number_of_15_digits_is_that_of_16_with_a_zero_before(one, other, same):
    differences = compare(held(entity_npwp=one), held(entity_npwp=other))
    assert [d.what for d in differences] == ([] if same else [Discrepancy.ENTITY_NPWP])


def test_somebody_mends_everything_and_values_stay_out_of_traces():
    assert {who_mends(what) for what in Discrepancy} == set(Mender)
    shown = repr(Difference(Discrepancy.PLACE, "47112", VILLAGE, "9671011001"))
    assert VILLAGE not in shown
    assert "9671011001" not in shown
    assert "Contoh" not in repr(held(entity_name="Contoh", entity_npwp="1"))
