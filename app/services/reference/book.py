"""The reference book: all current facts in memory, for reading only.

One per process (about 7 MB with everything loaded, built in well under a second) and shared by
its threads. get_book() looks at most once a minute whether other releases have become current.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeVar

from holidays import country_holidays
from sqlalchemy import Table, select

from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_NOW
from app.domain.law.rows import (
    AreaEntry,
    AuthorityRule,
    HolidayEntry,
    HolidayKind,
    KbliEntry,
    KbliLevelEntry,
    KbliStep,
    ReleaseInfo,
    RiskNote,
    RiskRow,
    Unread,
)
from app.domain.law.sorong import KABUPATEN_SORONG, KOTA_SORONG
from app.extensions import db
from app.models.reference import (
    Area,
    Holiday,
    KbliCode,
    KbliCorrespondence,
    KbliLevel,
    KbliLevelName,
    KbliWords,
    NikPrefix,
    ReferenceRelease,
    RiskFact,
)

_SORONG: Final = (KABUPATEN_SORONG, KOTA_SORONG)
LOOK_AGAIN_AFTER_SECONDS: Final = 60.0
BOOKS_KEPT: Final = 2

# Release ids and checksums: equal fingerprints mean equal facts.
Fingerprint = tuple[tuple[str, str], ...]
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ReferenceBook:
    """Every current fact. Codes are text; what is not known is None or an empty tuple."""

    fingerprint: Fingerprint
    releases: tuple[ReleaseInfo, ...]
    nik_prefixes: frozenset[str]
    _kbli: Mapping[int, Mapping[str, KbliEntry]]
    _levels: Mapping[int, Mapping[str, KbliLevelEntry]]
    _children: Mapping[tuple[int, str], tuple[KbliLevelEntry, ...]]
    _risk: Mapping[tuple[int, str], tuple[RiskRow, ...]]
    _successors: Mapping[str, tuple[KbliStep, ...]]
    _predecessors: Mapping[str, tuple[KbliStep, ...]]
    _areas: Mapping[str, AreaEntry]
    _areas_in: Mapping[str, tuple[AreaEntry, ...]]
    _own_days: tuple[HolidayEntry, ...]

    # --- releases ---

    def release(self, kind: str, edition: str = "") -> ReleaseInfo | None:
        """The current release of a kind ("risk", "kbli", …) and edition."""
        for info in self.releases:
            if (info.kind, info.edition) == (kind, edition):
                return info
        return None

    # --- KBLI ---

    def kbli(self, year: int, code: str) -> KbliEntry | None:
        """One five-digit code of an edition, None if there is no such code."""
        return self._kbli.get(year, {}).get(code)

    def all_kbli(self, year: int) -> tuple[KbliEntry, ...]:
        """All codes of an edition, by number."""
        return tuple(self._kbli.get(year, {}).values())

    def level(self, year: int, code: str) -> KbliLevelEntry | None:
        """One step of the hierarchy: a category letter or two to four digits."""
        return self._levels.get(year, {}).get(code)

    def levels(self, year: int) -> tuple[KbliLevelEntry, ...]:
        """Levels 1 to 4 of an edition: categories first, then two, three and four digits."""
        return tuple(self._levels.get(year, {}).values())

    def categories(self, year: int) -> tuple[KbliLevelEntry, ...]:
        """The lettered categories (kategori)."""
        return tuple(entry for entry in self.levels(year) if entry.level == 1)

    def children(self, year: int, level_code: str) -> tuple[KbliLevelEntry, ...]:
        """What stands directly under a level; under four digits, the five-digit codes."""
        return self._children.get((year, level_code), ())

    def ancestors(self, year: int, code: str) -> tuple[KbliLevelEntry, ...]:
        """What stands above a code or level, category first."""
        found: list[KbliLevelEntry] = []
        above = self.level(year, code[:-1] if len(code) > 2 else code)
        if above is not None and above.code == code:
            above = self.level(year, above.parent) if above.parent else None
        while above is not None:
            found.append(above)
            above = self.level(year, above.parent) if above.parent else None
        return tuple(reversed(found))

    def successors(self, code_2020: str) -> tuple[KbliStep, ...]:
        """Steps from a KBLI 2020 code to 2025; empty = none known."""
        return self._successors.get(code_2020, ())

    def predecessors(self, code_2025: str) -> tuple[KbliStep, ...]:
        """Steps that lead to a KBLI 2025 code; empty = none known."""
        return self._predecessors.get(code_2025, ())

    # --- risk ---

    def risk_rows(self, code: str, year: int = KBLI_NOW) -> tuple[RiskRow, ...]:
        """All risk rows of a code, by scope and size; empty = risk not known."""
        return self._risk.get((year, code), ())

    def scopes(self, code: str, size: BusinessSize, year: int = KBLI_NOW) -> tuple[RiskRow, ...]:
        """One row for each scope that is offered to this size; more than one = ask which."""
        return tuple(row for row in self.risk_rows(code, year) if row.size is size)

    def has_risk(self, code: str, year: int = KBLI_NOW) -> bool:
        """Return whether anything is known about the risk of a code."""
        return (year, code) in self._risk

    # --- areas ---

    def area(self, code: str) -> AreaEntry | None:
        """An area by its code of 2, 4, 6 or 10 digits, dots allowed."""
        return self._areas.get(code.replace(".", ""))

    def provinces(self) -> tuple[AreaEntry, ...]:
        """All provinces, by code."""
        return self._areas_in.get("", ())

    def regencies(self, province: str) -> tuple[AreaEntry, ...]:
        """Regencies and cities of a province, by code."""
        return self._areas_in.get(province, ())

    def districts(self, regency: str | None = None) -> tuple[AreaEntry, ...]:
        """Districts (distrik) of one regency, or of Kabupaten Sorong and then Kota Sorong."""
        wanted = _SORONG if regency is None else (regency.replace(".", ""),)
        return tuple(entry for code in wanted for entry in self._areas_in.get(code, ()))

    def villages(self, district_code: str) -> tuple[AreaEntry, ...]:
        """Kampung and kelurahan of a district, by code."""
        return self._areas_in.get(district_code.replace(".", ""), ())

    # --- days ---

    def holidays(self, first_year: int, last_year: int | None = None) -> frozenset[date]:
        """Days on which the office is closed beside weekends, both years included."""
        return frozenset(entry.day for entry in self._free_days(first_year, last_year))

    def national_holidays(self, first_year: int, last_year: int | None = None) -> frozenset[date]:
        """Those of them that the central government sets: OSS counts by no others."""
        return frozenset(
            entry.day
            for entry in self._free_days(first_year, last_year)
            if entry.kind not in {HolidayKind.LOCAL, HolidayKind.CLOSED}
        )

    def _free_days(self, first_year: int, last_year: int | None) -> Iterator[HolidayEntry]:
        for year in range(first_year, (first_year if last_year is None else last_year) + 1):
            yield from self.holiday_list(year)

    def holiday_list(self, year: int) -> tuple[HolidayEntry, ...]:
        """The free days of a year with their names; our own table wins over the library.

        A day of the office alone does not hide a national or collective one, the safer reason.
        """
        days = {entry.day: entry for entry in _library_days(year)}
        for entry in self._own_days:
            if entry.day.year != year:
                continue
            if entry.kind is HolidayKind.WORKDAY:
                days.pop(entry.day, None)
            elif entry.kind in {HolidayKind.LOCAL, HolidayKind.CLOSED}:
                days.setdefault(entry.day, entry)
            else:
                days[entry.day] = entry
        return tuple(days[day] for day in sorted(days))


@lru_cache(maxsize=16)
def _library_days(year: int) -> tuple[HolidayEntry, ...]:
    """National and collective days of the holidays library. A national day wins."""
    found: dict[date, HolidayEntry] = {}
    for category, kind in (
        ("government", HolidayKind.COLLECTIVE),
        ("public", HolidayKind.NATIONAL),
    ):
        names_id = country_holidays("ID", years=year, categories=(category,), language="id")
        names_en = country_holidays("ID", years=year, categories=(category,), language="en_US")
        for day, name in names_id.items():
            found[day] = HolidayEntry(day, kind, name, names_en.get(day, name))
    return tuple(found.values())


# --- the cache ------------------------------------------------------------------------------------


_lock = threading.Lock()
_books: dict[Fingerprint, ReferenceBook] = {}
_in_use: tuple[float, ReferenceBook] | None = None


def get_book() -> ReferenceBook:
    """Return the book of the current releases; needs an application context."""
    global _in_use
    held = _in_use
    if held is not None and time.monotonic() - held[0] < LOOK_AGAIN_AFTER_SECONDS:
        return held[1]
    with _lock:
        releases = _current_releases()
        fingerprint = tuple((release["id"], release["sha256"]) for release in releases)
        book = _books.pop(fingerprint, None) or _build(fingerprint, releases)
        _books[fingerprint] = book  # last in, so that the oldest goes first
        while len(_books) > BOOKS_KEPT:
            del _books[next(iter(_books))]
        # An empty database is about to be filled: look again next time.
        _in_use = (time.monotonic(), book) if fingerprint else None
        return book


def reset_book() -> None:
    """Look again on the next call. Call it after a load, and after undoing one."""
    global _in_use
    _in_use = None


# --- building -------------------------------------------------------------------------------------


def _rows(model: Any, release_ids: Iterable[str], *order: str) -> list[Mapping[str, Any]]:
    """Plain rows of one table that belong to these releases."""
    table: Table = model.__table__
    query = select(table).where(table.c.release_id.in_(list(release_ids)))
    query = query.order_by(*(table.c[name] for name in order))
    return [dict(row) for row in db.session.execute(query).mappings()]


def _current_releases() -> list[Mapping[str, Any]]:
    table = ReferenceRelease.__table__
    query = select(table).where(table.c.current).order_by(table.c.id)
    return [dict(row) for row in db.session.execute(query).mappings()]


class _Pool:
    """Keeps one copy of equal values: many rows carry the same lists."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def one(self, value: T) -> T:
        """The copy to use for a value."""
        kept: T = self._kept.setdefault(value, value)
        return kept

    def texts(self, values: Iterable[str]) -> tuple[str, ...]:
        """A shared tuple of shared texts."""
        return self.one(tuple(self.one(value) for value in values))


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, tuple[Any, ...]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return MappingProxyType({key: tuple(values) for key, values in groups.items()})


