"""A calendar file (iCalendar, RFC 5545) of whole days. Written by hand: it needs one page of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LINE_OCTETS = 75  # RFC 5545, 3.1: longer lines are folded


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One entry. uid: the same for the same thing for ever, so that a second import replaces it.

    remind_days: an alarm so many days before, 0 for none.
    """

    uid: str
    day: date
    title: str
    text: str = ""
    remind_days: int = 0


def calendar_file(name: str, days: Iterable[CalendarDay], *, stamp: datetime) -> str:
    """Return the file as text with CRLF. name: of the calendar; stamp: an aware moment."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//OSS Sorong//LKPM//ID",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for each in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(each.uid)}",
            f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(each.title)}",
            "TRANSP:TRANSPARENT",
        ]
        if each.text:
            lines.append(f"DESCRIPTION:{_escaped(each.text)}")
        if each.remind_days:
            lines += [
                "BEGIN:VALARM",
                "ACTION:DISPLAY",
                f"DESCRIPTION:{_escaped(each.title)}",
                f"TRIGGER:-P{each.remind_days}D",
                "END:VALARM",
            ]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    """Text values: backslash, comma, semicolon and line breaks are written out (3.3.11)."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(sign, written)
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """Break a line after at most 75 octets, never inside a letter; what follows starts anew."""
    parts, used, part = [], 0, ""
    for letter in line:
        octets = len(letter.encode())
        if used + octets > _LINE_OCTETS:
            parts.append(part)
            part, used = " ", 1
        part += letter
        used += octets
    return "\r\n".join([*parts, part])
