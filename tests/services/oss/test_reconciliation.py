"""Comparing with OSS: statuses are taken over, answers never, differences kept and settled."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.domain.oss.codes import LicenceStatus
from app.domain.oss.reconciliation import Discrepancy, Mender
from app.extensions import ports
from app.models.dossier import Job
from app.models.oss_notice import OssDifference
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.licence import standing
from app.services.oss import reconciliation
from app.simulators._oss_book import LOOKING_THROUGH
from app.work import claims
from app.work.oss import reconcile
from tests.factories import MEDIUM_HIGH, bring_forward, logged, new_line, run, sent_dossier, use_oss


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def work(dossier):
    bring_forward()
    return run(reconciliation.plan(dossier).id)


def open_jobs(database, dossier):
    query = select(Job).where(Job.kind == JobKind.RECONCILE, Job.dossier_id == dossier.id)
    return list(database.scalars(query.where(Job.done_at.is_(None))))


def kinds(dossier):
    return [event.kind for event in dossier.events]


def answers(dossier):
    activity = dossier.activity
    return (activity.kbli_code, activity.size, activity.risk, activity.village_code)


def test_it_is_planned_with_the_nib(database):
    dossier = sent_dossier()
    (job,) = open_jobs(database, dossier)
    soonest = dossier.handover.answered_at + reconciliation.FIRST_AFTER
    assert abs(job.due_at - soonest) < timedelta(seconds=5)
    assert not reconciliation.was_compared(dossier)


def test_where_all_agrees_it_is_done_for_good(database):
    dossier = sent_dossier()
    assert work(dossier)
    assert reconciliation.open_differences(dossier) == []
    assert not reconciliation.differs(dossier)
    assert reconciliation.was_compared(dossier)
    assert open_jobs(database, dossier) == []


def test_differences_are_kept_once_shown_and_settled(database, office_is):
    dossier = sent_dossier()
    before = answers(dossier)
    office_is("oss", "differs")
    assert work(dossier)
    found = reconciliation.open_differences(dossier)
    assert [(d.what, d.subject, d.mender) for d in found] == [
        (Discrepancy.SIZE, "47112", Mender.PERSON),
        (Discrepancy.PLACE, "47112", Mender.PERSON),
    ]
    assert (found[0].ours, found[0].theirs) == ("mikro", "kecil")
    assert answers(dossier) == before, "no answer is written over"
    assert work(dossier)
    assert reconciliation.open_differences(dossier) == found
    assert kinds(dossier).count("compared_with_oss") == 1
    assert len(open_jobs(database, dossier)) == 1, "it comes again while something is open"
    office_is("oss", "up")
    assert work(dossier)
    assert reconciliation.open_differences(dossier) == []
    rows = database.scalars(select(OssDifference)).all()
    assert len(rows) == 2
    assert all(row.settled_at is not None for row in rows)
    assert kinds(dossier).count("compared_with_oss") == 2
    assert open_jobs(database, dossier) == []


def test_an_older_file_is_not_compared_with_what_a_newer_one_changed(database, office_is):
    older, newer = sent_dossier(), sent_dossier()
    newer.handover.nib, newer.handover.nib_shared = older.handover.nib, True
    database.commit()
    office_is("oss", "differs")
    assert work(older)
    assert not reconciliation.differs(older)
    assert not reconciliation.was_compared(older)


def test_no_value_is_readable_at_rest_or_in_an_event(database, office_is):
    dossier = sent_dossier()
    office_is("oss", "differs")
    assert work(dossier)
    raw = database.execute(text("SELECT ours, theirs FROM oss_differences")).all()
    assert all(b"9601" not in bytes(value) for row in raw for value in row)
    told = next(e for e in dossier.events if e.kind == "compared_with_oss")
    assert told.facts == {"differences": ["place", "size"]}


def test_statuses_are_taken_over_and_asked_for_again(app, database):
    clock = [datetime.now(UTC)]
    use_oss(app, now=lambda: clock[0])
    dossier = sent_dossier(kbli_code=MEDIUM_HIGH)
    (licence,) = standing.of(dossier)
    assert licence.status == LicenceStatus.REQUIREMENTS_FILLED
    clock[0] += LOOKING_THROUGH
    assert work(dossier)
    assert licence.status == LicenceStatus.COMPLETE
    assert jobs.open_job(JobKind.LICENCE_POLL, dossier.id) is not None
    assert open_jobs(database, dossier) == [], "nothing differs"


def test_one_planned_comes_earlier_and_never_later(database):
    dossier = sent_dossier()
    (job,) = open_jobs(database, dossier)
    due_at = job.due_at
    assert reconciliation.plan(dossier, at=due_at + timedelta(hours=1)) is job
    assert job.due_at == due_at
    assert reconciliation.plan(dossier, at=due_at - timedelta(minutes=1)).due_at < due_at
    job.claimed_until = datetime.now(UTC) + timedelta(minutes=1)
    assert reconciliation.plan(dossier) is not job, "one under way may have asked already"


@pytest.mark.parametrize("mode", ["down", "slow"])
def test_trouble_at_oss_changes_nothing_and_comes_again(app, database, office_is, mode):
    dossier = sent_dossier()
    use_oss(app, sleep=lambda _s: time.sleep(1))
    office_is("oss", mode)
    bring_forward()
    job = reconciliation.plan(dossier)
    assert not claims.run(job.id, budget_s=0.3, jitter=lambda: 0.5)
    assert not reconciliation.was_compared(dossier)
    assert job.done_at is None


def test_our_own_wrong_key_comes_again_and_an_unknown_nib_does_not(app, database):
    dossier = sent_dossier()
    use_oss(app, user_key="wrong")
    assert not work(dossier)
    use_oss(app)
    dossier.handover.nib = "0000999999999"
    database.commit()
    assert work(dossier)
    assert not reconciliation.was_compared(dossier)
    assert dossier.handover.nib_confirmed_at is None, "confirmed does not outlive the number"
    assert dossier.handover.nib_doubt == "gone"
    (again,) = open_jobs(database, dossier)
    assert again.due_at > datetime.now(UTC) + timedelta(hours=5)


def test_an_answer_about_the_number_before_counts_for_nothing(app, database):
    dossier = sent_dossier()
    other = sent_dossier(who="farmer")
    nib = other.handover.nib
    result = ports.licensing.inquire_nib(nib=nib)
    assert not reconcile._keep(dossier.id, nib, result)
    assert not reconciliation.was_compared(dossier)


def test_nothing_about_the_business_is_logged(database, office_is):
    dossier = sent_dossier()
    office_is("oss", "differs")
    with logged() as log:
        assert work(dossier)
    for value in (dossier.handover.nib, "9601", "9671", "kecil"):
        assert value not in log.getvalue(), value


@pytest.mark.parametrize("words", ["as_it_speaks", "frozen"])
def test_other_words_of_oss_are_compared_too(database, office_is, words):
    """Also with a row among the licences that has no status."""
    dossier = sent_dossier()
    office_is("oss", words)
    assert work(dossier)
    assert reconciliation.was_compared(dossier)