def _build(fingerprint: Fingerprint, releases: list[Mapping[str, Any]]) -> ReferenceBook:
    """Read everything that belongs to the current releases."""
    infos = tuple(
        ReleaseInfo(
            **{
                key: row[key]
                for key in (
                    "id",
                    "kind",
                    "edition",
                    "title",
                    "as_of",
                    "source",
                    "licence",
                    "trust",
                )
            }
        )
        for row in releases
    )
    ids = [info.id for info in infos]
    pool = _Pool()
    kbli = _build_kbli(ids, pool)
    levels = _build_levels(ids)
    steps = [
        KbliStep(row["code_2020"], row["code_2025"], row["relation"], pool.one(row["method"]))
        for row in _rows(KbliCorrespondence, ids, "code_2020", "code_2025")
        if row["code_2025"]
    ]
    areas = {
        row["code"]: AreaEntry(
            code=row["code"],
            kind=row["kind"],
            name=row["name"],
            parent=row["parent"],
            old_code=row["old_code"],
            village_type=row["village_type"],
            postal_hint=row["postal_hint"],
        )
        for row in _rows(Area, ids, "code")
    }
    return ReferenceBook(
        fingerprint=fingerprint,
        releases=infos,
        nik_prefixes=frozenset(row["prefix"] for row in _rows(NikPrefix, ids, "prefix")),
        _kbli=kbli,
        _levels=levels,
        _children=_build_children(kbli, levels),
        _risk=_build_risk(ids, {info.id: info for info in infos}, pool),
        _successors=_grouped((step.code_2020, step) for step in steps),
        _predecessors=_grouped((step.code_2025, step) for step in steps),
        _areas=MappingProxyType(areas),
        _areas_in=_grouped((area.parent or "", area) for area in areas.values()),
        _own_days=tuple(
            HolidayEntry(row["day"], row["kind"], row["name_id"], row["name_en"])
            for row in _rows(Holiday, ids, "day")
        ),
    )


