"""The answers in the order of the OSS screens: complete, under OSS's own names, safe to export."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask_babel import force_locale

from app.adapters.oss.wire import to_wire
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import LandStatus, Part
from app.domain.oss.submission import (
    Activity,
    Address,
    Applicant,
    Declaration,
    Premises,
    Product,
    Submission,
)
from app.domain.written.person import Sex
from app.services.oss.form import Row, Sheet, as_csv, as_data, as_workbook, sheets_of
from tests.workbooks import read_workbook

NIK = "9601055403879001"

KIOSK = Activity(
    kbli_year=2025,
    kbli_code="47112",
    description="Jual beras",
    risk=RiskLevel.LOW,
    premises=Premises(
        area_code="9601051002",
        address="Jalan Mangga 3",
        land_area=Decimal("12"),
        land_status=LandStatus.RENTED,
        latitude="-0.87",
        longitude="131.25",
    ),
    capital=Capital(land_idr=1, building_idr=2, machines_idr=3, other_idr=0, working_idr=5),
    product=Product(description="beras", capacity=Decimal("1500.5"), unit="kg"),
    workers_male=1,
    trade_name="Kios Mangga",
)
TARO = dataclasses.replace(
    KIOSK,
    kbli_code="01139",
    trade_name="",
    description="Tanam keladi",
    is_supporting=True,
    premises=Premises(area_code="9601051002", address="Jalan Mangga 4"),
)
ONE = Submission(
    key="k" * 43,
    applicant=Applicant(
        nik=NIK,
        name="Yosina Praktik",
        birth_date=date(1987, 3, 14),
        sex=Sex.FEMALE,
        phone="+6281200004567",
        address=Address(street="Jalan Mangga 3", area_code="9601051002", rt_rw="001/002"),
    ),
    activities=(KIOSK,),
    size=BusinessSize.MICRO,
    declarations=tuple(Declaration),
)
TWO = dataclasses.replace(ONE, activities=(KIOSK, TARO))


@pytest.fixture(autouse=True)
def english(database) -> Iterator[None]:
    with force_locale("en"):
        yield


def rows(sheets: list[Sheet]) -> list[Row]:
    return [row for sheet in sheets for group in sheet.groups for row in group.rows]


def leaves(entry: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value of a wire message with its path, by another way than the form's own."""
    if isinstance(entry, dict):
        for name, value in entry.items():
            yield from leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(entry, list):
        for place, value in enumerate(entry):
            yield from leaves(value, f"{path}[{place}]")
    else:
        yield path, entry


@pytest.mark.parametrize("submission", [ONE, TWO], ids=["one", "two"])
def test_every_value_of_the_message_stands_on_a_screen_once(submission):
    found = [(row.path, row.value) for row in rows(sheets_of(submission))]
    statements = [pair for pair in found if pair[0].startswith("pernyataan")]
    others = [pair for pair in found if pair not in statements]
    assert sorted(others, key=repr) == sorted(leaves(to_wire(submission)), key=repr)
    assert sorted(statements) == sorted(leaves(as_data(submission)["pernyataan"], "pernyataan"))


def test_the_screens_come_in_the_order_of_oss():
    assert [sheet.part for sheet in sheets_of(ONE)] == list(Part)
    assert all(any(group.on_screen for group in sheet.groups) for sheet in sheets_of(ONE))


def test_only_what_is_answered_is_shown_to_people():
    on_screen = {
        row.path for sheet in sheets_of(ONE) for group in sheet.groups for row in group.on_screen
    }
    assert "email_user_proses" not in on_screen
    assert "data_proyek[0].status_proyek" not in on_screen, "a person cannot choose it"
    assert "data_proyek[0].investasi_lain" in on_screen, "0 is an answer"


