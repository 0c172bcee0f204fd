"""The files of decision tables and place facts: what is in them, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.domain.law.because import Known
from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.law.rules import NoRuleInForce, Subject
from app.domain.law.spatial import DetailedPlan, PlaceFacts, SpatialStep, spatial_way
from app.services.law import rules
from app.services.law.rules import (
    OUTCOMES,
    PLACES_FILE,
    PLACES_HEADER,
    RULES_FILE,
    RulesBroken,
    get_rules,
    place_facts,
    read_places,
    read_rules,
)

TABLE = RULES_FILE.read_text("utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Write the table with one thing changed."""
    assert old in TABLE
    path = tmp_path / "rules.toml"
    path.write_text(TABLE.replace(old, new, 1), "utf-8")
    return path


def problems_of(path: Path) -> str:
    with pytest.raises(RulesBroken) as caught:
        read_rules(path)
    assert caught.value.problems
    return str(caught.value)


def test_every_subject_has_rows_with_law_and_day():
    table = get_rules()
    assert {row.subject for row in (*table.rules, *table.steps)} == set(Subject) == set(OUTCOMES)
    for row in (*table.rules, *table.steps):
        assert row.citation.law
        assert row.validity.valid_from >= date(2025, 6, 5)
        assert row.citation.article or not row.citation.confirmed or "OSS" in row.citation.law


def test_every_outcome_can_be_reached():
    table = get_rules()
    for subject, outcomes in OUTCOMES.items():
        if subject is not Subject.CLOCK:
            reached = {rule.outcome for rule in table.rules if rule.subject is subject}
            assert reached == set(outcomes), subject


def test_the_tables_are_in_force_since_the_regulation():
    assert get_rules().in_force(date(2025, 6, 5))
    assert not get_rules().in_force(date(2025, 6, 4))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('outcome = "self_statement"', 'outcome = "self_made"', "rule 3"),
        ('subject = "spatial"', 'subject = "place"', "rule 1"),
        ('risk = ["R"] }\nlaw', 'risk = ["low"] }\nlaw', "'low' is not a valid RiskLevel"),
        ("shared_premises = [", "market = [", "'market' is not a valid FactKind"),
        ('law = "PP 28/2025"', 'law = ""', "law is empty"),
        ('law = "PP 28/2025"\n', "", "law is missing"),
        ("valid_from = 2025-06-05", 'valid_from = "soon"', "must be dates"),
        (
            "valid_from = 2025-06-05",
            "valid_from = 2025-06-05\nvalid_until = 2025-06-04",
            "valid_until lies before valid_from",
        ),
        ("days = 14", "days = 0", "days must be a whole number from 1"),
        ("days = 14", 'days = "14"', "days must be a whole number from 1"),
        ("days = 14", "days = true", "days must be a whole number from 1"),
        ("days_at_least = 3", "days_at_least = 6", "days_at_least is more than days"),
        ("automatic = true", "automatic = true\ndays = 1", "an automatic step has no days"),
        ("automatic = true", 'automatic = "yes"', "automatic must be true or false"),
        ('actor = "owner"', 'actor = "me"', "'me' is not a valid Actor"),
        ('unit = "calendar"\n', 'unit = "weeks"\n', "'weeks' is not a valid DayUnit"),
        ("days = 14", "days = 14\nmood = 1", "unknown key mood"),
        ('risk = ["R", "MR"]', 'risk = ["R"]', "no rule about silence on 2025-06-05 for risk MR"),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(tmp_path, old, new, said):
    assert said in problems_of(changed(tmp_path, old, new))


