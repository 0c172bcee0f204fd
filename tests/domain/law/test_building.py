"""Which papers a building needs."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.law.building import Building, BuildingStep, building_way
from app.domain.law.rules import StepKind
from app.services.law.rules import get_rules

TODAY = date(2026, 11, 23)


def way(building, **changes):
    return building_way(get_rules(), building, on=TODAY, **changes)


@pytest.mark.parametrize(
    ("building", "outcome", "steps"),
    [
        (Building.NONE, BuildingStep.NONE_NO_BUILDING, []),
        (Building.NEW, BuildingStep.PBG_THEN_SLF, [StepKind.PBG, StepKind.SLF]),
        (Building.EXISTING_WITHOUT_APPROVAL, BuildingStep.SLF_ONLY, [StepKind.SLF]),
        (Building.EXISTING_WITH_APPROVAL, BuildingStep.ASK, [StepKind.ASK_BUILDING]),
        (Building.UNKNOWN, BuildingStep.ASK, [StepKind.ASK_BUILDING]),
    ],
)
def test_what_stands_there_decides(building, outcome, steps):
    found = way(building)
    assert found.outcome is outcome
    assert [step.kind for step in found.steps] == steps
    assert all(step.days is None for step in found.steps), "no number was read"


def test_a_building_without_approval_goes_straight_to_the_fitness_certificate():
    found = way(Building.EXISTING_WITHOUT_APPROVAL).conclusion
    assert (found.citations[0].article, found.confirmed) == ("123", True)


@pytest.mark.parametrize("building", Building)
def test_the_manager_of_shared_premises_has_the_papers(building):
    found = way(building, shared_premises=True)
    assert found.outcome is BuildingStep.NONE_SHARED_PREMISES
    assert found.conclusion.citations[0].article == "13"


def test_what_was_not_read_is_not_called_confirmed():
    for building in (Building.NEW, Building.NONE, Building.EXISTING_WITH_APPROVAL):
        assert not way(building).conclusion.confirmed
