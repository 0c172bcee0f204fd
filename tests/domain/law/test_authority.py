"""Who decides, and how the days of a licence are counted."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.law.authority import (
    AuthorityBasis,
    AuthorityLevel,
    DaysKnown,
    Silence,
    authority_level,
    deciding,
    overlapping,
    service_time,
)
from app.domain.law.because import Fact, FactKind, Known
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import AuthorityRule, RiskNote
from app.domain.law.rules import DayUnit, StepKind
from app.services.law.rules import get_rules
from app.services.reference.book import get_book

TODAY = date(2026, 11, 23)
LOW, MEDIUM_LOW, MEDIUM_HIGH, HIGH = RiskLevel
REGENT = AuthorityRule("", "Bupati/Walikota")
GOVERNOR = AuthorityRule("lintas kabupaten/kota", "Gubernur")
MINISTER_ALWAYS = AuthorityRule("seluruh", "Menteri/Kepala Badan")
REGENT_HERE = AuthorityRule("kabupaten/kota", "Bupati/Walikota")
MINISTER_FOREIGN = AuthorityRule("PMA", "Menteri/Kepala Badan")
CAPITAL = AuthorityRule("DKI Jakarta", "Gubernur")


def who(rules=(), *, complete=True, **changes):
    return deciding(get_rules(), rules, on=TODAY, complete=complete, **changes)


@pytest.mark.parametrize(
    ("office", "level"),
    [
        ("Bupati/Walikota", AuthorityLevel.REGENCY),
        ("Gubernur", AuthorityLevel.PROVINCE),
        ("Menteri/Kepala Badan", AuthorityLevel.CENTRE),
        ("Menteri", AuthorityLevel.CENTRE),
        ("Kepala Badan", AuthorityLevel.CENTRE),
        ("Administrator KEK", AuthorityLevel.KEK),
        ("Ketua RT", AuthorityLevel.OTHER),
    ],
)
def test_the_level_of_an_office(office, level):
    assert authority_level(office) is level


@pytest.mark.parametrize(
    ("kek", "foreign", "basis", "article"),
    [
        (Known.NO, Known.NO, AuthorityBasis.BY_ROW, "5(3)-(4), Lampiran I"),
        (Known.UNKNOWN, Known.UNKNOWN, AuthorityBasis.BY_ROW, "5(3)-(4), Lampiran I"),
        (Known.NO, Known.YES, AuthorityBasis.CENTRE, "138(4)"),
        (Known.UNKNOWN, Known.YES, AuthorityBasis.CENTRE, "138(4)"),
        (Known.YES, Known.NO, AuthorityBasis.KEK_ADMINISTRATOR, "12(4), 138(6)"),
        (Known.YES, Known.YES, AuthorityBasis.KEK_ADMINISTRATOR, "12(4), 138(6)"),
    ],
)
def test_zone_and_foreign_capital_come_before_the_row(kek, foreign, basis, article):
    found = who([REGENT], kek=kek, foreign=foreign)
    assert found.basis.value is basis
    assert found.basis.citations[0].article == article
    assert bool(found.offices) is (basis is AuthorityBasis.BY_ROW)


def test_one_office_that_is_named_alone_need_not_be_asked_for():
    found = who([REGENT])
    assert (found.offices, found.levels, found.ask) == ((REGENT,), (AuthorityLevel.REGENCY,), False)


@pytest.mark.parametrize(
    ("rules", "complete"),
    [((), True), ((REGENT,), False), ((REGENT_HERE, MINISTER_ALWAYS), True)],
)
def test_where_it_is_not_clear_the_answer_is_ask(rules, complete):
    found = who(rules, complete=complete)
    assert found.ask
    assert found.offices == rules


def test_a_zone_that_may_be_there_is_among_the_facts():
    found = who([REGENT], kek=Known.UNKNOWN)
    assert Fact(FactKind.KEK, "unknown") in found.basis.facts
    assert not found.ask


def test_two_offices_for_two_cases_are_both_shown():
    found = who([REGENT_HERE, GOVERNOR])
    assert found.levels == (AuthorityLevel.REGENCY, AuthorityLevel.PROVINCE)
    assert not found.ask


def test_what_holds_in_the_capital_only_is_left_out():
    assert who([REGENT_HERE, CAPITAL]).offices == (REGENT_HERE,)
    assert not overlapping([REGENT, CAPITAL])


@pytest.mark.parametrize(("foreign", "shown"), [(Known.NO, False), (Known.UNKNOWN, True)])
def test_the_rule_for_foreign_capital_goes_where_there_is_none(foreign, shown):
    found = who([REGENT_HERE, MINISTER_FOREIGN], foreign=foreign)
    assert (MINISTER_FOREIGN in found.offices) is shown


@pytest.mark.parametrize(
    ("rules", "two"),
    [
        ((REGENT_HERE, MINISTER_ALWAYS), True),
        ((REGENT, AuthorityRule("", "Gubernur")), True),
        ((REGENT_HERE, AuthorityRule("Kabupaten/Kota ", "Gubernur")), True),
        ((REGENT, REGENT), False),
        ((REGENT_HERE, GOVERNOR), False),
        ((MINISTER_ALWAYS, AuthorityRule("PMA", "Menteri/Kepala Badan")), False),
    ],
)
def test_two_offices_for_one_case(rules, two):
    assert overlapping(rules) is two
    assert overlapping(reversed(rules)) is two


def test_the_loaded_rows_with_a_noted_overlap_say_ask(app):
    with app.app_context():
        book = get_book()
        rows = [row for e in book.all_kbli(2025) for row in book.risk_rows(e.code, 2025)]
    noted = [row for row in rows if RiskNote.AUTHORITY_OVERLAP in row.notes]
    assert len(noted) > 20
    for row in noted:
        assert who(row.authority, complete=row.authority_complete).ask or not row.authority


def when(risk, spans):
    return service_time(get_rules(), risk, spans, on=TODAY)


@pytest.mark.parametrize(
    ("risk", "spans", "known", "days", "unit"),
    [
        (MEDIUM_HIGH, [(7, "Hari")], DaysKnown.KNOWN, 7, DayUnit.WORKING),
        (MEDIUM_HIGH, [(7, "Hari"), (7, "Hari")], DaysKnown.KNOWN, 7, DayUnit.WORKING),
        (MEDIUM_HIGH, [(7, "hari kalender")], DaysKnown.KNOWN, 7, DayUnit.CALENDAR),
        (MEDIUM_HIGH, [(7, "Hari"), (8, "Hari")], DaysKnown.UNKNOWN, None, None),
        (MEDIUM_HIGH, [(7, "Hari"), (None, "")], DaysKnown.UNKNOWN, None, None),
        (MEDIUM_HIGH, [(7, "sesuai ketentuan")], DaysKnown.UNKNOWN, None, None),
        (MEDIUM_HIGH, [(None, "")], DaysKnown.UNKNOWN, None, None),
        (HIGH, [], DaysKnown.UNKNOWN, None, None),
        (LOW, [(None, "")], DaysKnown.AUTOMATIC, None, None),
        (MEDIUM_LOW, [(None, ""), (3, "Hari")], DaysKnown.UNKNOWN, None, None),
        (MEDIUM_LOW, [(3, "Hari")], DaysKnown.KNOWN, 3, DayUnit.WORKING),
    ],
)
def test_days_are_never_a_default(risk, spans, known, days, unit):
    found = when(risk, spans)
    assert (found.known, found.days, found.unit) == (known, days, unit)


@pytest.mark.parametrize(
    ("risk", "silence", "article"),
    [
        (LOW, Silence.NOBODY_DECIDES, "220-221"),
        (MEDIUM_LOW, Silence.NOBODY_DECIDES, "220-221"),
        (MEDIUM_HIGH, Silence.OSS_VERIFIES, "225"),
        (HIGH, Silence.OSS_ISSUES_PERMIT, "230"),
    ],
)
def test_what_follows_from_silence(risk, silence, article):
    found = when(risk, [(None, "")])
    assert found.silence.value is silence
    assert found.silence.citations[0].article == article


def test_the_clock_starts_with_a_complete_file_and_stops_while_it_is_mended():
    clock = when(HIGH, [(10, "Hari")]).clock
    assert [(step.kind, step.code) for step in clock] == [
        (StepKind.CLOCK_STARTS, ""),
        (StepKind.CLOCK_PAUSES, "41"),
        (StepKind.CLOCK_RESUMES, "42"),
        (StepKind.CLOCK_RESETS, "43"),
        (StepKind.CLOCK_RESTARTS, "44"),
    ]
    assert when(LOW, [(None, "")]).clock == ()
