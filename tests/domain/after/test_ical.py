"""The calendar file, read back as RFC 5545 says."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.after.ical import CalendarDay, calendar_file

STAMP = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


def lines_of(text: str) -> list[str]:
    """Return the lines, unfolded."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_a_day_stands_there_whole_with_its_alarm():
    day = CalendarDay("lkpm-2026-S2@x", date(2026, 12, 31), "LKPM; hari, akhir", "a\nb", 14)
    lines = lines_of(calendar_file("LKPM", [day], stamp=STAMP))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    for expected in (
        "VERSION:2.0",
        "UID:lkpm-2026-S2@x",
        "DTSTAMP:20261123T010203Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:LKPM\\; hari\\, akhir",
        "DESCRIPTION:a\\nb",
        "TRIGGER:-P14D",
    ):
        assert expected in lines, expected
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1


def test_without_text_and_alarm_there_is_neither():
    text = calendar_file("x", [CalendarDay("u", date(2026, 1, 1), "t")], stamp=STAMP)
    assert "VALARM" not in text
    assert "DESCRIPTION" not in text


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300))
def test_no_line_is_too_long_and_nothing_is_lost(title):
    text = calendar_file("x", [CalendarDay("u", date(2026, 1, 1), title)], stamp=STAMP)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (summary,) = [line for line in lines_of(text) if line.startswith("SUMMARY:")]
    back = summary.removeprefix("SUMMARY:")
    for sign in (",", ";", "\\"):
        back = back.replace(f"\\{sign}", f"\0{ord(sign)}\0")
    assert "\\" not in back
    for sign in (",", ";", "\\"):
        back = back.replace(f"\0{ord(sign)}\0", sign)
    assert back == title