def _build_kbli(ids: list[str], pool: _Pool) -> Mapping[int, Mapping[str, KbliEntry]]:
    words = {(row["year"], row["code"]): row for row in _rows(KbliWords, ids, "code")}
    found: dict[int, dict[str, KbliEntry]] = defaultdict(dict)
    for row in _rows(KbliCode, ids, "year", "code"):
        own = words.get((row["year"], row["code"]))
        found[row["year"]][row["code"]] = KbliEntry(
            year=row["year"],
            code=row["code"],
            title_id=row["title_id"],
            category=pool.one(row["category"]),
            name_en=own["name_en"] if own else None,
            plain_id=own["plain_id"] if own else None,
            plain_en=own["plain_en"] if own else None,
            words=pool.texts(own["words"]) if own else (),
        )
    return MappingProxyType({year: MappingProxyType(codes) for year, codes in found.items()})


def _build_levels(ids: list[str]) -> Mapping[int, Mapping[str, KbliLevelEntry]]:
    names = {
        (row["year"], row["code"]): row["name_en"] for row in _rows(KbliLevelName, ids, "code")
    }
    found: dict[int, dict[str, KbliLevelEntry]] = defaultdict(dict)
    rows = _rows(KbliLevel, ids, "year", "code")
    for row in sorted(rows, key=lambda row: (len(row["code"]), row["code"])):
        found[row["year"]][row["code"]] = KbliLevelEntry(
            year=row["year"],
            code=row["code"],
            level=len(row["code"]),
            title_id=row["title_id"],
            name_en=names.get((row["year"], row["code"])),
            parent=row["parent"],
        )
    return MappingProxyType({year: MappingProxyType(codes) for year, codes in found.items()})


