from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business_size import Capital
from app.domain.journey import (
    STEPS,
    Answers,
    StepName,
    before,
    first_unanswered,
    may_open,
    next_after,
    position,
)

ALL = Answers(
    identity=True,
    phone=True,
    home=True,
    kbli_code="47112",
    described=True,
    place=True,
    land=True,
    capital=Capital(0, 0, 0, 0, 0),
    production=True,
    declarations_missing=False,
)
UNANSWERED = {
    StepName.IDENTITY: {"identity": False},
    StepName.PHONE: {"phone": False},
    StepName.HOME: {"home": False},
    StepName.ACTIVITY: {"kbli_code": None},
    StepName.BUSINESS: {"described": False},
    StepName.PLACE: {"place": False},
    StepName.LAND: {"land": False},
    StepName.CAPITAL: {"capital": None},
    StepName.PRODUCTION: {"production": False},
    StepName.DECLARATIONS: {"declarations_missing": True},
}

some_answers = st.builds(
    lambda missing: replace(ALL, **{k: v for name in missing for k, v in UNANSWERED[name].items()}),
    st.sets(st.sampled_from(list(StepName))),
)


@pytest.mark.parametrize("name", list(StepName))
def test_each_step_is_missed_when_its_answer_is(name):
    assert first_unanswered(replace(ALL, **UNANSWERED[name])) is name


def test_a_scope_is_asked_only_where_the_risk_depends_on_it():
    assert first_unanswered(replace(ALL, needs_scope=True)) is StepName.BUSINESS
    assert first_unanswered(replace(ALL, needs_scope=True, scope_no=2)) is None


def test_the_first_way_through_goes_step_by_step_to_the_check():
    way, answers = [], Answers()
    name: StepName | None = StepName.IDENTITY
    while name is not None:
        way.append(name)
        answers = replace(answers, **{key: getattr(ALL, key) for key in UNANSWERED[name]})
        name = next_after(name, answers, changing=False)
    assert way == [step.name for step in STEPS]


@pytest.mark.parametrize("name", list(StepName))
def test_one_change_leads_back_to_the_check(name):
    assert next_after(name, ALL, changing=True) is None


def test_a_change_that_leaves_something_open_asks_only_that():
    left = replace(ALL, described=False)
    assert next_after(StepName.ACTIVITY, left, changing=True) is StepName.BUSINESS


@given(some_answers, st.sampled_from(list(StepName)), st.booleans())
def test_nobody_is_led_to_a_page_that_does_not_open(answers, name, changing):
    # A step that was just answered: all before it were open to the person.
    answers = replace(answers, **{key: getattr(ALL, key) for key in UNANSWERED[name]})
    following = next_after(name, answers, changing=changing)
    if following is None:
        assert first_unanswered(answers) is None or not changing
    elif may_open(name, answers):
        assert may_open(following, answers) or position(following) == position(name) + 1


@given(some_answers)
def test_the_check_is_reached_only_when_all_is_answered(answers):
    last = STEPS[-1].name
    if next_after(last, answers, changing=False) is None:
        assert first_unanswered(answers) is None


def test_back_goes_one_step_back():
    assert before(STEPS[0].name) is None
    assert before(StepName.PHONE) is StepName.IDENTITY
