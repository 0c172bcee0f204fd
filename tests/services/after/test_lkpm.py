"""LKPM of a dossier: own dates, figures, and reminders that come once each."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from app.domain.after.lkpm import DueNotice, Rhythm, period_of
from app.domain.law.business_size import BusinessSize
from app.domain.law.calendar import WIT
from app.domain.oss.codes import NibStatus
from app.domain.sending.messages import MessageKind
from app.models.dossier import Dossier, Handover, Job
from app.models.lkpm import LkpmWorksheet
from app.models.message import Message
from app.services.after import changes, lkpm
from app.services.base import jobs
from app.services.base.jobs import JobKind
from tests.factories import MICRO, bring_forward, new_line, run, sent_dossier

SMALL = dataclasses.replace(MICRO, machines_idr=1_000_000_001)
NIB_ON = date(2026, 11, 23)
FIGURES = lkpm.Figures(0, 0, 2_000_000, 0, 500_000, 1, 2, "600 kg ikan", "Listrik sering mati")


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def small(database, *, nib_on: date = NIB_ON) -> Dossier:
    """A dossier of a small business, its NIB of a certain day."""
    dossier = sent_dossier(capital=SMALL)
    moment = datetime.combine(nib_on, time(10, tzinfo=WIT))
    database.execute(
        update(Handover).where(Handover.dossier_id == dossier.id).values(answered_at=moment)
    )
    database.commit()
    database.refresh(dossier.handover)
    return dossier


def reminders(database, dossier: Dossier) -> list[Job]:
    query = select(Job).where(Job.kind == JobKind.LKPM_REMINDER, Job.dossier_id == dossier.id)
    return list(database.scalars(query.order_by(Job.id)))


def reminded(dossier: Dossier) -> list[str]:
    return [e.facts["period"] for e in dossier.events if e.kind == "lkpm_reminded"]


def at(monkeypatch, day: date, hour: int = 9) -> datetime:
    """Let the service believe that it is this day in Sorong."""
    now = datetime.combine(day, time(hour, tzinfo=WIT)).astimezone(UTC)
    monkeypatch.setattr("app.clock.now", lambda: now)
    return now


# Own dates


def test_a_small_business_has_its_dates_and_a_micro_one_has_none(database):
    found = lkpm.standing(small(database), on=NIB_ON)
    assert found is not None
    assert (found.size, found.rhythm) == (BusinessSize.SMALL, Rhythm.HALF_YEARLY)
    assert [due.day for due in found.dues] == [date(2027, 1, 15), date(2027, 7, 15)]
    micro = lkpm.standing(sent_dossier(who="fisher"), on=NIB_ON)
    assert micro is not None
    assert (micro.rhythm, micro.dues) == (Rhythm.EXEMPT, ())


def test_a_period_before_the_nib_is_left_out(database):
    found = lkpm.standing(small(database, nib_on=date(2027, 1, 2)), on=date(2027, 1, 3))
    assert found is not None
    assert found.dues[0].period.key == "2027-S1"


def test_without_a_valid_nib_there_are_no_dates(database):
    waiting = sent_dossier(handed_over=False)
    assert lkpm.standing(waiting, on=NIB_ON) is None
    dossier = small_of(database)
    assert dossier.handover is not None
    dossier.handover.nib_status = NibStatus.REVOKED.value
    assert lkpm.standing(dossier, on=NIB_ON) is None


def small_of(database) -> Dossier:
    return sent_dossier(capital=SMALL, who="fisher")


# Notices


def test_the_table_of_notices_that_we_ship_can_be_read():
    assert lkpm.read_notices() == {}
    assert lkpm.notices() == {}


def test_a_notice_is_read_with_its_source(tmp_path):
    file = tmp_path / "notices.csv"
    file.write_text('period,due,source\n2026-S2,2027-01-20,"Surat contoh, 4 Jan 2027"\n', "utf-8")
    notice = DueNotice("2026-S2", date(2027, 1, 20), "Surat contoh, 4 Jan 2027")
    assert lkpm.read_notices(file) == {"2026-S2": notice}


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (1, None),
        (2, "2026-S3,2027-01-20,Surat"),
        (2, "2026-S2,20-1-2027,Surat"),
        (2, "2026-S2,2027-01-20, "),
        (2, "2026-S2,2027-01-20"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, row):
    file = tmp_path / "notices.csv"
    file.write_text(f"period,due,source\n{row}\n" if row else "x\n", "utf-8")
    with pytest.raises(lkpm.BadNotices) as caught:
        lkpm.read_notices(file)
    assert caught.value.line == line


# Figures


def test_figures_are_kept_and_changed_in_place(database):
    dossier, period = small(database), period_of("2026-S2")
    lkpm.save(dossier, period, FIGURES, reported=False)
    again = dataclasses.replace(FIGURES, working_idr=700_000, problems=None)
    sheet = lkpm.save(dossier, period, again, reported=False)
    assert lkpm.worksheets(dossier) == [sheet]
    assert (sheet.total_idr, sheet.problems) == (2_700_000, None)
    assert sheet.reported_at is None


def test_a_report_is_noted_once_and_can_be_taken_back(database):
    dossier, period = small(database), period_of("2026-S2")
    first = lkpm.save(dossier, period, FIGURES, reported=True).reported_at
    assert first is not None
    assert lkpm.save(dossier, period, FIGURES, reported=True).reported_at == first
    assert [e.kind for e in dossier.events].count("lkpm_reported") == 1
    assert lkpm.save(dossier, period, FIGURES, reported=False).reported_at is None


def test_what_was_difficult_is_sealed(database):
    dossier = small(database)
    lkpm.save(dossier, period_of("2026-S2"), FIGURES, reported=False)
    table = LkpmWorksheet.__tablename__
    raw = database.connection().exec_driver_sql(f"SELECT problems FROM {table}").scalar_one()
    assert b"Listrik" not in bytes(raw)


# Reminders


def test_a_reminder_is_planned_with_the_nib_for_small_but_not_for_micro(database):
    (job,) = reminders(database, sent_dossier(capital=SMALL))
    assert job.due_at.astimezone(WIT).time() == time(8)
    assert reminders(database, sent_dossier(who="fisher")) == []


def test_two_weeks_before_one_is_reminded_once_and_the_next_is_planned(database, monkeypatch):
    dossier = small(database)
    bring_forward()
    (job,) = reminders(database, dossier)
    at(monkeypatch, date(2027, 1, 1), hour=8)
    assert run(job.id)
    database.expire_all()
    assert reminded(dossier) == ["2026-S2"]
    query = select(Message.facts).where(Message.kind == MessageKind.LKPM_DUE)
    assert database.scalars(query).all() == [{"until": "2027-01-15"}]
    first, following = reminders(database, dossier)
    assert first.done_at is not None
    assert following.due_at.astimezone(WIT) == datetime(2027, 7, 1, 8, tzinfo=WIT)


def test_too_early_nobody_is_reminded(database, monkeypatch):
    """A notice moved the day meanwhile, or the worker's clock ran ahead."""
    dossier = small(database)
    bring_forward()
    (job,) = reminders(database, dossier)
    at(monkeypatch, date(2027, 1, 1), hour=7)
    assert run(job.id)
    database.expire_all()
    assert reminded(dossier) == []
    _, following = reminders(database, dossier)
    assert following.due_at.astimezone(WIT) == datetime(2027, 1, 1, 8, tzinfo=WIT)


