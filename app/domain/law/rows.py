"""Shapes of the reference facts that the rules read. The rows come from app/reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel


@dataclass(frozen=True, slots=True)
class KbliEntry:
    """One five-digit activity code (KBLI) of one edition.

    year: edition, 2020 or 2025. The same number can mean something else in the other edition.
    name_en, plain_id, plain_en: our own words; None where nobody wrote them yet.
    words: what people type when they mean this code, lower case.
    """

    year: int
    code: str
    title_id: str
    category: str
    name_en: str | None = None
    plain_id: str | None = None
    plain_en: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorityRule:
    """Who decides (kewenangan), and in which case. condition is "" when it covers every case."""

    condition: str
    authority: str


class RiskNote(StrEnum):
    """What must be said beside a risk row, because the source leaves a doubt."""

    CONFIRM = "confirm"  # OSS itself waits for the rules of the ministry
    ASK_SCOPE = "ask-scope"  # the labels do not tell the scopes apart, or do not name the trade
    OTHER_SCOPES_CLOSED = "other-scopes-closed"  # only the scopes listed are offered
    LICENCE_DOUBTFUL = "licence-doubtful"  # the licence shown does not fit the activity or risk
    SOURCES_DIFFER = "sources-differ"  # another regulation names another risk
    AUTHORITY_OVERLAP = "authority-overlap"  # two offices are named for the same case
    COMPANY_WITH_SBU = "company-with-sbu"  # for a construction company with an SBU alone
    LOOKS_LIKE_SLIP = "looks-like-slip"  # what OSS shows for this size fits none of its neighbours


class Unread(StrEnum):
    """A list that the page shows and that was not read to its end."""

    REQUIREMENTS = "requirements"
    DUTIES = "duties"
    SUPPORTING_LICENCES = "supporting_licences"


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Risk of one code, scope (ruang lingkup) and size, with what is known beside it.

    scope_no: 1..n inside the code; scope: its label, "" when one scope covers the whole code (or
    when its words could not be read: then notes has ASK_SCOPE). A code with a single scope can
    still have a label: then the risk holds for that part of the code only.
    scope_count: how many scopes of OSS the row stands for; they share the risk.
    authority: empty tuple = not known. days: working days (Hari) unless days_unit says otherwise,
    None = not known or automatic. source and as_of name where and when the row was read.
    details_known: the page was read for this very scope and size. When False everything but the
    risk is unknown; when True an empty list means that the page names none, unless it is unread.
    authority_complete: False when the list of authorities was not read to its end, or not at all.
    licence: the name on the page, "" = none named.
    """

    code: str
    year: int
    scope_no: int
    scope: str
    size: BusinessSize
    risk: RiskLevel
    authority: tuple[AuthorityRule, ...]
    days: int | None
    days_unit: str
    requirements: tuple[str, ...]
    duties: tuple[str, ...]
    supporting_licences: tuple[str, ...]
    source: str
    as_of: date
    details_known: bool = False
    authority_complete: bool = True
    licence: str = ""
    unread: tuple[Unread, ...] = ()
    notes: tuple[RiskNote, ...] = ()
    scope_count: int = 1


@dataclass(frozen=True, slots=True)
class KbliLevelEntry:
    """One step of the KBLI hierarchy.

    level: 1 kategori (letter), 2 golongan pokok, 3 golongan, 4 subgolongan, 5 kelompok.
    parent: code one level up, None for a category. name_en: our own words, None where missing.
    """

    year: int
    code: str
    level: int
    title_id: str
    name_en: str | None
    parent: str | None


@dataclass(frozen=True, slots=True)
class KbliStep:
    """One edge of the correspondence KBLI 2020 -> 2025.

    relation: "1:1", "1:N", "N:1" or "N:N". method: how the edge is known; "manual_inferred" and
    "guess_within_prefix" are nobody's official word.
    """

    code_2020: str
    code_2025: str
    relation: str
    method: str


class AreaKind(StrEnum):
    """Level of an area (wilayah administrasi)."""

    PROVINCE = "province"
    REGENCY = "regency"
    DISTRICT = "district"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """One area by its Kemendagri code without dots: 2, 4, 6 or 10 digits.

    parent: code one level up, None for a province. old_code: code before 2022, "" if unchanged.
    village_type: "kampung" or "kelurahan" for a village, else "". postal_hint: five digits for
    some districts, a hint only.
    """

    code: str
    kind: AreaKind
    name: str
    parent: str | None
    old_code: str = ""
    village_type: str = ""
    postal_hint: str = ""


class HolidayKind(StrEnum):
    """Why a day is free, or (WORKDAY) why it is not although the library says so.

    LOCAL and CLOSED are free for the office here alone: a regional day, and a day on which its
    door was shut (a blockade, a flood, no power). OSS goes on counting on them.
    """

    NATIONAL = "national"
    COLLECTIVE = "collective"
    LOCAL = "local"
    CLOSED = "closed"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True)
class HolidayEntry:
    """One day on which the office is closed, with its name in both languages."""

    day: date
    kind: HolidayKind
    name_id: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """Where facts come from. edition: "2020" or "2025" where a kind has editions, else ""."""

    id: str
    kind: str
    edition: str
    title: str
    as_of: date
    source: str
    licence: str
    trust: str