def test_each_value_is_said_and_typed_as_people_do():
    by_path = {row.path: row for row in rows(sheets_of(ONE))}
    said = {
        path: (by_path[path].shown, by_path[path].typed)
        for path in (
            "no_id_user_proses",
            "hp_user_proses",
            "jns_kelamin_user_proses",
            "tgl_lahir_user_proses",
            "daerah_id_user_proses",
            "data_proyek[0].bangunan_gedung",
            "data_proyek[0].data_proyek_produk[0].kapasitas",
            "data_proyek[0].memiliki_menguasai",
        )
    }
    assert said == {
        "no_id_user_proses": ("9601 0554 0387 9001", NIK),
        "hp_user_proses": ("081200004567", "081200004567"),
        "jns_kelamin_user_proses": ("Female", ""),
        "tgl_lahir_user_proses": ("14 March 1987", ""),
        "daerah_id_user_proses": ("Papua Barat Daya › Kabupaten Sorong › Aimas › Malawili", ""),
        "data_proyek[0].bangunan_gedung": ("Rp 2", "2"),
        "data_proyek[0].data_proyek_produk[0].kapasitas": ("1,500.5", "1500.5"),
        "data_proyek[0].memiliki_menguasai": ("Yes", ""),
    }


def test_several_activities_are_told_apart_by_code_and_name():
    (activity,) = [sheet for sheet in sheets_of(TWO) if sheet.part is Part.ACTIVITY]
    assert [group.title for group in activity.groups] == [
        "47112 – Kios Mangga",
        "01139 – Tanam keladi",
    ]
    assert {group.title for sheet in sheets_of(ONE) for group in sheet.groups} == {""}


def test_without_a_pledge_the_screen_stays_empty():
    bare = dataclasses.replace(ONE, declarations=(Declaration.DATA_TRUE,))
    filled = {sheet.part for sheet in sheets_of(bare) for group in sheet.groups if group.on_screen}
    assert set(Part) - filled == {Part.ENVIRONMENT}


def test_the_table_has_each_value_under_its_name():
    table = list(csv.reader(io.StringIO(as_csv(TWO).removeprefix("\ufeff"))))
    assert table[0] == ["layar", "nama", "nilai", "keterangan"]
    assert {line[1] for line in table[1:]} == {row.path for row in rows(sheets_of(TWO))}
    assert all(len(line) == 4 for line in table)
    assert as_csv(TWO).startswith('\ufeff"layar","nama"')
    assert f',"{NIK}","9601 0554 0387 9001"\r\n' in as_csv(TWO)


@pytest.mark.parametrize("locale", ["id", "en"])
def test_the_workbook_has_what_people_type_under_the_same_columns(locale):
    with force_locale(locale):
        sheet = read_workbook(as_workbook(TWO))
        wanted = [r for s in sheets_of(TWO) for g in s.groups for r in g.on_screen]
    assert sheet[0] == ["Layar", "Kegiatan", "Isian", "Ketik di OSS", "Terbaca", "Nama data"]
    assert [row[2:] for row in sheet[1:]] == [
        [row.label, row.typed, row.shown, row.path] for row in wanted
    ]
    assert {NIK, "01139", "081200004567"} <= {row[3] for row in sheet}
    assert "9601 0554 0387 9001" in {row[4] for row in sheet}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", " =", "\r"])
def test_no_cell_is_run_as_a_formula(sign):
    evil = dataclasses.replace(KIOSK, trade_name=f"{sign}HYPERLINK(1)", description=f"{sign}1")
    table = list(csv.reader(io.StringIO(as_csv(dataclasses.replace(TWO, activities=(evil, evil))))))
    cells = {cell for line in table for cell in line}
    assert f"'{sign}HYPERLINK(1)" in cells
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))] == []
    assert [cell for cell in cells if cell.startswith(("\t", "\r", "\n"))] == []
    sheet = read_workbook(as_workbook(dataclasses.replace(TWO, activities=(evil, evil))))
    assert f"{sign}HYPERLINK(1)".replace("\r", "\n") in {row[3] for row in sheet}


def test_nothing_of_it_shows_in_a_log():
    assert NIK not in repr(ONE)