def test_a_moved_date_moves_the_reminder(database, monkeypatch):
    dossier = small(database)
    moved = {"2026-S2": DueNotice("2026-S2", date(2027, 1, 29), "Surat contoh")}
    monkeypatch.setattr(lkpm, "notices", lambda: moved)
    bring_forward()
    (job,) = reminders(database, dossier)
    at(monkeypatch, date(2027, 1, 1))
    assert run(job.id)
    database.expire_all()
    assert reminded(dossier) == []
    assert reminders(database, dossier)[1].due_at.astimezone(WIT).date() == date(2027, 1, 15)


def test_who_reported_already_is_not_reminded(database, monkeypatch):
    dossier = small(database)
    lkpm.save(dossier, period_of("2026-S2"), FIGURES, reported=True)
    database.commit()
    bring_forward()
    (job,) = reminders(database, dossier)
    at(monkeypatch, date(2027, 1, 2))
    assert run(job.id)
    database.expire_all()
    assert reminded(dossier) == []
    assert reminders(database, dossier)[1].due_at.astimezone(WIT).date() == date(2027, 7, 1)


def test_an_ended_nib_is_no_longer_reminded_of(database, monkeypatch):
    dossier = small(database)
    changes.close(dossier, "Pindah")
    database.commit()
    assert jobs.open_job(JobKind.LKPM_REMINDER, dossier.id) is None
    database.execute(update(Job).values(done_at=None))
    database.commit()
    (job,) = reminders(database, dossier)
    at(monkeypatch, date(2027, 1, 2))
    assert run(job.id)
    database.expire_all()
    assert reminded(dossier) == []
    assert len(reminders(database, dossier)) == 1


def test_planning_again_plans_nothing_more(database):
    dossier = small(database)
    before = jobs.open_job(JobKind.LKPM_REMINDER, dossier.id)
    assert before is not None
    assert lkpm.plan_reminder(dossier, now=before.due_at - timedelta(days=9)) is before
    assert JobKind.HANDOVER != JobKind.LKPM_REMINDER
    assert len(reminders(database, dossier)) == 1
