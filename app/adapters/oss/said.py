"""Taking apart what OSS sends: rows, texts, days and amounts, however they are written."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

from app.domain.oss.nib import NIB_DIGITS

CODE_AT_MOST = 10  # letters of a code that are kept
ID_AT_MOST = 40
WIB = timezone(timedelta(hours=7))
_NOTHING = re.compile(r"[\s\-\u2010-\u2015/._]*|null|undefined|n/a", re.IGNORECASE)
_DIGITS_AT_MOST = 40  # of a number; 1e999999999 would fill the memory
_DEEP_AT_MOST = 20
_FIRST_YEAR = 1945  # programs write 0001 or 1900 for a day that they do not have
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
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            if isinstance(value, dict | list):
                if not _says_nothing(value):
                    self.unread.add(name)
                continue
            found = _as_text(value)
            if found:
                return found
        return ""

    def is_list(self, name: str) -> bool:
        """Return whether a field holds rows, or an object."""
        return isinstance(self._content.get(name), dict | list)

    def words(self, *names: str) -> str:
        """Return a text for people, without the escapes of HTML that some senders leave in."""
        return " ".join(unescape(self.text(*names)).split())

    def identifier(self, name: str) -> str:
        """Return a number that OSS gave something, of at most 40 letters; "" for one of zeros."""
        found = self.text(name)
        if not found.strip("0"):
            return ""
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
        return day if day is None or day.year >= _FIRST_YEAR else None

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
    content = _loads(as_letters(body))
    return _loads(content) if isinstance(content, str) else content


def as_letters(body: bytes) -> str:
    """Return a body as text: in UTF-8, 16 or 32 as JSON may come, else as Windows writes it."""
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _loads(body: str) -> Any:
    try:
        # A line break inside a text is no JSON, and no reason to lose all the rest.
        return json.loads(
            body, strict=False, parse_float=Decimal, parse_constant=lambda _name: None
        )
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
        rows = [row for row in _rows(plain.get(_name(envelope))) if isinstance(row, dict)]
        if rows:
            return next((row for row in rows if not _says_nothing(row)), rows[0])
    return None


def told(content: Any, envelope: str) -> dict[str, Any] | None:
    """Return what a notice is about: in its envelope, in a further one, or without any."""
    for outer in _rows(content):
        found = inside(outer, (envelope,))
        if found is not None:
            return found
        for inner in outer.values() if isinstance(outer, dict) else ():
            if (found := inside(inner, (envelope,))) is not None:
                return found
        if isinstance(outer, dict) and "nib" in {_name(key) for key in outer}:
            return outer
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
    digits = re.sub(r"^NIB|[ .:\-]", "", unicodedata.normalize("NFKC", written).upper())
    if not re.fullmatch(r"[0-9]{1,13}", digits):
        return ""
    return digits.zfill(NIB_DIGITS) if len(digits) >= NIB_DIGITS - 5 else ""


def as_kbli(written: str) -> str:
    """Return an activity code of five digits; as a number 01131 comes as 1131."""
    digits = re.sub(r"[ .]", "", written)
    if not re.fullmatch(r"[1-9][0-9]{3}|[0-9]{5}", digits):
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
    if isinstance(value, Decimal):
        is_whole = value.is_finite() and value == value.to_integral()
        return str(int(value) if is_whole and value.adjusted() < _DIGITS_AT_MOST else value)
    if not isinstance(value, str | int):
        return ""
    # Text that no database takes (a zero byte, half of a pair) is not worth a whole notice.
    text = str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return "" if _NOTHING.fullmatch(text) else text


def unless_zeros(number: str) -> str:
    """Return a number that OSS gave something; "" for one of zeros alone, which stands for none."""
    return number if re.sub(r"[0 .\-]", "", number) else ""


def _says_nothing(value: object, depth: int = 0) -> bool:
    """Return whether this is a dummy: empty, or a row of "-" and 0 that stands for “none”."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth < _DEEP_AT_MOST and all(_says_nothing(each, depth + 1) for each in inner)
    return _as_text(value) in ("", "0")


def _rows(value: object) -> list[Any]:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = _loads(value)
        except ValueError:
            return [value]
    if isinstance(value, list):
        return [row for each in value for row in (each if isinstance(each, list) else [each])]
    if isinstance(value, dict):
        is_map = bool(value) and all(str(key).strip().isdigit() for key in value)
        return list(value.values()) if is_map else [value]
    return [] if value is None else [value]


def _day(text: str) -> date | None:
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text)
            return (moment.astimezone(WIB) if moment.tzinfo else moment).date()
        except (ValueError, OverflowError):
            return None
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
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    fits = amount.is_finite() and amount.adjusted() < _DIGITS_AT_MOST
    return int(amount) if fits else None
