"""Licences: taken over from OSS once, every news kept, nothing newer overwritten by older."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.adapters.oss.results import LicenceResult, LicensingResult
from app.clock import today
from app.domain.dossier.journey import StepName
from app.domain.law.calendar import WIT
from app.domain.licence.corrections import CorrectionItem, PaperTarget, ReturnReason, StepTarget
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import KdKewenangan, LicenceStatus, NibStatus, ProductType
from app.domain.oss.nib import NibSource
from app.extensions import db
from app.models.dossier import Dossier, Event
from app.models.licence import Licence
from app.services.licence import needed, standing
from app.services.oss import nibs
from tests.factories import MEDIUM_LOW, looking, sent_dossier

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
S = LicenceStatus


def told(*found):
    """Return an answer of OSS with these licences."""
    return LicensingResult("O-1", "8120000000001", NibStatus.ACTIVE, None, found)


def waiting(status: LicenceStatus = S.REQUIREMENTS_FILLED, id_izin: str = "I-9") -> LicenceResult:
    return LicenceResult(
        id_izin=id_izin,
        kd_izin="LATIHAN-SS",
        status=status,
        product=ProductType.STANDARD_CERTIFICATE,
        authority=KdKewenangan.REGENCY,
    )


@pytest.fixture
def dossier(app, database) -> Dossier:
    """A dossier with one licence that waits for its office since NOW."""
    found = sent_dossier(kbli_code=MEDIUM_LOW)
    standing.keep(found, told(waiting()), at=NOW)
    database.commit()
    return found


def licence(dossier: Dossier) -> Licence:
    return standing.find(dossier, "I-9")


def news(dossier: Dossier, status: LicenceStatus, hours: int = 1, **more) -> bool:
    more.setdefault("source", StatusSource.OSS)
    return standing.record_status(dossier, "I-9", status, at=NOW + hours * HOUR, **more)


def statuses(dossier: Dossier) -> list[str]:
    return [event.status for event in licence(dossier).events]


def test_sending_keeps_a_row_for_each_licence(app, database):
    dossier = sent_dossier(kbli_code=MEDIUM_LOW)
    (row,) = standing.of(dossier)
    assert dossier.handover is not None
    assert (row.handover_id, row.activity_position) == (dossier.handover.id, 0)
    assert (row.kd_izin, row.product, row.status) == ("LATIHAN-SS", "04", "50")
    assert row.number == dossier.handover.licences[0]["number"]
    assert row.issued_on is not None
    assert [(e.number, e.status, e.source, e.unexpected) for e in row.events] == [
        (1, "50", "oss", False)
    ]
    assert not needed.needs_office(row, dossier)


def test_a_nib_that_is_the_licence_has_no_product(app, database):
    (row,) = standing.of(sent_dossier())
    assert (row.kd_izin, row.product, row.status) == ("LATIHAN-NIB", None, "50")
    assert (row.days, row.days_unit) == (None, None)


def test_what_oss_repeats_is_kept_once(database, dossier):
    assert not standing.keep(dossier, told(waiting()), at=NOW + HOUR)
    assert statuses(dossier) == ["09"]
    assert len([row for row in standing.of(dossier) if row.id_izin == "I-9"]) == 1


def test_what_oss_echoes_is_no_news(database, dossier):
    """We told it 10 and 20; it says 10 while we are at 20 already."""
    assert news(dossier, S.COMPLETE, 1, source=StatusSource.PRACTICE)
    assert news(dossier, S.VALIDATION, 2, source=StatusSource.PRACTICE)
    assert not standing.keep(dossier, told(waiting(S.COMPLETE)), at=NOW + 3 * HOUR)
    assert not standing.keep(dossier, told(waiting(S.VALIDATION)), at=NOW + 4 * HOUR)
    assert (licence(dossier).status, statuses(dossier)) == ("20", ["09", "10", "20"])
    # What it said before it echoed us is news again.
    assert standing.keep(dossier, told(waiting(S.CLARIFICATION)), at=NOW + 5 * HOUR)
    assert news(dossier, S.CLARIFIED, 6, source=StatusSource.PERSON)
    assert not standing.keep(dossier, told(waiting(S.CLARIFICATION)), at=NOW + 7 * HOUR)
    assert licence(dossier).status == "42"
    assert not standing.keep(dossier, told(waiting(S.CLARIFIED)), at=NOW + 8 * HOUR)
    assert standing.keep(dossier, told(waiting(S.CLARIFICATION)), at=NOW + 9 * HOUR)
    assert licence(dossier).status == "41"


def test_number_and_date_that_come_later_are_kept(database, dossier):
    issued = LicenceResult(
        id_izin="I-9",
        kd_izin="LATIHAN-SS",
        status=S.APPROVED,
        product=ProductType.STANDARD_CERTIFICATE,
        nomor_izin="0000-1",
        tgl_terbit=NOW.date(),
    )
    assert standing.keep(dossier, told(issued), at=NOW + HOUR)
    standing.keep(dossier, told(waiting(S.APPROVED)), at=NOW + 2 * HOUR)
    row = licence(dossier)
    assert (row.number, row.issued_on, row.authority) == ("0000-1", NOW.date(), "02")


def test_equal_news_changes_nothing(database, dossier):
    assert news(dossier, S.COMPLETE)
    assert not news(dossier, S.COMPLETE)
    assert not news(dossier, S.COMPLETE, 2), "still the same status"
    assert statuses(dossier) == ["09", "10"]


def test_older_news_is_kept_but_overwrites_nothing(database, dossier):
    assert news(dossier, S.VALIDATION, 5)
    assert not news(dossier, S.COMPLETE, 2)
    assert licence(dossier).status == "20"
    assert statuses(dossier) == ["09", "20", "10"]
    assert not news(dossier, S.COMPLETE, 2), "and only once"
    facts = [row for row in database.scalars(select(Event.facts)) if row.get("older")]
    assert facts == [{"id_izin": "I-9", "status": "10", "source": "oss", "older": True}]


def test_a_later_return_to_an_earlier_status_is_news(database, dossier):
    assert news(dossier, S.CLARIFICATION, 1)
    assert news(dossier, S.CLARIFIED, 2)
    assert news(dossier, S.CLARIFICATION, 3)
    assert statuses(dossier) == ["09", "41", "42", "41"]


def test_an_unknown_jump_is_taken_and_marked(database, dossier):
    assert news(dossier, S.NUMBER_TAKEN)
    assert news(dossier, S.APPROVED, 2)
    assert [event.unexpected for event in licence(dossier).events] == [False, True, False]
    facts = [row for row in database.scalars(select(Event.facts)) if row.get("unexpected")]
    assert [row["status"] for row in facts] == ["49"]


def test_reasons_are_kept_and_notes_are_sealed(database, dossier):
    items = [
        CorrectionItem(StepTarget(StepName.PLACE), ReturnReason.PLACE_NOT_IN_PLAN, "Rumah Bu Ani"),
        CorrectionItem(PaperTarget("ktp"), ReturnReason.UNREADABLE),
    ]
    assert news(dossier, S.CLARIFICATION, reasons=items)
    database.commit()
    event = licence(dossier).events[-1]
    assert (event.reason_code, event.targets) == (
        "place_not_in_plan",
        ["step:tempat:0", "paper:ktp"],
    )
    assert event.note == "Rumah Bu Ani"
    raw = database.connection().exec_driver_sql("SELECT note FROM licence_events").scalars().all()
    assert b"Ani" not in b"".join(bytes(value) for value in raw if value)
    assert "Ani" not in str(database.scalars(select(Event.facts)).all())


def test_no_licence_by_that_number(database, dossier):
    with pytest.raises(standing.UnknownLicence):
        standing.record_status(dossier, "I-8", S.COMPLETE, at=NOW, source=StatusSource.OSS)


# What a person reads in OSS, where each status has a day and no hour


@pytest.fixture
def filed(assist) -> Iterator[Licence]:
    """The one licence of a file that was sent days ago, whose NIB the person tells today."""
    with looking(assist) as session:
        dossier = sent_dossier(kbli_code="11052")
        dossier.sent_at -= timedelta(days=9)
        session.commit()
        nibs.receive(dossier, "9999000000001", NibSource.TYPED)
        session.commit()
        (row,) = standing.of(dossier)
        yield row


def read(row: Licence, status: S, *, days_ago: int = 0) -> bool:
    dossier = db.session.get_one(Dossier, row.dossier_id)
    return standing.read_in_oss(dossier, row.id_izin, status, on=today() - timedelta(days=days_ago))


def test_what_happened_between_sending_and_telling_the_nib_counts(filed):
    assert read(filed, S.COMPLETE, days_ago=6)
    assert read(filed, S.APPROVED, days_ago=2)
    assert filed.status == S.APPROVED
    assert not read(filed, S.CLARIFICATION, days_ago=4)
    assert filed.status == S.APPROVED, "older news stays in the history"


def test_of_one_day_what_is_told_later_comes_later(filed):
    for status in (S.COMPLETE, S.CLARIFICATION, S.CLARIFIED, S.APPROVED):
        assert read(filed, status)
        assert filed.status == status
    assert filed.events[-1].at <= datetime.now(UTC)


@pytest.mark.parametrize("hour", [2, 23])
def test_a_day_counts_whatever_the_hour_of_what_is_known(filed, hour):
    known = datetime.combine(today() - timedelta(days=1), time(hour), tzinfo=WIT)
    filed.events[-1].at = known.astimezone(UTC)
    assert not read(filed, S.COMPLETE, days_ago=2)
    assert read(filed, S.COMPLETE, days_ago=1)
    day = filed.events[-1].at.astimezone(WIT).date()
    assert day == today() - timedelta(days=1)
