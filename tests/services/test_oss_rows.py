"""Whose each licence is, whatever order, code or number OSS gives it; and a NIB that ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.oss import reading
from app.adapters.oss.port import Refused
from app.adapters.oss.results import LicenceResult, LicenceState, LicensingResult, ProjectResult
from app.adapters.oss.said import Said
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import LicenceStatus, NibStatus, ProductType, ResponseCode
from app.domain.oss.nib import is_holder
from app.extensions import db, ports
from app.services.licence import numbers, standing, views
from app.services.oss import reconciliation
from app.services.reference import oss_areas
from app.work.oss import reconcile
from tests.factories import sent_dossier

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
BASIC = LicenceResult("I-9", "K", None, ProductType.BASIC_REQUIREMENT, id_proyek="P-2")
SUPPORT = LicenceResult("I-8", "U", None, ProductType.SUPPORTING_LICENCE, id_proyek="P-1")


class SaysOss:
    """An OSS that gives one answer, or refuses."""

    def __init__(self, answer):
        self.answer = answer

    def inquire_nib(self, **_asked):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def check_licence_status(self, id_izin, **_asked):
        return LicenceState(id_izin, "", "", LicenceStatus.OTHER, "Perlu perbaikan", "47")


def two(dossier):
    """Give a file two activities of one code, the second of which waits for an office."""
    first = dossier.activities[0]
    first.risk = "R"
    second = type(first)(
        **{
            column.name: getattr(first, column.name)
            for column in first.__table__.columns
            if column.name != "id"
        }
        | {"position": 1, "kbli_code": "56101", "risk": "MT"}
    )
    dossier.every_activity.append(second)
    db.session.flush()


def answer(*rows, nib="8120000000001", code="01"):
    return LicensingResult(
        "O-1", nib, NibStatus.of(code), None, rows,
        (ProjectResult("P-1", "47112"), ProjectResult("P-2", "56101")),
        nib_code=code if NibStatus.of(code) is NibStatus.OTHER else "",
    )  # fmt: skip


@pytest.fixture
def dossier(database):
    found = sent_dossier()
    for row in standing.of(found):
        for event in row.events:
            db.session.delete(event)
        db.session.delete(row)
    db.session.flush()
    two(found)
    found.activities[0].kbli_code = "47112"
    return found


LOW = LicenceResult("I-1", "N", LicenceStatus.APPROVED, None, "1", id_proyek="P-1")
CERTIFICATE = LicenceResult(
    "I-2", "S", LicenceStatus.COMPLETE, ProductType.STANDARD_CERTIFICATE, id_proyek="P-2"
)


@pytest.mark.parametrize(
    "rows",
    [
        (LOW, CERTIFICATE),
        (CERTIFICATE, LOW),
        (BASIC, SUPPORT, CERTIFICATE, LOW),
        (SUPPORT, LOW, BASIC, CERTIFICATE),
        (replace(CERTIFICATE, id_proyek="", kbli="56101"), LOW),
        (replace(CERTIFICATE, id_proyek=""), replace(LOW, id_proyek="")),
    ],
)
def test_rows_belong_to_activities_wherever_they_stand(dossier, rows):
    standing.keep(dossier, answer(*rows), at=NOW)
    found = {row.id_izin: row.activity_position for row in standing.of(dossier)}
    assert (found["I-1"], found["I-2"]) == (0, 1)
    assert found.get("I-9", 1) == 1
    assert found.get("I-8", 0) == 0


def test_a_row_that_hung_on_the_wrong_activity_comes_to_the_right_one(dossier):
    standing.keep(dossier, answer(CERTIFICATE), at=NOW)
    (row,) = standing.of(dossier)
    row.activity_position = 0
    standing.keep(dossier, answer(CERTIFICATE), at=NOW)
    assert row.activity_position == 1


def test_what_belongs_to_an_activity_of_another_file_stays_away(dossier):
    stranger = replace(CERTIFICATE, id_izin="I-5", id_proyek="P-77")
    known = replace(answer(stranger), projects=(*answer().projects, ProjectResult("P-77", "01131")))
    standing.keep(dossier, known, at=NOW)
    assert standing.of(dossier) == []


def test_a_licence_may_get_another_number(dossier):
    standing.keep(dossier, answer(CERTIFICATE), at=NOW)
    standing.keep(dossier, answer(replace(CERTIFICATE, id_izin="I-200")), at=NOW)
    (row,) = standing.of(dossier)
    assert (row.id_izin, row.status, len(row.events)) == ("I-200", "10", 1)


MOVES = (("I-2", "I-3"), ("I-3", "I-4"))


@pytest.mark.parametrize("moves", [MOVES, MOVES[::-1], MOVES * 2, (*MOVES[::-1], *MOVES)])
@pytest.mark.parametrize("told", [(), ("I-3",), ("I-4",), ("I-3", "I-4")], ids=str)
def test_a_licence_moves_to_its_new_number_in_whatever_order_that_is_told(dossier, moves, told):
    standing.keep(dossier, answer(CERTIFICATE), at=NOW)
    later = replace(CERTIFICATE, status=LicenceStatus.INSPECTION, id_proyek="", kbli="56101")
    for hours, id_izin in enumerate(told, 1):  # OSS was heard under the new number before
        row = standing._add(
            dossier, dossier.activities[1], replace(later, id_izin=id_izin, product=None)
        )
        at = NOW + timedelta(hours=hours)
        standing.record_status(
            dossier, row.id_izin, LicenceStatus.INSPECTION, at=at, source=StatusSource.OSS
        )
    for before, new in moves:
        numbers.renumber(dossier, before, new)
    (row,) = standing.of(dossier)
    assert row.id_izin == "I-4"
    assert sorted(event.status for event in row.events) == ["10", *["40"] * len(told)]
    assert len({event.number for event in row.events}) == 1 + len(told)
    assert row.status == ("40" if told else "10")
    assert [e.kind for e in dossier.events].count("licence_renumbered") == 2


def test_a_row_may_name_its_new_number_itself(dossier):
    standing.keep(dossier, answer(CERTIFICATE), at=NOW)
    said = Said({"id_izin": "I-2", "id_izin_new": "I-3", "jenis_izin": "04"}, set())
    read = reading.read_licence(said)
    assert (read.id_izin, read.id_before) == ("I-3", "I-2")
    for _ in range(2):
        standing.keep(dossier, answer(read), at=NOW)
    (row,) = standing.of(dossier)
    assert (row.id_izin, row.status) == ("I-3", "10")


@pytest.mark.parametrize("code", ["46", "47", "48", "58", "91", "92", "A1"])
def test_a_code_that_we_do_not_know_is_kept_as_oss_wrote_it(dossier, code):
    strange = replace(CERTIFICATE, status=LicenceStatus.OTHER, code=code, words="Perlu perbaikan")
    standing.keep(dossier, answer(CERTIFICATE), at=NOW)
    standing.keep(dossier, answer(strange), at=NOW)
    (view,) = views.views(dossier, NOW)
    assert view.unknown == f"{code} Perlu perbaikan"
    assert not view.is_granted
    assert view.clock is not None, "the days go on: a code that we do not know stops nothing"
    assert not standing.keep(dossier, answer(strange), at=NOW), "said again it is no news"
    standing.keep(dossier, answer(replace(CERTIFICATE, status=LicenceStatus.APPROVED)), at=NOW)
    assert views.views(dossier, NOW)[0].unknown == ""


def test_a_licence_without_a_status_is_shown_without_one(dossier):
    standing.keep(dossier, answer(replace(CERTIFICATE, status=None)), at=NOW)
    (view,) = views.views(dossier, NOW)
    assert view.history == ()


@pytest.mark.parametrize(
    ("code", "shown"), [("05", "05"), ("06", "06"), ("02", "02"), ("07", "07")]
)
def test_a_nib_that_is_no_longer_in_force_is_told_at_once(dossier, database, code, shown):
    handover = dossier.handover
    handover.nib, handover.nib_status, handover.nib_confirmed_at = "8120000000001", "01", NOW
    database.commit()
    assert reconcile._keep(dossier.id, "8120000000001", answer(LOW, code=code))
    database.expire_all()
    assert handover.nib_status == shown
    assert [e.facts["status"] for e in dossier.events if e.kind == "nib_status"] == [shown]


def test_confirmed_does_not_outlive_the_number(dossier, database, monkeypatch):
    handover = dossier.handover
    handover.nib, handover.nib_status, handover.nib_confirmed_at = "8120000000001", "01", NOW
    handover.nib_source = "typed"
    database.commit()
    monkeypatch.setattr(ports, "licensing", SaysOss(Refused(ResponseCode.BAD_DATA)))
    assert reconcile._reconcile(reconciliation.plan(dossier), 1)
    database.expire_all()
    assert (handover.nib_doubt, handover.nib_confirmed_at) == ("gone", None)
    monkeypatch.setattr(ports, "licensing", SaysOss(answer(LOW)))
    assert reconcile._reconcile(reconciliation.plan(dossier), 1)
    database.expire_all()
    assert handover.nib_doubt is None
    assert handover.nib_confirmed_at is not None


def test_old_and_new_numbers_are_one_place(dossier):
    assert "9201011001" in oss_areas.both("9601011001")
    assert oss_areas.since_2022("9201011001") == "9601011001"
    assert oss_areas.since_2022("9271000000") == "9671000000"
    assert oss_areas.before_2022("9601022001")[:6] == "920104", "Beraur had another number"
    assert oss_areas.both("7371000000") == ("7371000000",)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("MA&#039;RUF KAMBU", "Ma’ruf Kambu"),
        ("YOSEFINA M KALAMI", "Yosefina M. Kalami"),
        ("YOSEFINA  M.  KALAMI", "Yosefina M Kalami"),
        ("MA&amp;#039;RUF", "Ma`ruf"),
    ],
)
def test_names_that_are_equal_to_a_person_are_equal(one, two):
    assert is_holder(one, two)
    assert not is_holder(one, "Orang Lain")
