"""The facts that come with the application, as read through the reference book."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import String, Text, select

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import AreaKind, AuthorityRule, RiskNote, Unread
from app.extensions import db
from app.services.reference.book import get_book
from app.services.reference.loading import load_releases, status

MICRO, SMALL = BusinessSize.MICRO, BusinessSize.SMALL
REGENT, GOVERNOR, MINISTER = "Bupati/Walikota", "Gubernur", "Menteri/Kepala Badan"


@pytest.fixture
def book(database, empty_book):
    return get_book()


def the_row(book, code, size, scope_no=1):
    (row,) = [row for row in book.scopes(code, size) if row.scope_no == scope_no]
    return row


# --- what is there -------------------------------------------------------------------------------


def test_loading_the_folder_again_writes_nothing(database):
    before = status()

    assert not load_releases().changed
    assert status() == before


def test_codes_are_complete(book):
    assert len(book.all_kbli(2025)) == 1_559
    assert len(book.all_kbli(2020)) == 1_789
    levels = {year: Counter(entry.level for entry in book.levels(year)) for year in (2020, 2025)}
    assert levels[2020] == {1: 21, 2: 88, 3: 245, 4: 567}
    assert levels[2025] == {1: 22, 2: 87, 3: 257, 4: 519}


def test_risk_is_known_for_some_codes_only(book):
    known = [entry for entry in book.all_kbli(2025) if book.has_risk(entry.code)]

    assert len(known) == 1_339
    assert len(book.all_kbli(2025)) - len(known) == 220
    assert not book.has_risk("06201")
    assert book.risk_rows("06201") == ()
    assert book.risk_rows("01111", year=2020) == ()


def test_details_are_known_for_272_codes(book):
    detailed = {
        entry.code
        for entry in book.all_kbli(2025)
        if any(row.details_known for row in book.risk_rows(entry.code))
    }
    assert len(detailed) == 272


@pytest.mark.parametrize(
    ("code", "size", "scope_no", "risk", "days", "authorities"),
    [
        ("10723", MICRO, 1, RiskLevel.MEDIUM_HIGH, 7, {REGENT, GOVERNOR, MINISTER}),  # syrup
        ("20232", MICRO, 1, RiskLevel.HIGH, 7, {MINISTER}),  # bath soap, also at home
        ("50211", MICRO, 1, RiskLevel.MEDIUM_HIGH, 7, {REGENT, GOVERNOR, MINISTER}),
        ("01122", MICRO, 2, RiskLevel.LOW, None, {REGENT, GOVERNOR, MINISTER}),  # growing rice
        ("01122", MICRO, 1, RiskLevel.MEDIUM_LOW, None, {REGENT, GOVERNOR, MINISTER}),  # its seed
        # This part of the page was not read: its authority is not known, and nobody guesses.
        ("10723", SMALL, 1, RiskLevel.MEDIUM_HIGH, 7, set()),
    ],
)
def test_what_the_page_says_stands_beside_the_risk(
    book, code, size, scope_no, risk, days, authorities
):
    row = the_row(book, code, size, scope_no)

    assert (row.risk, row.days, row.details_known) == (risk, days, True)
    assert {rule.authority for rule in row.authority} == authorities
    assert row.authority_complete is bool(authorities)


@pytest.mark.parametrize(
    "code",
    [
        "41011",
        "41019",
        "42101",
        "42201",
        "43120",
        "43221",
        "43224",
        "43301",
        "43302",
        "43303",
        "43903",
    ],
)
def test_small_construction_says_that_it_is_not_for_a_person_alone(book, code):
    assert all(RiskNote.COMPANY_WITH_SBU in row.notes for row in book.risk_rows(code))
    assert the_row(book, code, MICRO).risk is RiskLevel.MEDIUM_HIGH


def test_whatever_asks_for_a_construction_company_says_so_before_anybody_files(book):
    asking = {
        (entry.code, row.scope_no)
        for entry in book.all_kbli(2025)
        for row in book.risk_rows(entry.code)
        if any("BUJKN" in each for each in row.requirements)
    }
    assert {("41011", 1), ("43303", 1), ("42207", 2)} < asking
    silent = {
        (code, row.scope_no)
        for code, number in asking
        for row in book.risk_rows(code)
        if row.scope_no == number and RiskNote.COMPANY_WITH_SBU not in row.notes
    }
    assert not silent


def test_who_drills_wells_alone_is_not_sent_away(book):
    alone = [row for row in book.risk_rows("42207") if row.scope_no == 1]
    assert alone
    assert not any(RiskNote.COMPANY_WITH_SBU in row.notes for row in alone)


@pytest.mark.parametrize(
    ("code", "size", "doubted"),
    [
        ("16102", MICRO, True),
        ("16102", SMALL, False),
        ("47820", SMALL, True),
        ("47820", MICRO, False),
    ],
)
def test_a_row_that_looks_like_a_slip_is_shown_with_a_word(book, code, size, doubted):
    assert (RiskNote.LOOKS_LIKE_SLIP in the_row(book, code, size).notes) is doubted


@pytest.mark.parametrize(
    ("old", "new"),
    [("10216", "10216"), ("20232", "20232"), ("10623", "10799"), ("28261", "31012")],
)
def test_edges_that_only_oss_shows_are_in_the_correspondence(book, old, new):
    assert new in {step.code_2025 for step in book.successors(old)}


def test_areas_are_complete(book):
    districts = book.districts()

    assert Counter(district.parent for district in districts) == {"9601": 30, "9671": 10}
    villages = Counter(
        district.parent for district in districts for _ in book.villages(district.code)
    )
    assert villages == {"9601": 253, "9671": 41}
    assert len(book.provinces()) == 38
    assert sum(len(book.regencies(province.code)) for province in book.provinces()) == 514


def test_nik_prefixes_hold_those_of_today_and_before_2022(book):
    assert len(book.nik_prefixes) == 540
    assert {"9201", "9271", "9601", "9671"} <= book.nik_prefixes
    assert "9191" not in book.nik_prefixes


def test_every_release_names_its_source(book):
    kinds = {(info.kind, info.edition) for info in book.releases}

    assert kinds >= {("kbli", "2020"), ("kbli", "2025"), ("risk", "2025"), ("areas", "")}
    assert all(info.source and info.licence and info.trust for info in book.releases)
    assert book.release("risk", "2025").as_of == date(2026, 9, 30)
    assert "ODbL" in book.release("areas").licence


def test_no_word_about_unread_pages_is_stored(database):
    """Such remarks speak about the collecting, not about the business."""
    remark = re.compile(r"terpotong|terbaca|tidak tersedia|yang dibaca|baris lain|baris mikro")
    for table in db.metadata.sorted_tables:
        if "release_id" not in table.c:
            continue
        # Official titles may use any word; JSON columns are searched as text.
        columns = [c for c in table.c if isinstance(c.type, String | Text | db.JSON)]
        for row in database.execute(select(*columns)):
            assert not remark.search(str(row)), row


# --- KBLI ----------------------------------------------------------------------------------------


def test_the_same_number_means_something_else_in_the_other_edition(book):
    assert book.kbli(2020, "56102").title_id == "Rumah/Warung Makan"
    assert book.kbli(2025, "56102").title_id.endswith("di Bangunan Tidak Tetap")


def test_unknown_codes_and_editions_are_none(book):
    assert book.kbli(2025, "99999") is None
    assert book.kbli(2015, "01111") is None
    assert book.level(2025, "Z") is None
    assert book.all_kbli(2015) == ()


def test_the_hierarchy_can_be_walked_both_ways(book):
    assert [entry.code for entry in book.categories(2025)] == list("ABCDEFGHIJKLMNOPQRSTUV")
    assert [entry.code for entry in book.ancestors(2025, "56102")] == ["I", "56", "561", "5610"]
    assert [entry.code for entry in book.ancestors(2025, "56")] == ["I"]
    assert book.ancestors(2025, "I") == ()
    for entry in book.all_kbli(2025):
        assert entry.code in [child.code for child in book.children(2025, entry.code[:4])]
        assert book.ancestors(2025, entry.code)[0].code == entry.category


def test_the_correspondence_is_one_to_many_and_many_to_one(book):
    assert {step.code_2025 for step in book.successors("77100")} == {"77100", "77510"}
    many = book.predecessors("47781")
    assert len(many) > 1
    assert {step.relation[0] for step in many} == {"N"}
    assert book.successors("00000") == ()


def test_every_step_is_seen_from_both_ends(book):
    for entry in book.all_kbli(2020):
        for step in book.successors(entry.code):
            assert step in book.predecessors(step.code_2025)


# --- risk, spot rows compared with the source by hand --------------------------------------------


def test_grocery_kiosk(book):
    row = the_row(book, "47112", MICRO)

    assert (row.risk, row.scope, row.days) == (RiskLevel.LOW, "", None)
    # The page names the minister for "all of it" beside the regent: said, not decided.
    assert AuthorityRule("Kabupaten/Kota", REGENT) in row.authority
    assert row.notes == (RiskNote.AUTHORITY_OVERLAP,)


def test_drinking_water_depot(book):
    row = the_row(book, "11052", MICRO)

    assert (row.risk, row.days, row.days_unit) == (RiskLevel.MEDIUM_HIGH, 7, "Hari")
    assert row.authority[0] == AuthorityRule("lokasi dalam satu kabupaten/kota", REGENT)
    assert row.requirements[-1] == "tata letak pabrik"
    assert row.duties[0] == "laporan data industri tiap 6 bulan"


def test_only_the_size_that_was_read_has_details(book):
    row = the_row(book, "11052", SMALL)

    assert row.risk is RiskLevel.MEDIUM_HIGH
    assert not row.details_known
    assert (row.authority, row.days, row.duties) == ((), None, ())


def test_sea_fishing_is_the_governors_for_the_first_scope_only(book):
    first, second, *_ = book.scopes("03110", MICRO)

    assert first.scope == "pisces"
    assert [rule.authority for rule in first.authority] == [GOVERNOR]
    assert (second.scope_count, second.details_known, second.authority) == (7, False, ())
    assert first.risk is second.risk is RiskLevel.MEDIUM_LOW


def test_a_small_restaurant_goes_to_the_governor(book):
    assert the_row(book, "56101", MICRO).authority == (AuthorityRule("", REGENT),)
    row = the_row(book, "56101", SMALL)
    assert (row.risk, row.days) == (RiskLevel.MEDIUM_HIGH, 14)
    assert row.authority == (AuthorityRule("", GOVERNOR),)


def test_textile_printing_comes_before_ordinary_printing(book):
    scopes = book.scopes("18111", MICRO)

    assert [row.risk.value for row in scopes] == ["MR", "R", "R"]
    assert "tekstil" in scopes[0].scope
    assert scopes[2].scope.startswith("fotokopi")
    assert all(RiskNote.ASK_SCOPE in row.notes for row in scopes)


def test_scopes_read_one_by_one_leave_the_rest_of_their_group(book):
    rows = book.scopes("49213", MICRO)

    assert [(row.scope, row.scope_count) for row in rows] == [
        ("angkutan bus kota", 1),
        ("angkutan perkotaan bukan bus, dalam trayek", 1),
        ("bus dalam trayek lain; AKDP", 2),
    ]
    assert [row.details_known for row in rows] == [True, True, False]
    assert rows[1].notes == (RiskNote.LICENCE_DOUBTFUL,)


def test_a_list_that_was_cut_says_so(book):
    row = the_row(book, "01111", SMALL)
    assert row.authority == (AuthorityRule("lahan di satu kabupaten/kota", REGENT),)
    assert not row.authority_complete
    assert Unread.DUTIES in the_row(book, "49213", SMALL).unread


def test_other_doubts_have_their_codes(book):
    assert the_row(book, "38110", MICRO).notes == (RiskNote.CONFIRM,)
    assert the_row(book, "47772", MICRO).notes == (RiskNote.OTHER_SCOPES_CLOSED,)
    assert RiskNote.LICENCE_DOUBTFUL in the_row(book, "55909", MICRO).notes
    assert the_row(book, "49292", MICRO).notes == (RiskNote.SOURCES_DIFFER,)
    assert all(RiskNote.ASK_SCOPE in row.notes for row in book.risk_rows("03300"))


def test_a_size_that_is_not_offered_has_no_row(book):
    assert book.scopes("46324", MICRO) == ()
    assert [row.scope for row in book.scopes("59112", MICRO)] == ["selain animasi"]


def test_nothing_stands_beside_a_row_that_was_not_read(book):
    for entry in book.all_kbli(2025):
        for row in book.risk_rows(entry.code):
            if not row.details_known:
                beside = (row.authority, row.requirements, row.duties, row.supporting_licences)
                assert beside == ((), (), (), ())
                assert (row.days, row.licence, row.unread) == (None, "", ())
            if not row.authority:
                assert not row.authority_complete


def test_scopes_of_a_code_can_be_told_apart(book):
    for entry in book.all_kbli(2025):
        for size in BusinessSize:
            rows = book.scopes(entry.code, size)
            labels = [row.scope for row in rows]
            if len(rows) > 1 and (len(set(labels)) < len(labels) or "" in labels):
                assert all(RiskNote.ASK_SCOPE in row.notes for row in rows), entry.code


def test_rows_name_where_and_when_they_were_read(book):
    row = the_row(book, "47112", MICRO)
    assert row.as_of == date(2026, 9, 30)
    assert "OSS" in row.source


# --- areas ---------------------------------------------------------------------------------------


def test_areas_are_found_by_code_with_and_without_dots(book):
    aimas = book.area("96.01.05")

    assert aimas is book.area("960105")
    assert (aimas.name, aimas.kind, aimas.parent) == ("Aimas", AreaKind.DISTRICT, "9601")
    assert aimas.old_code == "920107"
    assert {village.village_type for village in book.villages("96.01.05")} == {
        "kampung",
        "kelurahan",
    }
    assert book.area("9601").old_code == "9201"
    assert book.area("0000") is None


def test_districts_of_the_kabupaten_come_first(book):
    assert [district.parent for district in book.districts()] == ["9601"] * 30 + ["9671"] * 10
    assert book.districts("9671") == book.districts()[30:]


# --- days ----------------------------------------------------------------------------------------


def days(year: int, *month_days: tuple[int, int]) -> set[date]:
    return {date(year, month, day) for month, day in month_days}


NATIONAL_2027 = days(
    2027,
    *((1, 1), (1, 5), (2, 6), (3, 8), (3, 10), (3, 11), (3, 26), (3, 28), (5, 1), (5, 6)),
    *((5, 17), (5, 20), (6, 1), (6, 6), (8, 15), (8, 17), (12, 25), (12, 26)),
)
COLLECTIVE_2027 = days(2027, (2, 5), (3, 9), (3, 12), (3, 15), (3, 25), (5, 18), (5, 19), (12, 24))


def test_days_of_2027_are_those_of_the_joint_decree(book):
    assert book.holidays(2027) == NATIONAL_2027 | COLLECTIVE_2027
    by_kind = {entry.day: entry.kind.value for entry in book.holiday_list(2027)}
    assert {day for day, kind in by_kind.items() if kind == "national"} == NATIONAL_2027
    assert {day for day, kind in by_kind.items() if kind == "collective"} == COLLECTIVE_2027


def test_what_is_decreed_is_not_called_estimated(book):
    for entry in book.holiday_list(2027):
        assert "estimated" not in entry.name_en
        assert "perkiraan" not in entry.name_id


def test_the_rest_of_2026(book):
    rest = {day for day in book.holidays(2026) if day > date(2026, 11, 23)}
    assert rest == days(2026, (12, 24), (12, 25))


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_local_day_is_free(book, year):
    assert date(year, 2, 5) in book.holidays(year)


def test_oss_counts_on_days_that_are_free_here_alone(book):
    # In 2027 the day is also collective leave, which the central government sets.
    assert book.holidays(2026) - book.national_holidays(2026) == {date(2026, 2, 5)}
    assert book.holidays(2027) == book.national_holidays(2027)


def test_a_range_of_years_holds_each_of_them(book):
    assert book.holidays(2026, 2027) == book.holidays(2026) | book.holidays(2027)


# --- words ---------------------------------------------------------------------------------------


def test_words_are_lower_case_and_given_in_both_languages(book):
    described = [entry for entry in book.all_kbli(2025) if entry.name_en]

    for entry in described:
        assert entry.plain_id
        assert entry.plain_en
        assert list(entry.words) == [word.lower() for word in entry.words]
    assert all(entry.name_en is None for entry in book.all_kbli(2020))


# --- the cache -----------------------------------------------------------------------------------


def test_the_book_is_built_once(book):
    assert get_book() is book