def _build_children(
    kbli: Mapping[int, Mapping[str, KbliEntry]],
    levels: Mapping[int, Mapping[str, KbliLevelEntry]],
) -> Mapping[tuple[int, str], tuple[KbliLevelEntry, ...]]:
    inner = [
        ((entry.year, entry.parent), entry)
        for by_code in levels.values()
        for entry in by_code.values()
        if entry.parent
    ]
    leaves = [
        (
            (entry.year, entry.code[:4]),
            KbliLevelEntry(
                entry.year, entry.code, 5, entry.title_id, entry.name_en, entry.code[:4]
            ),
        )
        for by_code in kbli.values()
        for entry in by_code.values()
    ]
    return _grouped([*inner, *leaves])


def _build_risk(
    ids: list[str], infos: Mapping[str, ReleaseInfo], pool: _Pool
) -> Mapping[tuple[int, str], tuple[RiskRow, ...]]:
    sizes = list(BusinessSize)
    rows = [
        RiskRow(
            code=pool.one(row["code"]),
            year=row["year"],
            scope_no=row["scope_no"],
            scope=pool.one(row["scope"]),
            size=row["size"],
            risk=row["risk"],
            authority=pool.one(
                tuple(
                    pool.one(AuthorityRule(pool.one(condition), pool.one(who)))
                    for condition, who in row["authority"]
                )
            ),
            days=row["days"],
            days_unit=pool.one(row["days_unit"]),
            requirements=pool.texts(row["requirements"]),
            duties=pool.texts(row["duties"]),
            supporting_licences=pool.texts(row["supporting_licences"]),
            source=infos[row["release_id"]].source,
            as_of=infos[row["release_id"]].as_of,
            details_known=row["details_known"],
            authority_complete=row["authority_complete"],
            licence=pool.one(row["licence"]),
            unread=pool.one(tuple(Unread(value) for value in row["unread"])),
            notes=pool.one(tuple(RiskNote(value) for value in row["notes"])),
            scope_count=row["scope_count"],
        )
        for row in _rows(RiskFact, ids, "code", "scope_no")
    ]
    rows.sort(key=lambda row: (row.code, row.scope_no, sizes.index(row.size)))
    return _grouped(((row.year, row.code), row) for row in rows)
