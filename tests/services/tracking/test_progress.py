"""The way of a dossier: whose turn it is, what is behind and what lies ahead."""

from __future__ import annotations

import dataclasses

import pytest

from app.domain.dossier.journey import StepName
from app.domain.dossier.progress import Stage, StageState
from app.domain.licence.turns import Turn
from app.models.dossier import Dossier
from app.services.after import changes
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.tracking import progress
from app.services.tracking.progress import Station
from tests.factories import (
    bring_forward,
    dossier_at,
    new_line,
    pin_hash,
    run,
    sent_dossier,
    use_oss,
)

DONE, NOW, STUCK, AHEAD = (
    StageState.DONE,
    StageState.NOW,
    StageState.STUCK,
    StageState.AHEAD,
)


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture(autouse=True)
def fresh_line(app):
    """No call and no failure of an earlier test counts here."""
    new_line(app)


def states(dossier: Dossier) -> list[StageState]:
    way = progress.way_of(dossier)
    ended = progress.turn_of(dossier) is Turn.ENDED
    assert [station.stage for station in way] == [
        stage
        for stage in Stage
        if stage is not Stage.LICENCE and (ended or stage is not Stage.ENDED)
    ]
    for station in way:
        if station.state is DONE:
            assert station.at is not None, "what is behind has its moment"
        elif station.state is AHEAD:
            assert station.at is None, "what lies ahead has none"
    moments = [station.at for station in way if station.at is not None]
    assert len(moments) == sum(state is DONE for state in [s.state for s in way])
    return [station.state for station in way]


def test_a_new_dossier_waits_for_its_owner(database):
    dossier = opening.start(pin_hash(), "id")
    assert progress.turn_of(dossier) is Turn.FILL_IN
    assert states(dossier) == [DONE, AHEAD, STUCK, AHEAD, AHEAD]


def test_the_nik_fits_and_the_rest_is_open(database):
    dossier = dossier_at(StepName.HOME)
    assert progress.turn_of(dossier) is Turn.FILL_IN
    assert states(dossier) == [DONE, DONE, STUCK, AHEAD, AHEAD]


@pytest.mark.parametrize("key", ["name_differs", "not_found", "deceased"])
def test_a_nik_that_does_not_fit_is_the_owners_turn(database, key):
    dossier = dossier_at(None, who=key)
    assert progress.turn_of(dossier) is Turn.MEND_NIK
    assert states(dossier) == [DONE, STUCK, AHEAD, AHEAD, AHEAD]


def test_a_silent_registry_does_not_stop_the_owner(database, office_is):
    office_is("dukcapil", "down")
    dossier = dossier_at(None)
    assert progress.turn_of(dossier) is Turn.FILL_IN
    assert states(dossier) == [DONE, AHEAD, STUCK, AHEAD, AHEAD]


def test_sent_and_waiting_for_the_registry(database, office_is):
    office_is("dukcapil", "down")
    dossier = sent_dossier()
    assert progress.turn_of(dossier) is Turn.WAIT_NIK
    assert states(dossier) == [DONE, NOW, DONE, AHEAD, AHEAD]


def test_sent_and_waiting_for_oss(database, office_is):
    office_is("oss", "down")
    dossier = sent_dossier()
    assert progress.turn_of(dossier) is Turn.WAIT_OSS
    assert states(dossier) == [DONE, DONE, DONE, NOW, AHEAD]


def test_refused_by_oss(database, app, office_is):
    office_is("oss", "accept_then_die")
    dossier = sent_dossier()
    office_is("oss", "up")
    dossier.applicant.street = "Jalan Lain 1"  # other content under the same key
    bring_forward()
    job = jobs.open_job(JobKind.HANDOVER, dossier.id)
    assert job is not None
    run(job.id)
    assert progress.turn_of(dossier) is Turn.REFUSED
    assert states(dossier) == [DONE, DONE, DONE, STUCK, AHEAD]


def test_done(database):
    dossier = sent_dossier()
    assert progress.turn_of(dossier) is Turn.DONE
    assert states(dossier) == [DONE] * 5


def test_given_back_it_no_longer_says_that_it_was_sent(database, office_is):
    office_is("dukcapil", "down")
    dossier = sent_dossier(who="birth_date_differs")
    office_is("dukcapil", "up")
    bring_forward()
    job = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    assert job is not None
    run(job.id)
    assert progress.turn_of(dossier) is Turn.MEND_NIK
    assert states(dossier) == [DONE, STUCK, AHEAD, AHEAD, AHEAD]


def test_a_wrong_key_of_ours_is_waiting_not_refusing(database, app):
    use_oss(app, user_key="wrong-key")
    assert progress.turn_of(sent_dossier()) is Turn.WAIT_OSS


def test_moments_are_those_of_the_events(database):
    dossier = sent_dossier()
    at = {event.kind: event.at for event in dossier.events}
    assert [station.at for station in progress.way_of(dossier)] == [
        at["started"],
        at["nik_checked"],
        at["sent"],
        at["handed_over"],
        at["nib_received"],
    ]


def test_a_station_holds_nothing_personal():
    """The same stations are shown to anybody who has the number."""
    assert [field.name for field in dataclasses.fields(Station)] == [
        "stage",
        "state",
        "at",
        "who",
        "told",
    ]


def test_the_end_stands_on_the_way_only_where_it_happened(database):
    dossier = sent_dossier()
    assert len(states(dossier)) == len(Stage) - 2
    changes.close(dossier, None)
    database.commit()
    database.refresh(dossier)
    assert progress.turn_of(dossier) is Turn.ENDED
    assert states(dossier) == [DONE] * (len(Stage) - 1)
