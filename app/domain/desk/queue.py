"""Pekerjaan saya: what waits for the office, in which order, and why somebody gives it back.

One list for all kinds. What has a day on which OSS may decide by itself comes by the earlier of the
two clocks (app/domain/licence/clock.py); the rest after it, the oldest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.desk.roles import Permission, StaffRole, may_at_all
from app.domain.oss.codes import LicenceStatus

_NO_DAY_KNOWN = timedelta(days=365 * 20)
"""What has no day comes after all that has one, in the order in which it came."""


class WorkKind(StrEnum):
    """Which work it is."""

    LICENCE = "izin"  # a licence to verify
    MENDED = "perbaikan"  # the person has mended what was given back
    DECISION = "putusan"  # verified: somebody else decides
    NIK = "nik"  # a NIK to compare, or a case that only an officer may handle
    NOTICE = "kabar_oss"  # OSS told something that belongs to nobody here


NEEDS: Mapping[WorkKind, Permission] = {
    WorkKind.LICENCE: Permission.VERIFY,
    WorkKind.MENDED: Permission.VERIFY,
    WorkKind.DECISION: Permission.DECIDE,
    WorkKind.NIK: Permission.CHECK_NIK,
    WorkKind.NOTICE: Permission.MATCH_NOTICES,
}
"""Which permission takes a kind of work."""


class WhyBack(StrEnum):
    """Why somebody gives work back that they had taken."""

    AWAY = "pergi"
    NOT_SURE = "tidak_yakin"
    KNOW_THEM = "kenal"
    BY_MISTAKE = "salah_ambil"


class Whose(StrEnum):
    """Whose work a list shows."""

    ALL = "semua"
    MINE = "saya"
    FREE = "bebas"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ends: the key of its last row, by which the next one begins."""

    sort_on: date
    id: int

    def __str__(self) -> str:
        return f"{self.sort_on:%Y%m%d}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Return the place that an address names; None where it names none."""
        day, _, number = text.partition(".")
        if not (day.isascii() and day.isdigit() and len(day) == 8):
            return None
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        try:
            return cls(date(int(day[:4]), int(day[4:6]), int(day[6:])), int(number))
        except ValueError:
            return None


def kinds_for(role: StaffRole) -> frozenset[WorkKind]:
    """Return the kinds of work that a role may take."""
    return frozenset(kind for kind, needed in NEEDS.items() if may_at_all(role, [needed]))


def kind_of(status: LicenceStatus) -> WorkKind:
    """Return which work a licence is that waits for the office."""
    if status in {LicenceStatus.CLARIFIED, LicenceStatus.RECLARIFIED}:
        return WorkKind.MENDED
    return WorkKind.DECISION if status is LicenceStatus.VALIDATION else WorkKind.LICENCE


def sort_day(due_on: date | None, opened_on: date) -> date:
    """Return the day by which work is put in order."""
    return due_on or opened_on + _NO_DAY_KNOWN
