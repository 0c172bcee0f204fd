"""The conversion of the collected files: what was not read never becomes content."""

from __future__ import annotations

import pytest

from app.reference.risk_rows import (
    Group,
    detail_from_page,
    detail_from_table,
    of_size,
    scopes_of,
    who_decides,
)
from app.reference.tables import items

EMPTY_PAGE = {
    "code": "00000",
    "authority": "",
    "days": "",
    "days_unit": "",
    "licence": "",
    "requirements": "",
    "duties": "",
    "pb_umku": "",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ((), False)),
        ("a ; b", (("a", "b"), False)),
        ("a ; (daftar terpotong)", (("a",), True)),
        ("a (teks tidak tersedia) ; b", (("a", "b"), True)),
        ("(di luar halaman yang dibaca)", ((), True)),
        ("(satu dokumen bersyarat, nama tidak terbaca)", ((), True)),
        ("sertifikat (SLHS)", (("sertifikat (SLHS)",), False)),
        ("penilaian (teks: manajemen hotel)", (("penilaian",), False)),
        ("kapal tunda ; atau tongkang", (("kapal tunda, atau tongkang",), False)),
    ],
)
def test_unread_parts_are_taken_out_and_remembered(text, expected):
    assert items(text) == expected


def test_a_condition_that_covers_all_is_empty_only_when_alone():
    assert who_decides([("seluruhnya", "Menteri")]) == (("", "Menteri"),)
    assert who_decides([("DKI Jakarta", "Gubernur")]) == (("DKI Jakarta", "Gubernur"),)
    assert who_decides([("kabupaten/kota", "Bupati"), ("Seluruh", "Menteri")]) == (
        ("kabupaten/kota", "Bupati"),
        ("seluruh", "Menteri"),
    )


def test_a_cut_authority_list_is_marked():
    page = {
        **EMPTY_PAGE,
        "authority": "di sini → Bupati ; (baris lain di luar halaman yang dibaca)",
    }

    found = detail_from_page(page)

    assert found.authority == (("di sini", "Bupati"),)
    assert found.authority_cut


def test_an_authority_without_its_case_stops_the_build():
    with pytest.raises(ValueError, match="no authority"):
        detail_from_page({**EMPTY_PAGE, "authority": "Bupati"})


def test_a_filled_row_is_taken_apart():
    found = detail_from_table(
        {
            "code": "00000",
            "scale": "mikro",
            "authority": "Bupati/Walikota (lokasi di sini); Menteri (Seluruh, per OSS)",
            "time_limit": "7 Hari",
            "requirements": "(Pembibitan) Persyaratan: a; b. Kewajiban: c (mikro) atau d (kecil)",
        }
    )

    assert found.authority == (("lokasi di sini", "Bupati/Walikota"), ("seluruh", "Menteri"))
    assert (found.days, found.days_unit) == ("7", "Hari")
    assert (found.requirements, found.duties) == (("a", "b"), ("c",))


def test_a_text_for_two_sizes_is_split():
    assert of_size("c (mikro) atau d (kecil)", "kecil") == "d"
    assert of_size("c (SLHS)", "kecil") == "c (SLHS)"


def test_a_scope_whose_risk_disagrees_stops_the_build():
    groups = {"1": Group("Seluruh", 1, {"mikro": "R"})}

    with pytest.raises(ValueError, match="MT is not"):
        scopes_of("00000", groups, {"1": ("seluruh", {}, {"mikro": "MT"})})


def test_what_was_not_read_stays_as_the_rest_of_its_group():
    groups = {"1": Group("tahap", 3, {"mikro": "T"})}
    detail = detail_from_page(EMPTY_PAGE)

    scopes = scopes_of("00000", groups, {"1": ("izin", {"mikro": detail}, {"mikro": "T"})})

    assert [(scope.label, scope.count) for scope in scopes] == [("izin", 1), ("tahap lainnya", 2)]
    assert scopes[1].details == {}
