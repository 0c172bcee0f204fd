"""After the NIB: only what fits the business, each with its source."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.after.next_steps import NextStep, ToDo, to_do_after_nib
from app.domain.dossier.changes import ASKED_AGAIN, ChangeKind, change_citation
from app.domain.law.business_size import BusinessSize
from app.domain.law.requirements import HALAL_MANDATORY_FROM, Certainty

ON = date(2026, 11, 23)
MICRO, SMALL = BusinessSize.MICRO, BusinessSize.SMALL


def steps(*codes: str, size: BusinessSize = MICRO, on: date = ON) -> dict[NextStep, ToDo]:
    return {each.step: each for each in to_do_after_nib([(c, ()) for c in codes], size, on=on)}


def test_a_kiosk_has_no_food_papers_and_no_report():
    assert list(steps("47112")) == [NextStep.NO_LKPM, NextStep.KEEP_CURRENT, NextStep.BEWARE]


def test_home_food_needs_halal_and_perhaps_spp_irt():
    found = steps("10710")
    assert found[NextStep.HALAL].certainty is Certainty.NEEDED
    assert found[NextStep.SPP_IRT].certainty is Certainty.MAY_NEED
    assert not found[NextStep.HALAL].citations[0].confirmed


def test_a_food_stall_needs_halal_but_no_home_food_licence():
    found = steps("56102")
    assert NextStep.HALAL in found
    assert NextStep.SPP_IRT not in found


def test_what_is_not_halal_gets_a_notice_instead():
    found = steps("11010")
    assert NextStep.NON_HALAL_NOTICE in found
    assert NextStep.HALAL not in found


@pytest.mark.parametrize(
    ("size", "step"),
    [
        (MICRO, NextStep.NO_LKPM),
        (SMALL, NextStep.LKPM),
        (BusinessSize.MEDIUM, NextStep.LKPM),
        (BusinessSize.LARGE, NextStep.LKPM),
    ],
)
def test_micro_reports_nothing(size, step):
    assert {NextStep.LKPM, NextStep.NO_LKPM} & set(steps("47112", size=size)) == {step}


@pytest.mark.parametrize(("days", "in_force"), [(-1, False), (0, True), (1, True)])
def test_halal_is_mandatory_from_its_day_on(days, in_force):
    found = steps("56102", on=HALAL_MANDATORY_FROM + timedelta(days=days))
    assert found[NextStep.HALAL].in_force is in_force
    assert found[NextStep.HALAL].since == HALAL_MANDATORY_FROM


def test_of_several_activities_each_step_stands_once_and_the_strictest_counts():
    found = steps("56301", "56102", "47112")
    assert found[NextStep.HALAL].certainty is Certainty.NEEDED
    assert NextStep.NON_HALAL_NOTICE in found
    assert steps("56301")[NextStep.HALAL].certainty is Certainty.MAY_NEED


def test_papers_of_the_risk_table_are_named_once():
    found = to_do_after_nib([("10710", ("MD", "PIRT")), ("10720", ("MD",))], MICRO, on=ON)
    (supporting,) = [each for each in found if each.step is NextStep.SUPPORTING]
    assert supporting.papers == ("MD", "PIRT")


def test_every_step_and_every_change_names_its_source():
    every = to_do_after_nib([("10710", ("MD",)), ("11010", ())], SMALL, on=ON)
    assert all(each.citations for each in every)
    for kind in ChangeKind:
        assert change_citation(kind).article
    assert set(ASKED_AGAIN) == set(ChangeKind) - {ChangeKind.CLOSE}
    assert change_citation(ChangeKind.CLOSE).article == "256"
