"""The estimate over every row that is loaded: what must hold whatever somebody asks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.law.authority import DaysKnown
from app.domain.law.because import Known
from app.domain.law.building import Building
from app.domain.law.business_size import BusinessSize
from app.domain.law.environment import environment_burden
from app.domain.law.estimate.answer import Estimate, EstimateCase, Question, Topic
from app.domain.law.estimate.bands import BANDS, CapitalBand
from app.domain.law.estimate.combined import combine
from app.domain.law.estimate.reckoning import estimate
from app.domain.law.risk import LicenceProduct, RiskLevel, products_for
from app.domain.law.rows import RiskRow
from app.domain.law.spatial import DetailedPlan, Ground, PlaceFacts, spatial_burden
from app.services.law.rules import get_rules
from app.services.reference.book import get_book

IN_FORCE = date(2025, 6, 5)
BAND_OF_SIZE = {
    BusinessSize.MICRO: CapitalBand.UP_TO_1BN,
    BusinessSize.SMALL: CapitalBand.UP_TO_5BN,
    BusinessSize.MEDIUM: CapitalBand.UP_TO_10BN,
    BusinessSize.LARGE: CapitalBand.ABOVE_10BN,
}
RANDOM = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def rows_of(app) -> Iterator[dict[str, tuple[RiskRow, ...]]]:
    """Every loaded row by its code, and a code without any."""
    with app.app_context():
        yield all_rows()


@cache
def all_rows() -> dict[str, tuple[RiskRow, ...]]:
    book = get_book()
    return {entry.code: book.risk_rows(entry.code, 2025) for entry in book.all_kbli(2025)}


@st.composite
def questions(draw: st.DrawFn, codes: list[str]) -> Question:
    return Question(
        code=draw(st.sampled_from(codes)),
        in_kabupaten=draw(st.booleans()),
        band=draw(st.sampled_from(list(BANDS))),
        shared_premises=draw(st.booleans()),
        scope_no=draw(st.none() | st.integers(-1, 9)),
        village_code=draw(
            st.none() | st.sampled_from(["9601092001", "9601012002", "9671011001", "x", ""])
        ),
        ground=draw(st.sampled_from(Ground)),
        foreign=draw(st.sampled_from(Known)),
        building=draw(st.sampled_from(Building)),
    )


places = st.builds(
    PlaceFacts, st.sampled_from(DetailedPlan), st.sampled_from(Known), st.sampled_from(Known)
)
days = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def ask(rows, question, place=PlaceFacts(), on=IN_FORCE) -> Estimate:  # noqa: B008
    return estimate(rows, question, rules=get_rules(), on=on, place=place)


@RANDOM
@given(data=st.data(), place=places, on=days, seed=st.integers(0, 999))
def test_any_question_is_answered_and_always_alike(rows_of, data, place, on, seed):
    question = data.draw(questions(list(rows_of)))
    rows = rows_of[question.code]
    found = ask(rows, question, place, on)
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    assert ask(shuffled, question, place, on) == found

    if on < IN_FORCE:
        assert found.case is EstimateCase.UNKNOWN
    assert set(found.reasons) == (set(Topic) if found.risk else {Topic.CASE, Topic.SIZE})
    for reason in found.reasons.values():
        assert reason.citations
        assert all(law.law for law in reason.citations)
        assert set(reason.citations) <= set(found.citations)
    for topic, reason in found.reasons.items():
        assert reason.facts or topic is Topic.AUTHORITY, topic
    if found.risk:
        assert found.sources
        assert found.as_of
        assert (found.days is None) == (found.days_known is not DaysKnown.KNOWN)
        assert found.found.deciding.ask or found.found.deciding.levels
    else:
        assert found.products == ()
        assert found.may_operate is found.spatial is found.environment is None


def test_a_closed_size_never_yields_a_product(rows_of):
    closed = 0
    for code, rows in rows_of.items():
        open_to = {row.size for row in rows}
        for size in set(BusinessSize) - open_to:
            found = ask(rows, Question(code, in_kabupaten=True, band=BAND_OF_SIZE[size]))
            assert found.products == ()
            assert not found.risk
            closed += 1
    assert closed > 1000


def test_every_row_leads_to_what_its_risk_says(rows_of):
    seen = set()
    for code, rows in rows_of.items():
        for row in rows:
            question = Question(
                code, in_kabupaten=True, band=BAND_OF_SIZE[row.size], scope_no=row.scope_no
            )
            found = ask(rows, question)
            same = [r.risk for r in rows if (r.scope_no, r.size) == (row.scope_no, row.size)]
            assert found.risk is max(same, key=lambda risk: risk.rank)
            assert found.products == products_for(found.risk)
            seen.add(found.risk)
    assert seen == set(RiskLevel)


@RANDOM
@given(data=st.data(), place=places, shared=st.booleans(), ground=st.sampled_from(Ground))
def test_at_one_risk_a_bigger_business_has_no_easier_place(rows_of, data, place, shared, ground):
    code = data.draw(st.sampled_from([code for code, rows in rows_of.items() if rows]))
    risk = data.draw(st.sampled_from(RiskLevel))
    template = rows_of[code][0]
    found = [
        ask(
            [replace(template, size=size, risk=risk)],
            Question(
                code,
                in_kabupaten=True,
                band=BAND_OF_SIZE[size],
                shared_premises=shared,
                ground=ground,
            ),
            place,
        )
        for size in BusinessSize
    ]
    for smaller, bigger in pairwise(found):
        assert spatial_burden(smaller.spatial) <= spatial_burden(bigger.spatial)
        assert smaller.products == bigger.products
        assert smaller.environment is bigger.environment


@RANDOM
@given(data=st.data(), place=places, shared=st.booleans(), size=st.sampled_from(BusinessSize))
def test_a_higher_risk_is_never_treated_lighter(rows_of, data, place, shared, size):
    code = data.draw(st.sampled_from([code for code, rows in rows_of.items() if rows]))
    template = rows_of[code][0]
    question = Question(code, in_kabupaten=True, band=BAND_OF_SIZE[size], shared_premises=shared)
    found = [ask([replace(template, size=size, risk=risk)], question, place) for risk in RiskLevel]
    order = list(LicenceProduct)
    for lower, higher in pairwise(found):
        assert len(lower.products) <= len(higher.products)
        assert order.index(lower.products[-1]) < order.index(higher.products[-1])
        assert environment_burden(lower.environment) <= environment_burden(higher.environment)
        assert spatial_burden(lower.spatial) <= spatial_burden(higher.spatial)
        assert not (higher.automatic and not lower.automatic)


def test_where_the_rows_let_risk_grow_with_size_the_demands_grow_too(rows_of):
    """The law does not say that risk grows with size; only what follows from the risk is law.

    (In the rows of September 2026 it happens to grow, or stay, in every scope of every code.)
    """
    compared = 0
    for code, rows in rows_of.items():
        for number in {row.scope_no for row in rows}:
            found = [
                ask(
                    rows,
                    Question(code, in_kabupaten=True, band=BAND_OF_SIZE[size], scope_no=number),
                )
                for size in BusinessSize
            ]
            known = [each for each in found if each.risk]
            for smaller, bigger in pairwise(known):
                if smaller.risk.rank <= bigger.risk.rank:
                    assert len(smaller.products) <= len(bigger.products)
                    assert spatial_burden(smaller.spatial) <= spatial_burden(bigger.spatial)
                    assert environment_burden(smaller.environment) <= environment_burden(
                        bigger.environment
                    )
                    compared += 1
    assert compared > 1000


@RANDOM
@given(data=st.data(), seed=st.integers(0, 999))
def test_several_activities_are_combined_whatever_they_are(rows_of, data, seed):
    asked = data.draw(st.lists(questions(list(rows_of)), max_size=5))
    found = [ask(rows_of[question.code], question) for question in asked]
    whole = combine(found)
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    assert replace(combine(shuffled), parts=()) == replace(whole, parts=())

    known = [each for each in found if each.risk]
    assert len(whole.parts) == len(found)
    assert (whole.environment is None) == (not known)
    if known:
        assert whole.environment.value in {each.environment for each in known}
        assert all(
            environment_burden(each.environment) <= environment_burden(whole.environment.value)
            for each in known
        )
        assert {each.kind for each in whole.declarations} == {
            statement.kind for each in known for statement in each.declarations
        }
    for each in (whole.size, whole.risk, whole.environment, whole.spatial, whole.trade):
        assert each is None or each.citations
    for obstacle in whole.obstacles:
        assert obstacle.citations
        assert obstacle.facts
