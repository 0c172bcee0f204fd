"""Counts of searches: nothing personal, readable from the third time, and nothing is lost twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.dossier.journey import StepName
from app.domain.kbli.hits import Surety
from app.domain.kbli.learning import READABLE_FROM, AddedBy
from app.domain.licence.corrections import CorrectionItem, ReturnReason, StepTarget
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import LicenceStatus
from app.extensions import db
from app.models.learning.finder import FinderChoice, FinderCorrection, FinderSearch
from app.services.dossier import estimates
from app.services.journey import steps
from app.services.kbli import learning, words
from app.services.kbli.learning import SearchList, Tally, month_of, month_text, tally
from app.services.licence import standing
from app.services.mending import corrections
from app.work import counting, run
from tests.factories import logged, looking, new_line, raw_rows, sent_dossier

FOUND, NOTHING = "kios sembako", "xqzwvk"
KIOSK = "47112"


@pytest.fixture(autouse=True)
def empty_tally():
    tally.take()
    yield
    tally.take()


def typed(app, text: str, times: int = 1, *, language: str = "id", code: str | None = None) -> None:
    for _ in range(times):
        tally.searched(text, language=language)
        if code:
            tally.chosen(text, code, language=language)
    assert counting.flush(app)


def the_row(app) -> FinderSearch:
    with looking(app) as session:
        row = session.scalars(select(FinderSearch)).one()
        session.expunge(row)
        return row


@pytest.mark.parametrize("at_once", [True, False])
def test_a_phrase_is_readable_from_the_third_time(app, at_once):
    assert READABLE_FROM == 3
    if at_once:
        typed(app, FOUND, 2)
    else:
        typed(app, FOUND)
        typed(app, "Kios, SEMBAKO!")
    row = the_row(app)
    assert (row.searched, row.phrase) == (2, None)
    assert FOUND.encode() not in json.dumps(raw_rows(app), default=str).encode()
    typed(app, FOUND)
    row = the_row(app)
    assert (row.searched, row.phrase) == (3, FOUND)


def test_three_at_once_are_readable_at_once(app):
    typed(app, FOUND, 3)
    assert the_row(app).phrase == FOUND


@pytest.mark.parametrize(
    "text", ["9601011503900001", "hp 0812 3456", "budi@contoh.test", "x" * 61, "a b c d e f g h i"]
)
def test_what_looks_personal_leaves_no_trace(app, text):
    typed(app, text, 5, code=KIOSK)
    found = raw_rows(app)
    assert found["finder_searches"] == found["finder_choices"] == []


def test_the_digest_needs_our_key(app, monkeypatch):
    one = learning.typed_as(FOUND, language="id").digest
    assert len(one) == 32
    assert learning.typed_as(FOUND, language="en").digest != one
    monkeypatch.setattr("app.extensions.vault.index_key", b"another")
    assert learning.typed_as(FOUND, language="id").digest != one


def test_what_came_of_it(app):
    typed(app, FOUND, 3)
    typed(app, FOUND, 2, code=KIOSK)
    row = the_row(app)
    assert (row.searched, row.found_nothing, row.chosen, row.left) == (5, 0, 2, 3)
    with looking(app) as session:
        choice = session.scalars(select(FinderChoice)).one()
        assert (choice.search_id, choice.code, choice.chosen) == (row.id, KIOSK, 2)


def test_what_is_not_found_is_not_left(app):
    typed(app, NOTHING, 3)
    row = the_row(app)
    assert (row.searched, row.found_nothing, row.unsure, row.left) == (3, 3, 0, 0)


def test_a_guess_is_counted_as_unsure(app, monkeypatch):
    monkeypatch.setattr(learning, "surety", lambda _hits: Surety.FAINT)
    typed(app, FOUND, 3)
    row = the_row(app)
    assert (row.searched, row.found_nothing, row.unsure) == (3, 0, 3)


def test_a_code_that_was_not_offered_is_no_choice(app):
    typed(app, FOUND, 1, code="01111")
    assert the_row(app).chosen == 0
    with looking(app) as session:
        assert session.scalars(select(FinderChoice)).all() == []


def test_only_the_month_is_kept(app):
    at = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # the first of December in WIT
    assert month_text(month_of(at)) == "2026-12"
    assert month_text(month_of(at - timedelta(seconds=1))) == "2026-11"
    typed(app, FOUND)
    month = the_row(app).last_month
    assert month == month_of(datetime.now(UTC)) == month_of(month)


def test_what_could_not_be_kept_is_kept_later(app, monkeypatch):
    tally.searched(FOUND, language="id")
    with monkeypatch.context() as broken, logged() as log:
        broken.setattr(learning, "keep", lambda *_: 1 / 0)
        assert not counting.flush(app)
    assert FOUND not in log.getvalue()
    assert counting.flush(app)
    assert the_row(app).searched == 1


def test_the_thread_keeps_and_stops(app):
    tally.searched(FOUND, language="id")
    stopped = counting.start(app, every_s=0.01)
    try:
        deadline = datetime.now(UTC) + timedelta(seconds=20)
        while datetime.now(UTC) < deadline:
            with looking(app) as session:
                if session.scalar(select(FinderSearch.searched)):
                    break
    finally:
        stopped.set()
    assert the_row(app).searched == 1


def test_the_tally_has_an_end(monkeypatch):
    monkeypatch.setattr(learning, "TALLY_AT_MOST", 2)
    full = Tally()
    for text in ("satu", "dua", "tiga", "satu"):
        full.searched(text, language="id")
        full.chosen(text, KIOSK, language="id")
    batch = full.take()
    assert {t.phrase: n for t, n in batch.searched.items()} == {"satu": 2, "dua": 1}
    assert len(batch.chosen) == 2
    assert full.take() is None


def test_lists(app):
    typed(app, FOUND, 4, code=None)
    typed(app, "jual ikan", 5, code=None)
    typed(app, NOTHING, 3)
    typed(app, "qqzzvv", 2)  # too seldom
    with looking(app) as session:

        def phrases(which: SearchList) -> list[str]:
            return [row.phrase for row in learning.searches(which)]

        assert phrases(SearchList.NOT_FOUND) == [NOTHING]
        assert phrases(SearchList.LEFT) == ["jual ikan", FOUND]
        assert phrases(SearchList.ALL) == ["jual ikan", FOUND, NOTHING]
        assert [r.phrase for r in learning.searches(SearchList.ALL, 1)] == ["jual ikan"]
        assert learning.unreadable() == 1
        row = learning.searches(SearchList.NOT_FOUND)[0]
        word = words.add(KIOSK, NOTHING, by=AddedBy.TERMINAL)
        assert phrases(SearchList.NOT_FOUND) == [], "it was taught"
        assert NOTHING in phrases(SearchList.ALL)
        words.retire(word.id)
        assert phrases(SearchList.NOT_FOUND) == [NOTHING]
        hidden = session.scalar(select(FinderSearch.id).where(FinderSearch.phrase.is_(None)))
        assert learning.find_search(row.id) is row
        assert learning.find_search(hidden) is None


@pytest.mark.parametrize(("days", "left"), [(729, 1), (731, 0)])
def test_counts_go_after_two_years(app, days, left):
    typed(app, FOUND, 3, code=KIOSK)
    with looking(app) as session:
        at = datetime.now(UTC) - timedelta(days=days)
        session.execute(db.update(FinderSearch).values(last_month=at))
        session.commit()
    run.tidy(app)
    found = raw_rows(app)
    assert len(found["finder_searches"]) == len(found["finder_choices"]) == left


# Corrections

ACTIVITY = StepTarget(StepName.ACTIVITY)
DEPOT, SYRUP = "11052", "10723"  # of the same risk


@pytest.fixture
def dossier(app, database):
    new_line(app)
    found = sent_dossier(kbli_code=DEPOT)
    (licence,) = standing.of(found)
    standing.record_status(
        found,
        licence.id_izin,
        LicenceStatus.COMPLETE,
        at=datetime.now(UTC),
        source=StatusSource.OFFICE,
    )
    database.commit()
    yield found
    new_line(app)


def counted() -> list[tuple[str, str, int]]:
    rows = db.session.scalars(select(FinderCorrection)).all()
    return [(row.from_code, row.to_code, row.corrected) for row in rows]


def give_back(dossier, *targets: StepTarget) -> None:
    items = [CorrectionItem(target, ReturnReason.KBLI_DIFFERS, "") for target in targets]
    corrections.return_for_correction(dossier, items, by=StatusSource.OFFICE)
    db.session.commit()


def choose(dossier, code: str) -> None:
    steps.choose_activity(dossier, code)
    steps.describe_business(dossier, trade_name=None, description="Isi ulang air", scope_no=None)
    missing = estimates.missing_declarations(dossier)
    if missing:
        steps.declare(dossier, missing)


def test_a_mended_code_is_counted_when_it_is_sent_again(dossier):
    for before, after in ((DEPOT, SYRUP), (SYRUP, DEPOT), (DEPOT, SYRUP)):
        give_back(dossier, ACTIVITY)
        choose(dossier, "13991")  # thought better of before sending
        choose(dossier, after)
        assert dossier.activity.kbli_code != before
        earlier = sum(number for *_, number in counted())
        corrections.send_again(dossier, by=StatusSource.OFFICE)
        assert sum(number for *_, number in counted()) == earlier + 1
    assert sorted(counted()) == [(SYRUP, DEPOT, 1), (DEPOT, SYRUP, 2)]
    assert [row.corrected for row in learning.corrections()] == [2, 1]
    assert [row.corrected for row in learning.corrections(limit=1)] == [2]


def test_the_same_code_again_is_no_correction(dossier):
    give_back(dossier, ACTIVITY)
    steps.choose_activity(dossier, DEPOT)
    corrections.send_again(dossier, by=StatusSource.OFFICE)
    assert counted() == []


def test_another_step_is_no_correction_of_the_activity(dossier):
    give_back(dossier, StepTarget(StepName.BUSINESS))
    steps.describe_business(dossier, trade_name=None, description="Air", scope_no=None)
    corrections.send_again(dossier, by=StatusSource.OFFICE)
    assert counted() == []
