"""Several activities in one file: added, taken out, put back, counted together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.dossier import journey
from app.domain.dossier.journey import MAX_ACTIVITIES, StepName, Stop
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.law.requirements import DeclarationKind
from app.domain.law.risk import RiskLevel
from app.services.dossier import answers, estimates
from app.services.dossier.activity import NoSuchActivity
from app.services.journey import activities, steps
from app.services.licence import gate
from app.services.oss import handovers, submission
from tests.factories import LOW, MEDIUM_LOW, MICRO, add_activity, dossier_at, run, sent_dossier

HALF_A_BILLION = replace(MICRO, machines_idr=500_000_000, other_idr=0, working_idr=0)
WHOLESALE = "46311"


def kinds(dossier) -> list[str]:
    return [event.kind for event in dossier.events]


def test_a_second_activity_is_asked_all_its_questions(database):
    dossier = dossier_at(None)
    added = activities.add_activity(dossier)
    assert (added.position, len(dossier.activities)) == (1, 2)
    assert journey.first_unanswered(answers.answers_of(dossier)) == Stop(StepName.ACTIVITY, 1)
    assert kinds(dossier)[-1] == "activity_added"


def test_adding_twice_does_not_leave_an_empty_one_behind(database):
    dossier = dossier_at(None)
    assert activities.add_activity(dossier) is activities.add_activity(dossier)
    assert len(dossier.activities) == 2


def test_there_is_an_end_to_adding(database):
    dossier = dossier_at(None)
    for _ in range(MAX_ACTIVITIES - 1):
        activities.add_activity(dossier).kbli_code = LOW
    with pytest.raises(activities.TooManyActivities):
        activities.add_activity(dossier)
    activities.remove_activity(dossier, 3)
    assert activities.add_activity(dossier).position == MAX_ACTIVITIES, "numbers are not used again"


def test_there_is_a_limit_to_putting_activities_back_too(database):
    dossier = dossier_at(None)
    for _ in range(MAX_ACTIVITIES - 1):
        activities.add_activity(dossier).kbli_code = LOW
    activities.remove_activity(dossier, 3)
    activities.restore_activity(dossier, 3)
    assert len(dossier.activities) == MAX_ACTIVITIES
    activities.remove_activity(dossier, 3)
    activities.add_activity(dossier)
    with pytest.raises(activities.TooManyActivities):
        activities.restore_activity(dossier, 3)
    assert len(dossier.activities) == MAX_ACTIVITIES


def test_the_capital_of_all_activities_makes_the_size(database):
    """PP 7/2021, article 35: neither is above a billion, both together are."""
    dossier = dossier_at(None, capital=HALF_A_BILLION)
    assert estimates.size_of(dossier) is BusinessSize.MICRO
    more = replace(HALF_A_BILLION, working_idr=1)
    add_activity(dossier, capital=more)
    assert estimates.size_of(dossier) is BusinessSize.SMALL
    found = [estimates.estimate_for(dossier, activity.position) for activity in dossier.activities]
    assert [one.size for one in found if one] == [BusinessSize.SMALL] * 2
    activities.remove_activity(dossier, 1)
    assert estimates.size_of(dossier) is BusinessSize.MICRO


def test_statements_are_asked_for_what_any_activity_needs(database):
    dossier = dossier_at(None)
    assert estimates.missing_declarations(dossier) == ()
    added = activities.add_activity(dossier)
    steps.choose_activity(dossier, MEDIUM_LOW, at=added.position)
    steps.same_place(dossier, added.position)
    steps.declare_capital(dossier, MICRO, at=added.position)
    assert estimates.missing_declarations(dossier) == (DeclarationKind.BUSINESS_STANDARD,)


def test_the_same_place_is_copied_not_shared(database):
    dossier = dossier_at(None)
    added = add_activity(dossier)
    main = dossier.activity
    assert (added.village_code, added.street, added.land_area) == (
        main.village_code, main.street, main.land_area,
    )  # fmt: skip
    steps.set_place(
        dossier,
        village_code=main.village_code or "",
        street="Jalan Lain 1",
        rt_rw=None,
        shared_premises=True,
        position_code="01",
    )
    assert added.street != "Jalan Lain 1"


def test_taking_out_and_putting_back_loses_no_answer(database):
    dossier = dossier_at(None)
    added = add_activity(dossier)
    before = answers.answers_of(dossier)
    activities.remove_activity(dossier, added.position)
    assert [activity.position for activity in dossier.activities] == [0]
    assert activities.removed_activities(dossier) == [added]
    activities.restore_activity(dossier, added.position)
    assert answers.answers_of(dossier) == before
    assert activities.removed_activities(dossier) == []
    assert kinds(dossier)[-2:] == ["activity_removed", "activity_restored"]


def test_without_the_main_activity_the_next_is_the_main_one(database):
    dossier = dossier_at(None)
    added = add_activity(dossier)
    activities.remove_activity(dossier, 0)
    assert dossier.activity is added
    assert journey.first_unanswered(answers.answers_of(dossier)) is None
    with pytest.raises(NoSuchActivity):
        activities.remove_activity(dossier, added.position)


@pytest.mark.parametrize("at", [1, 7, -1])
def test_what_is_not_there_cannot_be_changed(database, at):
    dossier = dossier_at(None)
    for act in (activities.remove_activity, activities.restore_activity, steps.same_place):
        with pytest.raises(NoSuchActivity):
            act(dossier, at)
    with pytest.raises(NoSuchActivity):
        steps.choose_activity(dossier, LOW, at=at)


def test_wholesale_and_retail_do_not_go_together(database):
    dossier = dossier_at(None)
    add_activity(dossier, WHOLESALE)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    (obstacle,) = [
        each
        for each in estimates.obstacles(dossier, whole)
        if each.reason is JourneyReason.TRADE_CONFLICT
    ]
    assert obstacle.codes == (WHOLESALE, LOW)
    assert obstacle.citations
    activities.remove_activity(dossier, 1)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    assert estimates.obstacles(dossier, whole) == ()


def test_all_activities_are_handed_over_the_first_as_the_main_one(database):
    dossier = dossier_at(None)
    add_activity(dossier, MEDIUM_LOW)
    job = handovers.send(dossier)
    package = submission.as_submission(dossier, "k" * 20)
    assert [(a.kbli_code, a.is_supporting) for a in package.activities] == [
        (LOW, False),
        (MEDIUM_LOW, True),
    ]
    assert package.risk is RiskLevel.MEDIUM_LOW
    assert [a.risk for a in dossier.activities] == ["R", "MR"]
    assert all(a.risk_release for a in dossier.activities)
    database.commit()
    assert job is not None
    assert run(job.id)


def test_what_was_taken_out_is_not_handed_over(database):
    dossier = dossier_at(None)
    add_activity(dossier, MEDIUM_LOW)
    activities.remove_activity(dossier, 1)
    handovers.send(dossier)
    assert len(submission.as_submission(dossier, "k" * 20).activities) == 1


def test_a_sent_file_keeps_its_activities(database):
    dossier = sent_dossier()
    for act in (
        lambda: activities.add_activity(dossier),
        lambda: activities.remove_activity(dossier, 0),
        lambda: activities.restore_activity(dossier, 0),
        lambda: steps.same_place(dossier, 0),
    ):
        with pytest.raises(gate.DossierClosed):
            act()


def test_the_others_capital(database):
    dossier = dossier_at(None, capital=HALF_A_BILLION)
    assert estimates.other_capital(dossier, 0) == Capital(0, 0, 0, 0, 0)
    assert estimates.other_capital(dossier, 1) == HALF_A_BILLION
