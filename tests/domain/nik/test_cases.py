"""NIK cases: whose turn, when to look again, when staff must step in. Both sides of every edge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.nik.cases import (
    ALERT_AFTER,
    ALERT_AGAIN_AFTER,
    ASK_AGAIN_AFTER,
    ASKED_AT_MOST,
    ASKED_WITHIN,
    EXPIRES_AFTER,
    GUESSED_WITHIN,
    GUESSES_AT_MOST,
    RULES,
    AskedTooOften,
    Case,
    CaseClosed,
    NikActor,
    NikCaseState,
    NikClosedBecause,
    NikEscalatedBecause,
    NikOffice,
    NikWake,
    NotTrouble,
    after_verdict,
    alert_is_due,
    check_may_ask_again,
    close,
    guessing_paused_until,
    open_case,
    wake_at,
    woken,
)
from app.domain.nik.verdict import NikClass, RegistryFault

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
TROUBLE = [each for each in NikClass if each is not NikClass.MATCH]
BY_HAND = [NikClass.NAME_MISMATCH, NikClass.BIRTH_DATE_MISMATCH, NikClass.SEX_MISMATCH]
BY_OFFICE = [NikClass.NOT_FOUND, NikClass.NOT_RECORDED, NikClass.DUPLICATE]


def test_every_class_of_trouble_has_its_rule():
    assert set(RULES) == set(TROUBLE)
    for rule in RULES.values():
        assert rule.offices
        assert all(wait > timedelta(0) for wait in rule.rechecks)


def test_a_nik_that_fits_is_no_case():
    with pytest.raises(NotTrouble):
        open_case(NikClass.MATCH, NOW)


@pytest.mark.parametrize(
    ("nik_class", "state", "first_check"),
    [
        (NikClass.FORMAT, NikCaseState.OPEN, None),
        (NikClass.NAME_MISMATCH, NikCaseState.OPEN, None),
        (NikClass.BIRTH_DATE_MISMATCH, NikCaseState.OPEN, None),
        (NikClass.SEX_MISMATCH, NikCaseState.OPEN, None),
        (NikClass.NOT_FOUND, NikCaseState.WAITING_OFFICE, DAY),
        (NikClass.NOT_RECORDED, NikCaseState.WAITING_OFFICE, 3 * DAY),
        (NikClass.DUPLICATE, NikCaseState.WAITING_OFFICE, 7 * DAY),
        (NikClass.KK_MISMATCH, NikCaseState.WAITING_OFFICE, None),
        (NikClass.DECEASED, NikCaseState.ESCALATED, None),
        (NikClass.PENDING, NikCaseState.ESCALATED, None),
    ],
)
def test_who_must_act_first_and_when_we_look_again(nik_class, state, first_check):
    case = open_case(nik_class, NOW)
    assert case.state is state
    assert case.next_check_at == (NOW + first_check if first_check else None)


def test_what_only_staff_can_handle_goes_to_them_at_once():
    deceased, silent = open_case(NikClass.DECEASED, NOW), open_case(NikClass.PENDING, NOW)
    assert deceased.escalated_because is NikEscalatedBecause.STAFF_ONLY
    assert silent.escalated_because is NikEscalatedBecause.REGISTRY_SILENT
    assert deceased.escalated_at == silent.escalated_at == NOW
    assert not RULES[NikClass.DECEASED].may_ask_again
    assert RULES[NikClass.DECEASED].offices[0] is NikOffice.DPMPTSP


@pytest.mark.parametrize("nik_class", TROUBLE)
def test_a_match_closes_any_case(nik_class):
    closed = after_verdict(open_case(nik_class, NOW), NikClass.MATCH, NOW + DAY)
    assert closed.state is NikCaseState.CLOSED
    assert closed.closed_because is NikClosedBecause.MATCHED
    assert closed.closed_at == NOW + DAY
    assert closed.next_check_at is None
    assert wake_at(closed) is None
    assert woken(closed, NOW + 1000 * DAY) == ((), closed)
    for again in (NikClass.MATCH, nik_class):
        with pytest.raises(CaseClosed):
            after_verdict(closed, again, NOW + DAY)
    with pytest.raises(CaseClosed):
        close(closed, NikClosedBecause.BY_STAFF, NOW + DAY)


@pytest.mark.parametrize("nik_class", TROUBLE)
def test_a_silent_registry_changes_nothing(nik_class):
    case = open_case(nik_class, NOW)
    assert after_verdict(case, NikClass.PENDING, NOW + DAY) == case


@pytest.mark.parametrize("nik_class", BY_OFFICE)
def test_the_waits_are_used_one_after_the_other_and_then_it_stops(nik_class):
    case, now = open_case(nik_class, NOW), NOW
    for wait in RULES[nik_class].rechecks:
        assert case.next_check_at == now + wait
        early, same = woken(case, case.next_check_at - MOMENT)
        assert NikWake.RECHECK not in early
        assert same.next_check_at == case.next_check_at
        now = case.next_check_at
        done, case = woken(case, now)
        assert NikWake.RECHECK in done
        assert case.next_check_at is None, "one is under way"
        case = after_verdict(case, nik_class, now)
    assert case.next_check_at is None
    assert case.tries == len(RULES[nik_class].rechecks) + 1
    assert sum(RULES[nik_class].rechecks, timedelta()) < EXPIRES_AFTER


def test_asking_by_hand_does_not_stretch_the_waits():
    case = after_verdict(open_case(NikClass.NOT_FOUND, NOW), NikClass.NOT_FOUND, NOW + DAY / 4)
    assert case.next_check_at == NOW + DAY / 4 + DAY
    assert case.automatic_checks == 0


def test_another_class_starts_its_own_schedule():
    case = open_case(NikClass.NOT_FOUND, NOW)
    _, case = woken(case, NOW + DAY)
    moved = after_verdict(case, NikClass.NOT_RECORDED, NOW + DAY)
    assert moved.nik_class is NikClass.NOT_RECORDED
    assert moved.automatic_checks == 0
    assert moved.next_check_at == NOW + DAY + 3 * DAY
    assert moved.opened_at == NOW
    assert after_verdict(moved, NikClass.NAME_MISMATCH, NOW + 2 * DAY).state is NikCaseState.OPEN


@pytest.mark.parametrize("nik_class", [*BY_OFFICE, *BY_HAND, NikClass.FORMAT])
def test_what_takes_too_long_goes_to_staff(nik_class):
    case = open_case(nik_class, NOW)
    after = RULES[nik_class].escalate_after
    assert after is not None
    early, same = woken(case, NOW + after - MOMENT)
    assert NikWake.ESCALATE not in early
    assert same.state is case.state
    done, late = woken(case, NOW + after)
    assert NikWake.ESCALATE in done
    assert late.state is NikCaseState.ESCALATED
    assert late.escalated_because is NikEscalatedBecause.TOO_LONG
    assert late.escalated_at == NOW + after
    assert NikWake.ESCALATE not in woken(late, NOW + after + DAY)[0], "once is enough"


@pytest.mark.parametrize(
    ("nik_class", "tries"), [(NikClass.FORMAT, 3), *((each, 5) for each in BY_HAND)]
)
def test_many_tries_in_vain_go_to_staff(nik_class, tries):
    case = open_case(nik_class, NOW)
    for _ in range(tries - 2):
        case = after_verdict(case, nik_class, NOW)
    assert case.state is NikCaseState.OPEN
    case = after_verdict(case, nik_class, NOW)
    assert case.tries == tries
    assert case.escalated_because is NikEscalatedBecause.TOO_MANY_TRIES


def test_staff_keep_a_case_that_moves_unless_only_the_registry_was_silent():
    _, late = woken(open_case(NikClass.NOT_FOUND, NOW), NOW + 7 * DAY)
    moved = after_verdict(late, NikClass.NAME_MISMATCH, NOW + 8 * DAY)
    assert moved.state is NikCaseState.ESCALATED
    assert moved.escalated_because is NikEscalatedBecause.TOO_LONG
    answered = after_verdict(open_case(NikClass.PENDING, NOW), NikClass.NOT_FOUND, NOW + DAY)
    assert answered.state is NikCaseState.WAITING_OFFICE
    assert (answered.escalated_at, answered.escalated_because) == (None, None)
    assert answered.tries == 1
    assert answered.next_check_at == NOW + 2 * DAY


def test_a_case_in_which_nothing_moves_ends():
    case = open_case(NikClass.DUPLICATE, NOW)
    touched = after_verdict(case, NikClass.DUPLICATE, NOW + 10 * DAY)
    assert NikWake.EXPIRE not in woken(touched, NOW + 10 * DAY + EXPIRES_AFTER - MOMENT)[0]
    done, ended = woken(touched, NOW + 10 * DAY + EXPIRES_AFTER)
    assert done == (NikWake.EXPIRE,)
    assert ended.closed_because is NikClosedBecause.EXPIRED


@given(
    st.sampled_from(TROUBLE),
    st.lists(st.tuples(st.sampled_from(list(NikClass)), st.integers(0, 40 * 24)), max_size=12),
)
def test_whatever_happens_a_case_stays_whole(nik_class, verdicts):
    case, now = open_case(nik_class, NOW), NOW
    for verdict, hours in verdicts:
        now += timedelta(hours=hours)
        _, case = woken(case, now)
        if case.state is NikCaseState.CLOSED:
            break
        at = wake_at(case)
        assert at is not None
        assert at > now, "what was due is done"
        case = after_verdict(case, verdict, now)
        assert (case.state is NikCaseState.ESCALATED) == (case.escalated_because is not None) or (
            case.state is NikCaseState.CLOSED
        )
        if case.state is NikCaseState.CLOSED:
            break
    assert (case.state is NikCaseState.CLOSED) == (case.closed_at is not None)
    assert isinstance(case, Case)


def test_a_person_may_ask_again_but_not_use_up_the_days_calls():
    check_may_ask_again([], NOW)
    check_may_ask_again([NOW - ASK_AGAIN_AFTER], NOW)
    with pytest.raises(AskedTooOften) as caught:
        check_may_ask_again([NOW - ASK_AGAIN_AFTER + MOMENT], NOW)
    assert caught.value.until == NOW + MOMENT
    hourly = [NOW - timedelta(hours=n + 1) for n in range(ASKED_AT_MOST)]
    check_may_ask_again(hourly[1:], NOW)
    with pytest.raises(AskedTooOften) as caught:
        check_may_ask_again(hourly, NOW)
    assert caught.value.until == min(hourly) + ASKED_WITHIN
    check_may_ask_again(hourly, caught.value.until)
    with pytest.raises(AskedTooOften):
        check_may_ask_again(hourly, caught.value.until - MOMENT)


def test_an_impatient_day_opens_again_when_the_oldest_of_the_last_is_a_day_old():
    many = [NOW - timedelta(hours=n) for n in range(1, ASKED_AT_MOST + 4)]
    with pytest.raises(AskedTooOften) as caught:
        check_may_ask_again(many, NOW)
    assert caught.value.until == NOW - timedelta(hours=ASKED_AT_MOST) + ASKED_WITHIN


def test_guessing_about_one_nik_is_paused():
    minutes = [NOW - timedelta(minutes=n) for n in range(GUESSES_AT_MOST)]
    assert guessing_paused_until([], NOW) is None
    assert guessing_paused_until(minutes[:-1], NOW) is None
    until = guessing_paused_until(minutes, NOW)
    assert until == min(minutes) + GUESSED_WITHIN
    assert guessing_paused_until(minutes, until - MOMENT) == until
    assert guessing_paused_until(minutes, until) is None


def test_only_the_person_or_an_office_can_mend_what_is_never_checked_by_itself():
    for nik_class, rule in RULES.items():
        if not rule.rechecks:
            assert rule.actor is not NikActor.CIVIL_REGISTRY or nik_class is NikClass.KK_MISMATCH


@pytest.mark.parametrize("cause", RegistryFault)
def test_staff_are_told_of_a_registry_that_stays_silent(cause):
    after = ALERT_AFTER[cause]
    assert not alert_is_due(cause, NOW, None, NOW + after - MOMENT)
    assert alert_is_due(cause, NOW, None, NOW + after)
    told = NOW + after
    assert not alert_is_due(cause, NOW, told, told + ALERT_AGAIN_AFTER - MOMENT)
    assert alert_is_due(cause, NOW, told, told + ALERT_AGAIN_AFTER)


def test_what_only_we_can_mend_is_told_sooner():
    ours = {RegistryFault.LOGIN, RegistryFault.IP_ADDRESS, RegistryFault.USER_INACTIVE}
    assert max(ALERT_AFTER[each] for each in ours) < min(
        wait for each, wait in ALERT_AFTER.items() if each not in ours
    )
