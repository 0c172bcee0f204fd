"""Taking apart what OSS sends: rows, texts, days and amounts, however they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

from app.domain.oss.nib import NIB_DIGITS

CODE_AT_MOST = 10  # letters of a code that are kept
ID_AT_MOST = 40
WIB = timezone(timedelta(hours=7))
_NOTHING = frozenset({"", "-", "--", "/", "null"})
_KBLI_DIGITS = 5
_DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y%m%d")
_NIB_IN_TEXT = re.compile(rb'"\s*nib\s*"\s*:\s*"?\s*([0-9][0-9 .\-]{8,20})', re.IGNORECASE)


class Said:
    """One object of OSS. unread: filled with the names of fields that could not be read."""

    def __init__(self, content: Mapping[str, Any], unread: set[str]) -> None:
        self._content: dict[str, Any] = {}
        for key, value in content.items():  # the guide itself has a name with a blank behind it
            if _says_nothing(self._content.get(_name(key))):
                self._content[_name(key)] = value
        self.unread = unread

    def text(self, *names: str) -> str:
        """Return the first of these fields that says something, as text; "" where none does."""
        for name in names:
            value = self._content.get(name)
            if isinstance(value, dict | list):
                if not _says_nothing(value):
                    self.unread.add(name)
                continue
            found = _as_text(value)
            if found:
                return found
        return ""

    def is_list(self, name: str) -> bool:
        """Say whether a field holds rows, or an object."""
        return isinstance(self._content.get(name), dict | list)

    def words(self, *names: str) -> str:
        """Return a text for people, without the escapes of HTML that some senders leave in."""
        return " ".join(unescape(self.text(*names)).split())

    def identifier(self, name: str) -> str:
        """Return a number that OSS gave something, of at most 40 letters."""
        found = self.text(name)
        if len(found) <= ID_AT_MOST:
            return found
        self.unread.add(name)
        return ""

    def code(self, *names: str) -> str:
        """Return the code of a state: two digits at least, "" for "00", cut to what is kept."""
        found = self.text(*names)
        if found.isdigit():
            found = found.zfill(2)
        return "" if found == "00" else found[:CODE_AT_MOST]

    def day(self, name: str) -> date | None:
        """Return a day; a date of zeros counts as none. A moment's day is the one in Jakarta."""
        found = self.text(name)
        if not found or found.startswith(("0000", "00-00", "00/00")):
            return None
        day = _day(found)
        if day is None:
            self.unread.add(name)
        return day

    def idr(self, name: str) -> int | None:
        """Return an amount in whole rupiah: 1000000, "1000000.00", "1.000.000,00"."""
        found = self.text(name)
        if not found:
            return None
        amount = _amount(found)
        if amount is None:
            self.unread.add(name)
        return amount

    def entries(self, name: str) -> list[Said]:
        """Return the rows of a list that say something, however it is wrapped."""
        found = []
        for row in _rows(self._content.get(name)):
            if isinstance(row, dict):
                if not _says_nothing(row):
                    found.append(Said(row, self.unread))
            elif not _says_nothing(row):
                self.unread.add(name)
        return found


def parse(body: bytes) -> Any:
    """Return what a JSON body says; amounts exactly. Raises ValueError for what is no JSON."""
    try:
        return _loads(body)
    except UnicodeDecodeError:
        return _loads(body.decode("cp1252", "replace"))
    except RecursionError:
        raise ValueError("too deep") from None


def _loads(body: bytes | str) -> Any:
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=lambda _name: None)
    except RecursionError:
        raise ValueError("too deep") from None


def inside(content: Any, envelopes: Iterable[str]) -> dict[str, Any] | None:
    """Return the object in the first of these envelopes; "" is the content itself."""
    if not isinstance(content, dict):
        return None
    plain = {_name(key): value for key, value in content.items()}
    for envelope in envelopes:
        if not envelope:
            return content
        for row in _rows(plain.get(_name(envelope))):
            if isinstance(row, dict):
                return row
    return None


def text_in(answer: Mapping[str, Any], name: str) -> str:
    """Return one text of an answer, "" where it says nothing."""
    return Said(answer, set()).text(_name(name))


def part(answer: Mapping[str, Any], name: str) -> Said:
    """Return one part of an answer. Raises ValueError where it says nothing."""
    found = Said(answer, set()).entries(_name(name))
    if not found:
        raise ValueError(name)
    return found[0]


def nib_in_bytes(body: bytes) -> str:
    """Return the NIB in a body that is no JSON as a whole: cut off, or too long to be read."""
    found = _NIB_IN_TEXT.search(body)
    return as_nib(found.group(1).decode("ascii")) if found else ""


def same(data: Said, name: str, asked: str) -> None:
    """An answer about something else than was asked is no answer; one that does not say may be."""
    found = data.text(name)
    if found and found != asked and (name != "nib" or as_nib(found) != asked):
        raise ValueError(name)


def as_nib(written: str) -> str:
    """Return the thirteen digits of a NIB; as a number it has lost the zeros in front."""
    digits = re.sub(r"[ .\-]", "", written)
    if not re.fullmatch(r"[0-9]{1,13}", digits):
        return ""
    return digits.zfill(NIB_DIGITS) if len(digits) >= NIB_DIGITS - 5 else ""


def as_kbli(written: str) -> str:
    """Return an activity code of five digits; as a number 01131 comes as 1131."""
    digits = re.sub(r"[ .]", "", written)
    if not re.fullmatch(r"[0-9]{4,5}", digits):
        return ""
    return digits.zfill(_KBLI_DIGITS)


def as_area(written: str) -> str:
    """Return an area code without dots, of ten digits; a wider area ends in zeros."""
    digits = re.sub(r"[ .]", "", written)
    if not re.fullmatch(r"[0-9]{2,10}", digits) or not int(digits):
        return ""
    return digits.ljust(10, "0")


def _name(name: object) -> str:
    return str(name).strip().lower()


def _as_text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, Decimal | float):
        if not value.is_integer() if isinstance(value, float) else value != value.to_integral():
            return str(value)
        return str(int(value))
    if not isinstance(value, str | int):
        return ""
    # Text that no database takes (a zero byte, half of a pair) is not worth a whole notice.
    text = str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return "" if text.lower() in _NOTHING else text


def _says_nothing(value: object) -> bool:
    """A dummy: empty, or a row of "-" and 0 that stands for “none”."""
    if isinstance(value, dict):
        return all(_says_nothing(each) for each in value.values())
    if isinstance(value, list):
        return all(_says_nothing(each) for each in value)
    return _as_text(value) in ("", "0")


def _rows(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        is_map = bool(value) and all(str(key).strip().isdigit() for key in value)
        return list(value.values()) if is_map else [value]
    return [] if value is None else [value]


def _day(text: str) -> date | None:
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return (moment.astimezone(WIB) if moment.tzinfo else moment).date()
    first = text.split()[0]
    for form in _DATES:
        try:
            return datetime.strptime(first, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _amount(text: str) -> int | None:
    plain = text.replace(" ", "").removeprefix("Rp")
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{1,2})?", plain):  # as people write it
        plain = plain.replace(".", "").replace(",", ".")
    try:
        return int(Decimal(plain))
    except (InvalidOperation, ValueError, OverflowError):
        return None
