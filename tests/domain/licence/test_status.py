"""What the codes of OSS mean to a person, and which of them may follow which."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dossier.journey import StepName
from app.domain.licence.corrections import (
    MENDABLE,
    BadTarget,
    PaperTarget,
    ReturnReason,
    StepTarget,
    parse_target,
    rule_of,
)
from app.domain.licence.status import (
    ACTION_STATUSES,
    FINAL,
    GRANTED,
    RETURNED,
    OfficeAction,
    PublicState,
    WhoActs,
    allowed_actions,
    is_final,
    may_follow,
    next_look,
    public_state,
    who_acts,
)
from app.domain.oss.codes import LicenceStatus as S


def test_every_code_has_a_meaning_and_somebody_who_acts():
    assert {public_state(status) for status in S} == set(PublicState)
    assert {who_acts(status) for status in S} == set(WhoActs) - {WhoActs.REGISTRY}


@pytest.mark.parametrize(
    ("codes", "who"),
    [
        ("05 09 10 20 30 31 32 33 40 42 44 45 52", WhoActs.OFFICE),
        ("11 12 34 41 43 60 70 80 93", WhoActs.PERSON),
        ("49", WhoActs.OSS),
        ("50 57 90", WhoActs.NOBODY),
    ],
)
def test_who_acts(codes, who):
    assert {who_acts(S(code)) for code in codes.split()} == {who}


def test_only_three_codes_are_final():
    assert {status for status in S if is_final(status)} == GRANTED | {S.REJECTED}
    assert GRANTED < FINAL
    assert {who_acts(status) for status in FINAL} == {WhoActs.NOBODY}


@pytest.mark.parametrize(
    "way",
    [
        "50",
        "09 10 20 45 49 50",
        "09 11 10 40 41 42 45 49 50",
        "10 43 44 20 90",
        "05 09 10 41 90",
        "09 10 57 60 70 50",
        "10 20 30 32 34 32 33 40 45 50",
        "10 41 43 44 45 49 52 50",
        "10 93 09 10 57",
    ],
)
def test_usual_ways(way):
    before = None
    for code in way.split():
        assert may_follow(before, S(code)), (before, code)
        before = S(code)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "57"),
        ("09", "50"),
        ("41", "50"),
        ("42", "10"),
        ("50", "09"),
        ("90", "09"),
        ("90", "50"),
        ("45", "90"),
        ("43", "42"),
        ("41", "44"),
    ],
)
def test_jumps_that_nobody_knows(before, after):
    assert not may_follow(S(before) if before else None, S(after))


def test_no_status_follows_itself_before_the_end():
    for status in S:
        if who_acts(status) is not WhoActs.NOBODY and not status.startswith(("3", "6", "7", "8")):
            assert not may_follow(status, status), status


def test_what_waits_for_the_person_has_a_way_on():
    for status in RETURNED:
        assert any(may_follow(status, after) for after in S)


# The practice office


def test_every_action_is_a_usual_way():
    for action, statuses in ACTION_STATUSES.items():
        for one, other in pairwise(statuses):
            assert may_follow(one, other), action
    assert set(ACTION_STATUSES) == set(OfficeAction)


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (S.REQUIREMENTS_FILLED, {OfficeAction.COMPLETE, OfficeAction.REJECT}),
        (S.COMPLETE, set(OfficeAction) - {OfficeAction.COMPLETE}),
        (S.CLARIFICATION, {OfficeAction.REJECT}),
        (S.APPROVED, set()),
        (S.DEEMED_APPROVED, set()),
        (S.REJECTED, set()),
    ],
)
def test_what_an_office_can_do_next(status, actions):
    assert set(allowed_actions(status)) == actions


# Asking OSS


@given(st.timedeltas(min_value=timedelta(0)), st.timedeltas(min_value=timedelta(0)))
def test_it_is_asked_less_often_the_longer_it_is_quiet(one, other):
    if one <= other:
        assert next_look(one) <= next_look(other)


@pytest.mark.parametrize(
    ("quiet", "wait"),
    [
        (timedelta(0), timedelta(minutes=10)),
        (timedelta(minutes=59), timedelta(minutes=10)),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=1), timedelta(hours=6)),
        (timedelta(days=7), timedelta(days=1)),
        (timedelta(days=900), timedelta(days=1)),
    ],
)
def test_how_long_to_wait(quiet, wait):
    assert next_look(quiet) == wait


# Reasons and targets


def test_every_reason_stands_somewhere():
    for reason in ReturnReason:
        assert rule_of(reason).citation.law
        assert rule_of(reason).citation.article
    assert rule_of(ReturnReason.PLACE_NOT_IN_PLAN).answer_working_days == 5
    assert len(ReturnReason) == 12
    assert set(ReturnReason) - set(MENDABLE) == {
        ReturnReason.NOT_OUR_AUTHORITY,
        ReturnReason.LATE_REPLY,
        ReturnReason.DUPLICATE,
    }


@given(st.sampled_from(list(StepName)), st.integers(0, 999))
def test_a_step_is_read_as_it_was_written(step, position):
    target = StepTarget(step, position)
    assert parse_target(str(target)) == target


@given(st.from_regex(r"[A-Za-z0-9_.-]{1,70}", fullmatch=True))
def test_a_paper_is_read_as_it_was_written(key):
    assert parse_target(str(PaperTarget(key))) == PaperTarget(key)


@pytest.mark.parametrize(
    "text", ["", "step", "step:tempat", "step:nowhere:0", "step:tempat:-1", "paper:", "paper:a/b"]
)
def test_what_names_nothing_is_refused(text):
    with pytest.raises(BadTarget):
        parse_target(text)
