"""From when a status of OSS counts: OSS names no moment, and no day may be shown too late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.adapters.oss.results import LicenceResult, LicensingResult, ProjectResult
from app.domain.law.calendar import WIB, WIT, WorkingCalendar, local_date
from app.domain.licence.clock import HALTS_THE_DAYS, clocks_of
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import LicenceStatus as S
from app.domain.oss.codes import NibStatus, ProductType
from app.extensions import db
from app.models.licence import LicenceEvent
from app.services.licence import standing, views
from tests.client import words
from tests.factories import open_in, sent_dossier
from tests.pages import PREFIXES

MONDAY = datetime(2026, 11, 2, 1, tzinfo=UTC)  # 10.00 WIT


def later(days: int, hours: int = 0) -> datetime:
    return MONDAY + timedelta(days=days, hours=hours)


@pytest.fixture
def dossier(database):
    found = sent_dossier()
    for row in standing.of(found):
        for event in row.events:
            db.session.delete(event)
        db.session.delete(row)
    found.activities[0].risk, found.activities[0].kbli_code = "MT", "47112"
    found.sent_at = later(-7)
    db.session.flush()
    return found


def hear(dossier, status, at, issued_on=None, **more):
    row = LicenceResult(
        "I-1", "S", status, ProductType.STANDARD_CERTIFICATE, id_proyek="P-1", **more
    )
    projects = (ProjectResult("P-1", "47112"),)
    answer = LicensingResult("O-1", "8120000000001", NibStatus.ACTIVE, issued_on, (row,), projects)
    standing.keep(dossier, answer, at=at)


def started(dossier, now):
    (row,) = standing.of(dossier)
    row.days, row.days_unit = 5, "Hari"
    (view,) = views.views(dossier, now)
    return view.clock.oss.started_on, view


def test_it_counts_from_the_last_look_and_says_when_it_was_seen(dossier):
    hear(dossier, S.REQUIREMENTS_FILLED, later(0))
    hear(dossier, S.REQUIREMENTS_FILLED, later(1))
    hear(dossier, S.COMPLETE, later(4))
    day, view = started(dossier, later(4))
    assert day == date(2026, 11, 3)
    assert view.history[-1][1] == later(4)
    assert view.from_look


def test_what_was_looked_at_the_moment_before_counts_from_there(dossier):
    hear(dossier, S.COMPLETE, later(0), date(2026, 11, 2))
    hear(dossier, S.CLARIFICATION, later(0))
    (row,) = standing.of(dossier)
    assert [event.not_before for event in row.events] == [
        datetime(2026, 11, 2, tzinfo=WIB), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("issued_on", "day"),
    [(None, date(2026, 10, 26)), (date(2026, 10, 30), date(2026, 10, 30)),
     (date(2019, 1, 1), date(2026, 10, 26))],
)  # fmt: skip
def test_what_is_complete_at_first_sight_counts_from_the_nib_or_the_sending(
    dossier, issued_on, day
):
    hear(dossier, S.COMPLETE, later(0), issued_on)
    assert started(dossier, later(0))[0] == day


def test_a_pause_is_as_young_as_the_look_and_its_end_as_old_as_the_one_before(dossier):
    hear(dossier, S.COMPLETE, later(0), date(2026, 11, 2))
    hear(dossier, S.COMPLETE, later(1))
    hear(dossier, S.CLARIFICATION, later(3))  # asked some time since Tuesday: seen on Thursday
    (view,) = views.views(dossier, later(3, 1))
    assert view.clock.oss.used_working_days == 3
    hear(dossier, S.CLARIFIED, later(8))
    (view,) = views.views(dossier, later(8))
    assert view.clock.oss.used_working_days == 3 + 3, "from Thursday on, as if it had been then"


def test_an_answer_counts_after_what_was_known_before_it(dossier):
    hear(dossier, S.COMPLETE, later(0), date(2026, 11, 2))
    (row,) = standing.of(dossier)
    standing.record_status(
        dossier, row.id_izin, S.CLARIFICATION, at=later(2), source=StatusSource.PERSON
    )
    hear(dossier, S.CLARIFIED, later(4))
    assert row.events[-1].not_before == later(2)
    assert started(dossier, later(4))[1].clock.oss.used_working_days == 2 + 2


RUNS = [s for s in S.known() if s not in HALTS_THE_DAYS]
HALTS = sorted(HALTS_THE_DAYS)


@given(
    st.lists(st.tuples(st.sampled_from(RUNS + HALTS), st.integers(1, 72)), max_size=8),
    st.lists(st.integers(0, 200), min_size=9, max_size=9),
    st.integers(0, 30),
    st.frozensets(st.integers(0, 120).map(lambda n: date(2026, 11, 1) + timedelta(days=n))),
    st.integers(0, 240),
)
def test_never_later_than_oss_however_late_we_look(changes, gaps, days, free, after):
    """Each change is seen at a look somewhere before the next one; so OSS counts, and so do we."""
    true, events, moment, look = [], [], MONDAY, MONDAY
    for (status, hours), gap in zip(changes, gaps, strict=False):
        moment = max(moment, look) + timedelta(hours=hours)
        seen = moment + timedelta(hours=gap)
        true.append((status, moment))
        not_before = max([look, *(event.at for event in events)])
        events.append(LicenceEvent(status=status, at=seen, not_before=not_before))
        look = seen
    now = look + timedelta(hours=after)
    calendar = WorkingCalendar(free)
    ours = clocks_of(
        [(S.of(each.status), views.counts_from(each)) for each in events],
        days, calendar, calendar, now,
    )  # fmt: skip
    theirs = clocks_of(true, days, calendar, calendar, now)
    assert ours.state is theirs.state
    assert ours.days_left <= theirs.days_left
    if theirs.due_on:
        assert ours.due_on <= theirs.due_on
    assert local_date(now, WIB) <= local_date(now, WIT)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("id", "Jadi kami hitung dari hari paling awal yang mungkin."),
        ("en", "So we count from the earliest day that it can have been."),
    ],
)
@pytest.mark.parametrize("days", [0, 2])
def test_the_page_says_so_where_it_matters(app, client, dossier, language, sentence, days):
    now = clock.now()
    dossier.sent_at = now - timedelta(days=9)
    hear(dossier, S.REQUIREMENTS_FILLED, now - timedelta(days=days, minutes=1))
    hear(dossier, S.COMPLETE, now)
    (row,) = standing.of(dossier)
    row.days, row.days_unit = 5, "Hari"
    dossier.handover.nib_status = "01"
    db.session.commit()
    open_in(client, dossier.id)
    page = words(client.get(f"{PREFIXES[language]}/berkas/hasil"))
    same_day = local_date(now - timedelta(days=days, minutes=1)) == local_date(now)
    assert (sentence in page) is not same_day
