"""What OSS writes for “nothing”, and numbers and days that would take a program down."""

from __future__ import annotations

from datetime import date

import pytest

from app.adapters.oss import reading
from app.adapters.oss.said import Said, as_kbli, parse


def said(**content):
    return Said(content, set())


def row(**content):
    return reading.read_licence(said(id_izin="I-1", **content))


@pytest.mark.parametrize(
    "nothing", ["", "-", "--", "---", "–", "—", "/", "- / -", ".", "_", "NULL", "undefined", "N/A"]
)
def test_what_stands_for_nothing_is_nothing(nothing):
    assert said(npwp=nothing).text("npwp") == ""
    assert said(nama=[nothing]).text("nama") == ""


@pytest.mark.parametrize("word", ["A-", "-1", "0", "n", "null.co", "N/A Jaya"])
def test_what_says_something_is_kept(word):
    assert said(nama=word).text("nama") == word


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("1900-01-01", None),
        ("1944-12-31", None),
        ("1945-01-01", date(1945, 1, 1)),
        ("2026-11-30T23:30:00+09:00", date(2026, 11, 30)),
        ("2026-11-30T18:30:00Z", date(2026, 12, 1)),
    ],
)
def test_a_day_that_nobody_set_is_none(written, read):
    assert row(tgl_izin=written).tgl_terbit == read


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b'{"x": 1e999999999}', "1E+999999999"),
        (b'{"x": -1e999999999}', "-1E+999999999"),
        (b'{"x": 9601055403879001.0}', "9601055403879001"),
        (b'{"x": 1e3}', "1000"),
        (b'{"x": 1.50}', "1.50"),
        (b'{"x": 1e-999999999}', "1E-999999999"),
    ],
)
def test_a_number_without_end_stays_short(body, read):
    content = Said(parse(body), set())
    assert content.text("x") == read
    assert content.idr("x") in (None, 0, 1, 1000, 9601055403879001)


@pytest.mark.parametrize("number", ["1e999999999", "Rp1e5000", "Infinity", "NaN"])
def test_an_amount_without_end_is_not_read(number):
    content = said(modal_kerja=number)
    assert content.idr("modal_kerja") is None
    assert content.unread == {"modal_kerja"}


def test_a_number_of_zeros_is_none():
    assert said(oss_id=0).identifier("oss_id") == ""
    assert said(oss_id="000").identifier("oss_id") == ""
    assert said(oss_id="O-0").identifier("oss_id") == "O-0"
    assert (row(no_izin=0).nomor_izin, row(no_izin="0-10").nomor_izin) == (None, "0-10")
    entity = reading.read_nib_data(
        said(nib="8120000000001", nama_perseroan="X", npwp_perseroan="00.000.000.0-000.000")
    ).entity
    assert entity is not None
    assert (entity.name, entity.npwp) == ("X", "")


@pytest.mark.parametrize(
    ("written", "code"),
    [("1131", "01131"), ("01131", "01131"), ("01.131", "01131"), ("0113", ""), ("113", "")],
)
def test_only_a_number_gets_its_zero_back(written, code):
    assert as_kbli(written) == code


def test_a_row_says_nothing_only_as_deep_as_one_looks():
    deep = "-"
    for _ in range(900):
        deep = [deep]
    assert len(said(rows=[{"x": deep}]).entries("rows")) == 1
    assert said(rows=[{"x": [["-"]]}]).entries("rows") == []
