"""What belongs and what does not: the files are right, a broken line is refused by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.reference import FOLDER
from app.services.kbli.boundaries import (
    INSTEAD_AT_MOST,
    WORDS_AT_MOST,
    Boundary,
    Instead,
    boundaries,
    read_boundaries,
)
from app.services.kbli.explained import Explained, explain, meaning_of
from app.services.reference.book import get_book
from app.services.reference.manifest import ReferenceFilesBroken

BELONGS = "words/boundaries_a.csv"
INSTEAD = "words/instead_a.csv"
FILES = {
    "kbli2025.csv": ["code,title_id,category", "01111,Jagung,A", "01112,Serealia,A", "01113,X,A"],
    BELONGS: [
        "code,belongs_id,belongs_en,together",
        "01111,jagung kering,dry corn,01112;01113",
        "01112,gandum,wheat,",
    ],
    INSTEAD: ["code,not_id,not_en,goes_to", "01111,jagung manis,sweet corn,01113"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small made-up folder in which everything is right."""
    (tmp_path / "words").mkdir()
    for name, lines in FILES.items():
        (tmp_path / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    return tmp_path


def problems(folder: Path) -> list[str]:
    with pytest.raises(ReferenceFilesBroken) as broken:
        read_boundaries(folder)
    return [str(problem) for problem in broken.value.problems]


def test_a_right_folder_is_read(folder):
    assert read_boundaries(folder) == {
        "01111": Boundary(
            "jagung kering",
            "dry corn",
            ("01112", "01113"),
            (Instead("jagung manis", "sweet corn", "01113"),),
        ),
        "01112": Boundary("gandum", "wheat", (), ()),
    }


LONG = " ".join(["kata"] * WORDS_AT_MOST)


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        (BELONGS, "99999,a,b,", "unknown code '99999'"),
        (BELONGS, "1111,a,b,", "unknown code '1111'"),
        (BELONGS, "01111,a,b,", "duplicate code '01111'"),
        (BELONGS, "01113,,b,", "empty value 'belongs_id'"),
        (BELONGS, "01113,a,,", "empty value 'belongs_en'"),
        (BELONGS, f"01113,{LONG} satu,b,", "too many words 'belongs_id'"),
        (BELONGS, f"01113,a,{LONG} one,", "too many words 'belongs_en'"),
        (BELONGS, "01113,a,b,01113", "code points to itself '01113'"),
        (BELONGS, "01113,a,b,01111;01111", "duplicate code '01111'"),
        (BELONGS, "01113,a,b,99999", "unknown code '99999'"),
        (BELONGS, "01113,a,b,01111;", "unknown code"),
        (BELONGS, "01113,a,b", "wrong number of columns '3'"),
        (INSTEAD, "01113,a,b,01111", "unknown code '01113'"),
        (INSTEAD, "01111,a,b,01111", "code points to itself '01111'"),
        (INSTEAD, "01111,a,b,99999", "unknown code '99999'"),
        (INSTEAD, "01111,a,b,", "unknown code"),
        (INSTEAD, "01111,,b,01113", "empty value 'not_id'"),
        (INSTEAD, f"01111,a,{LONG} one,01113", "too many words 'not_en'"),
    ],
)
def test_a_broken_line_is_refused_by_file_and_line(folder, file, line, said):
    path = folder / file
    number = len(FILES[file]) + 1
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    assert problems(folder) == [f"{file}:{number}: {said}"]


def test_as_many_words_as_allowed_are_read(folder):
    path = folder / BELONGS
    path.write_text(path.read_text(encoding="utf-8") + f"01113,{LONG},b,\n", encoding="utf-8")
    assert read_boundaries(folder)["01113"].belongs("id") == LONG


def test_more_lines_for_a_code_than_a_page_holds_are_refused(folder):
    path = folder / INSTEAD
    line = "01111,a,b,01113\n"
    path.write_text(path.read_text(encoding="utf-8") + line * (INSTEAD_AT_MOST - 1), "utf-8")
    assert len(read_boundaries(folder)["01111"].instead) == INSTEAD_AT_MOST
    path.write_text(path.read_text(encoding="utf-8") + line, "utf-8")
    assert problems(folder) == [
        f"{INSTEAD}:{INSTEAD_AT_MOST + 2}: too many lines for a code '01111'"
    ]


def test_a_wrong_header_and_another_encoding_are_refused(folder):
    (folder / BELONGS).write_text("code,belongs\n", encoding="utf-8")
    (folder / INSTEAD).write_bytes(
        "code,not_id,not_en,goes_to\n01111,caf\xe9,b,01112\n".encode("latin-1")
    )
    assert problems(folder) == [
        f"{BELONGS}:1: wrong header 'code,belongs'",
        f"{INSTEAD}:2: not UTF-8",
    ]


def test_missing_files_are_said(folder):
    (folder / INSTEAD).unlink()
    assert problems(folder) == ["words/instead_*.csv:1: file missing"]


def test_our_own_files_are_right_and_cover_every_explained_code(app):
    found = read_boundaries(FOLDER)
    assert found == boundaries()
    with app.app_context():
        book = get_book()
        explained = {entry.code for entry in book.all_kbli(2025) if entry.words}
    assert set(found) == explained
    assert all(boundary.instead for boundary in found.values())


def test_both_languages_say_something_else_unless_it_is_a_name():
    same = [
        code
        for code, boundary in boundaries().items()
        if boundary.belongs_id == boundary.belongs_en
    ]
    assert same == []


def test_an_activity_nobody_described_has_only_its_risk(app):
    with app.app_context():
        entry = get_book().kbli(2025, "01112")
        assert entry is not None
        known = explain(entry, "en")
    assert (known.belongs, known.elsewhere, known.together) == ("", (), ())
    assert isinstance(known, Explained)
    assert known.risk


def test_codes_that_a_newer_list_dropped_are_left_out(app, monkeypatch):
    with app.app_context():
        entry = get_book().kbli(2025, "56101")
        assert entry is not None
        before = explain(entry, "id")
        gone = before.elsewhere[0].entry.code
        book = get_book()
        without = {2025: {code: e for code, e in book._kbli[2025].items() if code != gone}}
        monkeypatch.setattr(
            "app.services.kbli.explained.get_book",
            lambda: type(
                "B", (), {"kbli": staticmethod(lambda year, code: without[year].get(code))}
            ),
        )
        after = explain(entry, "id")
    assert gone not in {each.entry.code for each in after.elsewhere}
    assert len(after.elsewhere) < len(before.elsewhere)


@pytest.mark.parametrize(
    ("number", "old", "now", "two"),
    [
        ("56102", True, True, True),
        ("47111", True, True, False),
        ("03151", True, False, False),
        ("01138", False, True, False),
    ],
)
def test_a_number_is_looked_up_in_both_lists(app, number, old, now, two):
    with app.app_context():
        found = meaning_of(number)
    assert found is not None
    assert (found.change is not None, found.now is not None) == (old, now)
    assert found.means_two_things is two


@pytest.mark.parametrize("number", ["99999", "4711", "", "abcde"])
def test_a_number_of_no_list_means_nothing(app, number):
    with app.app_context():
        assert meaning_of(number) is None
