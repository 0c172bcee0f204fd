"""Reference facts (data rujukan): dated releases and their rows. An old release can stay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import AreaKind, HolidayKind
from app.extensions import Model
from app.models.columns import Moment, Named


def _release() -> Mapped[Any]:
    return mapped_column(ForeignKey("reference_release.id", ondelete="CASCADE"), primary_key=True)


class ReferenceRelease(Model):
    """One dated set of facts of one kind, with its source. `current` is the one in use."""

    __tablename__ = "reference_release"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    edition: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    trust: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    current: Mapped[bool]

    __table_args__ = (Index(None, "kind", "edition"),)


class KbliCode(Model):
    """Kelompok: one five-digit activity code of one edition."""

    __tablename__ = "kbli_code"

    release_id: Mapped[str] = _release()
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    year: Mapped[int]
    title_id: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(1))

    __table_args__ = (Index(None, "year", "code"),)


class KbliWords(Model):
    """Our own plain words for one code. words: what people type, a list in lower case."""

    __tablename__ = "kbli_words"

    release_id: Mapped[str] = _release()
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    year: Mapped[int]
    name_en: Mapped[str] = mapped_column(Text)
    plain_id: Mapped[str] = mapped_column(Text)
    plain_en: Mapped[str] = mapped_column(Text)
    words: Mapped[list[str]] = mapped_column(JSON)

    __table_args__ = (Index(None, "year", "code"),)


class KbliLevel(Model):
    """Kategori, golongan pokok, golongan or subgolongan: what stands above the codes."""

    __tablename__ = "kbli_level"

    release_id: Mapped[str] = _release()
    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    year: Mapped[int]
    title_id: Mapped[str] = mapped_column(Text)
    parent: Mapped[str | None] = mapped_column(String(3))

    __table_args__ = (
        ForeignKeyConstraint(
            ["release_id", "parent"], ["kbli_level.release_id", "kbli_level.code"]
        ),
        Index(None, "release_id", "parent"),
        Index(None, "year", "code"),
    )


class KbliLevelName(Model):
    """Our English name for one level."""

    __tablename__ = "kbli_level_name"

    release_id: Mapped[str] = _release()
    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    year: Mapped[int]
    name_en: Mapped[str] = mapped_column(Text)


class KbliCorrespondence(Model):
    """One edge 2020 -> 2025. code_2025 is "" where no successor is known."""

    __tablename__ = "kbli_correspondence"

    release_id: Mapped[str] = _release()
    code_2020: Mapped[str] = mapped_column(String(5), primary_key=True, index=True)
    code_2025: Mapped[str] = mapped_column(String(5), primary_key=True, index=True)
    relation: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(String(32))


class RiskFact(Model):
    """Risk of one code, scope and size, with what is known beside it (see RiskRow).

    authority: list of [condition, authority]. The other lists hold short Indonesian terms.
    """

    __tablename__ = "risk_fact"

    release_id: Mapped[str] = _release()
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    scope_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[BusinessSize] = mapped_column(Named(BusinessSize, 8), primary_key=True)
    year: Mapped[int]
    scope: Mapped[str] = mapped_column(Text)
    scope_count: Mapped[int]
    risk: Mapped[RiskLevel] = mapped_column(Named(RiskLevel, 2))
    details_known: Mapped[bool]
    authority: Mapped[list[list[str]]] = mapped_column(JSON)
    authority_complete: Mapped[bool]
    days: Mapped[int | None]
    days_unit: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    requirements: Mapped[list[str]] = mapped_column(JSON)
    duties: Mapped[list[str]] = mapped_column(JSON)
    supporting_licences: Mapped[list[str]] = mapped_column(JSON)
    unread: Mapped[list[str]] = mapped_column(JSON)
    notes: Mapped[list[str]] = mapped_column(JSON)

    __table_args__ = (
        CheckConstraint("risk IN ('R', 'MR', 'MT', 'T')", name="risk"),
        CheckConstraint("size IN ('mikro', 'kecil', 'menengah', 'besar')", name="size"),
        CheckConstraint("scope_no >= 1 AND scope_count >= 1", name="scope"),
        CheckConstraint("days IS NULL OR days >= 0", name="days"),
        Index(None, "year", "code"),
    )


class Area(Model):
    """Province, regency, district or village by its Kemendagri code without dots."""

    __tablename__ = "area"

    release_id: Mapped[str] = _release()
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[AreaKind] = mapped_column(Named(AreaKind, 8))
    name: Mapped[str] = mapped_column(String(100))
    parent: Mapped[str | None] = mapped_column(String(6))
    old_code: Mapped[str] = mapped_column(String(10))
    village_type: Mapped[str] = mapped_column(String(9))
    postal_hint: Mapped[str] = mapped_column(String(5))

    __table_args__ = (
        ForeignKeyConstraint(["release_id", "parent"], ["area.release_id", "area.code"]),
        CheckConstraint("kind IN ('province', 'regency', 'district', 'village')", name="kind"),
        Index(None, "release_id", "parent"),
    )


class NikPrefix(Model):
    """First four digits of a NIK, today's and those before 2022, and the regency of today."""

    __tablename__ = "nik_prefix"

    release_id: Mapped[str] = _release()
    prefix: Mapped[str] = mapped_column(String(4), primary_key=True)
    regency: Mapped[str] = mapped_column(String(4))
    status: Mapped[str] = mapped_column(String(8))


class Holiday(Model):
    """A free day that the calendar library lacks, or (kind workday) one that it has by mistake."""

    __tablename__ = "holiday"

    release_id: Mapped[str] = _release()
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[HolidayKind] = mapped_column(Named(HolidayKind, 10))
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("kind IN ('national', 'collective', 'local', 'workday')", name="kind"),
    )


__all__ = [
    "Area",
    "Holiday",
    "KbliCode",
    "KbliCorrespondence",
    "KbliLevel",
    "KbliLevelName",
    "KbliWords",
    "NikPrefix",
    "ReferenceRelease",
    "RiskFact",
]