def test_what_is_no_table_is_refused(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("rule = [", "utf-8")
    assert "rules.toml" in problems_of(path)
    assert "nothing.toml" in problems_of(tmp_path / "nothing.toml")
    path.write_text("", "utf-8")
    assert "no rule about spatial" in problems_of(path)


def test_a_day_that_no_row_covers_is_a_gap(tmp_path):
    last = 'article = "230"\nvalid_from = 2025-06-05'
    path = changed(tmp_path, last, f"{last}\nvalid_until = 2026-12-31")
    assert "no rule about silence on 2027-01-01 for risk T" in problems_of(path)


def test_when_the_law_changes_both_rows_stay_and_the_day_decides(tmp_path):
    row = next(part for part in TABLE.split("[[rule]]") if '"self_statement"' in part)
    row = row[: row.index("2025-06-05") + len("2025-06-05")]
    later = row.replace("PP 28/2025", "A later law").replace("2025-06-05", "2027-01-01")
    later = later.replace('size = ["mikro"]', 'size = ["mikro", "kecil"]')
    path = changed(tmp_path, row, f"{row}\nvalid_until = 2026-12-31\n\n[[rule]]{later}")
    table = read_rules(path)

    def small(on):
        return spatial_way(table, BusinessSize.SMALL, RiskLevel.LOW, on=on)

    assert small(date(2026, 12, 31)).outcome is SpatialStep.UNKNOWN_PLAN
    later = small(date(2027, 1, 1))
    assert later.outcome is SpatialStep.SELF_STATEMENT
    assert later.conclusion.citations[0].law == "A later law"
    with pytest.raises(NoRuleInForce):
        small(date(2020, 1, 1))


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "kek"),
    [
        ("96.01.09.2001", Known.UNKNOWN),
        ("9601092001", Known.UNKNOWN),
        ("9201132001", Known.UNKNOWN),
        ("9601012002", Known.NO),
        ("9601", Known.NO),
        ("9671011001", Known.UNKNOWN),
        ("96", Known.UNKNOWN),
        ("", Known.UNKNOWN),
        (None, Known.UNKNOWN),
    ],
)
def test_of_our_places_only_the_zone_is_known(area, kek):
    assert place_facts(area) == PlaceFacts(kek=kek)


def places(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "place_facts.csv"
    path.write_text("\n".join([",".join(PLACES_HEADER), *lines, ""]), "utf-8")
    return path


def test_the_smaller_area_says_more_and_leaves_the_rest_to_the_bigger(tmp_path, monkeypatch):
    found = read_places(
        places(
            tmp_path,
            "9601,none,,no,regency,2026-11-23",
            "960109,,no,unknown,district,2026-11-23",
            "9601092001,in_oss,,,kampung,2026-11-23",
            "9601092002,unknown,yes,yes,kampung,2026-11-23",
        )
    )
    monkeypatch.setattr(rules, "_places", lambda: found)
    one, other = place_facts("9601092001"), place_facts("9601092002")
    assert one == PlaceFacts(DetailedPlan.IN_OSS, Known.NO, Known.UNKNOWN)
    assert other == PlaceFacts(DetailedPlan.UNKNOWN, Known.YES, Known.YES)
    assert place_facts("9601012002") == PlaceFacts(DetailedPlan.NONE, Known.UNKNOWN, Known.NO)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("96011,,,no,s,2026-11-23", "has not 4, 6 or 10 digits"),
        ("960109,perhaps,,no,s,2026-11-23", "'perhaps' is not a valid DetailedPlan"),
        ("960109,,maybe,no,s,2026-11-23", "'maybe' is not a valid Known"),
        ("960109,,,no,,2026-11-23", "source is empty"),
        ("960109,,,no,s,yesterday", "yesterday"),
        ("960109,,,no", "wrong number of columns"),
        ("960109,,,no,s,2026-11-23,more", "wrong number of columns"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(tmp_path, line, said):
    with pytest.raises(RulesBroken) as caught:
        read_places(places(tmp_path, "9601,,,no,s,2026-11-23", line))
    assert caught.value.problems[0].startswith("place_facts.csv:3: ")
    assert said in str(caught.value)


def test_an_area_stands_there_once(tmp_path):
    line = "9601,,,no,s,2026-11-23"
    with pytest.raises(RulesBroken, match="there twice"):
        read_places(places(tmp_path, line, line))


def test_another_header_is_refused(tmp_path):
    path = tmp_path / "place_facts.csv"
    path.write_text("area,rdtr\n", "utf-8")
    with pytest.raises(RulesBroken, match="wrong header"):
        read_places(path)


def test_every_line_of_ours_names_its_source():
    assert len(read_places(PLACES_FILE)) == 4
