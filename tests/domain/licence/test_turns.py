"""Whose turn it is: one entry for every combination, and nobody waits for what never comes."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from app.domain.licence.status import WhoActs
from app.domain.licence.turns import (
    ROWS,
    TURNS,
    WHO_ACTS,
    Evidence,
    NikState,
    Standing,
    Turn,
    cases_of,
    turn_in,
)
from app.domain.oss.service_mode import ServiceMode

EVERY = tuple(product(Standing, ServiceMode, NikState, Evidence))
WAITING = {turn for turn, who in WHO_ACTS.items() if who not in {WhoActs.PERSON, WhoActs.NOBODY}}


def test_each_combination_has_one_entry_and_each_turn_is_somebodys():
    assert Counter(case for row in ROWS for case in cases_of(row)) == Counter(EVERY)
    assert set(TURNS.values()) == set(Turn) == set(WHO_ACTS)


@pytest.mark.parametrize(("standing", "mode", "nik", "evidence"), EVERY)
def test_somebody_waits_only_while_somebody_else_acts(standing, mode, nik, evidence):
    turn = turn_in(standing, mode, nik, evidence)
    if standing is Standing.DRAFT:
        assert turn is (Turn.MEND_NIK if nik is NikState.DIFFERS else Turn.FILL_IN)
    if turn in WAITING and mode is not ServiceMode.TRAINING:
        # Only a line to OSS tells us of what comes; without one the person has to look.
        assert mode is ServiceMode.CONNECTED
        assert turn is (Turn.WAIT_OFFICE if evidence is Evidence.CONFIRMED else Turn.CONFIRM_NIB)
    if turn in WAITING and mode is ServiceMode.TRAINING:
        assert standing in {Standing.WITH_NIK, Standing.AT_OSS}
    if turn in {Turn.WAIT_NIK, Turn.WAIT_NIK_OFFICE}:
        assert nik in {NikState.WITH_REGISTRY, NikState.WITH_OFFICE}
        assert (turn is Turn.WAIT_NIK_OFFICE) is (nik is NikState.WITH_OFFICE)
    if turn is Turn.DONE and mode is not ServiceMode.TRAINING:
        assert evidence in {Evidence.SEEN, Evidence.CONFIRMED}
    if turn in {Turn.FILE_AT_OSS, Turn.FILE_NIK_OPEN, Turn.LOOK_AT_OSS, Turn.ACT_IN_OSS}:
        assert mode is not ServiceMode.TRAINING, "practice sends nobody to oss.go.id"
    if turn is Turn.PLAY_OFFICE:
        assert mode is ServiceMode.TRAINING


@pytest.mark.parametrize("mode", [ServiceMode.ASSIST, ServiceMode.CONNECTED])
@pytest.mark.parametrize("nik", [NikState.WITH_OFFICE, NikState.WITH_REGISTRY])
def test_who_sends_before_the_nik_is_checked_is_told_to_file(mode, nik):
    turn = turn_in(Standing.WITH_NIK, mode, nik, Evidence.NONE)
    assert (turn, WHO_ACTS[turn]) == (Turn.FILE_NIK_OPEN, WhoActs.PERSON)
