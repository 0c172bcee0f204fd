from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dossier.journey import (
    AFTER,
    BEFORE,
    EACH,
    FOR_EACH,
    ActivityAnswers,
    Answers,
    StepName,
    Stop,
    before,
    counted,
    first_unanswered,
    may_open,
    next_after,
    way,
)
from app.domain.law.legal_form import RULES, LegalForm

ACTIVITY = ActivityAnswers(given=EACH)
ALL = Answers(given=frozenset(StepName) - EACH, activities=(ACTIVITY,))


def without(answers: Answers, stop: Stop) -> Answers:
    """Return the answers with one of them missing."""
    return _with_given(answers, stop, lambda given: given - {stop.name})


def answered(answers: Answers, stop: Stop) -> Answers:
    """Return the answers with one of them given."""
    return _with_given(answers, stop, lambda given: given | {stop.name})


def _with_given(answers: Answers, stop: Stop, change) -> Answers:
    if stop.name not in EACH:
        return replace(answers, given=change(answers.given))
    activities = tuple(
        replace(a, given=change(a.given)) if a.position == stop.position else a
        for a in answers.activities
    )
    return replace(answers, activities=activities)


@st.composite
def complete(draw) -> Answers:
    """Somebody of any legal form with one to four activities, some of them once taken out."""
    positions = sorted(draw(st.sets(st.integers(0, 9), min_size=1, max_size=4)))
    return replace(
        ALL,
        form=draw(st.sampled_from(LegalForm)),
        activities=tuple(replace(ACTIVITY, position=position) for position in positions),
    )


@st.composite
def some_answers(draw) -> Answers:
    """The same with any of the answers missing."""
    answers = draw(complete())
    for stop in draw(st.sets(st.sampled_from(way(answers)))):
        answers = without(answers, stop)
    return answers


def test_every_step_is_declared_once():
    declared = [step.name for step in (*BEFORE, *FOR_EACH, *AFTER)]
    assert sorted(declared) == sorted(StepName)


@given(complete())
def test_each_step_on_the_way_is_missed_when_its_answer_is(answers):
    assert first_unanswered(answers) is None
    for stop in way(answers):
        assert first_unanswered(without(answers, stop)) == stop


def test_an_individual_is_asked_nothing_about_companies():
    names = [stop.name for stop in way(ALL)]
    assert set(StepName) - set(names) == {StepName.KIND, StepName.ENTITY, StepName.DEED}
    assert len(names) == len(set(names))


@pytest.mark.parametrize("form", [form for form in LegalForm if form is not LegalForm.INDIVIDUAL])
def test_a_company_is_asked_about_itself_and_its_deed_only_where_there_is_one(form):
    names = [stop.name for stop in way(replace(ALL, form=form))]
    assert names[:4] == [StepName.KIND, StepName.IDENTITY, StepName.PHONE, StepName.ENTITY]
    assert (StepName.DEED in names) is RULES[form].deed


def test_what_another_form_was_asked_does_not_stand_in_the_way():
    individual = replace(ALL, given=ALL.given - {StepName.ENTITY, StepName.DEED})
    assert first_unanswered(individual) is None
    assert first_unanswered(replace(individual, form=LegalForm.CV)) == Stop(StepName.ENTITY)


def test_each_activity_has_its_own_steps():
    two = replace(ALL, activities=(ACTIVITY, ActivityAnswers(position=3)))
    assert first_unanswered(two) == Stop(StepName.ACTIVITY, 3)
    assert len(way(two)) == len(way(ALL)) + len(FOR_EACH)
    assert way(two)[-1] == Stop(StepName.DECLARATIONS)


@given(complete())
def test_the_first_way_through_goes_step_by_step_to_the_check(whole):
    answers = whole
    for stop in way(whole):
        answers = without(answers, stop)
    walked: list[Stop] = []
    stop: Stop | None = way(answers)[0]
    while stop is not None:
        walked.append(stop)
        assert may_open(stop, answers)
        assert counted(stop, answers) == (len(walked), len(way(whole)))
        assert before(stop, answers) == (walked[-2] if len(walked) > 1 else None)
        answers = answered(answers, stop)
        stop = next_after(stop, answers, changing=False)
    assert tuple(walked) == way(whole)


@given(complete(), st.data())
def test_one_change_leads_back_to_the_check(answers, data):
    stop = data.draw(st.sampled_from(way(answers)))
    assert next_after(stop, answers, changing=True) is None


def test_a_change_that_leaves_something_open_asks_only_that():
    left = without(ALL, Stop(StepName.BUSINESS))
    assert next_after(Stop(StepName.ACTIVITY), left, changing=True) == Stop(StepName.BUSINESS)


@given(some_answers(), st.data(), st.booleans())
def test_nobody_is_led_to_a_page_that_does_not_open(answers, data, changing):
    stop = data.draw(st.sampled_from(way(answers)))
    if not may_open(stop, answers):
        return
    answers = answered(answers, stop)  # a step that was just answered
    following = next_after(stop, answers, changing=changing)
    if following is None:
        assert first_unanswered(answers) is None
    else:
        assert may_open(following, answers)


@given(some_answers())
def test_what_is_not_on_the_way_does_not_open_but_for_the_choice_of_form(answers):
    gone = Stop(StepName.PLACE, 77)
    assert not may_open(gone, answers)
    assert may_open(Stop(StepName.KIND), answers)
    assert counted(gone, answers)[0] == 1
    assert before(gone, answers) is None


@given(st.sampled_from(StepName), st.integers(0, 50))
def test_a_stop_is_read_as_it_is_written(name, position):
    stop = Stop(name, position if name in EACH else 0)
    assert Stop.parse(str(stop)) == stop


@pytest.mark.parametrize(
    "text", ["", "diri/2", "tempat/1", "tempat/0", "tempat/-1", "tempat/02", "tempat/x", "lain"]
)
def test_anything_else_is_no_stop(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any text that is none
        Stop.parse(text)
