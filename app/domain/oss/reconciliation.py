"""What OSS says of a business beside what the person told us: where the two differ, and who mends.

OSS holds what counts (PP 28/2025, Pasal 4(4)-(5)). A difference is shown and never settled here by
writing over what the person said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel


class Discrepancy(StrEnum):
    """What differs."""

    NOT_AT_OSS = "not_at_oss"  # an activity that we hold and OSS does not
    NOT_HERE = "not_here"  # an activity that OSS holds and we do not
    SIZE = "size"
    RISK = "risk"
    PLACE = "place"
    ENTITY_NAME = "entity_name"
    ENTITY_NPWP = "entity_npwp"


class Mender(StrEnum):
    """Who can put a difference right."""

    PERSON = "person"  # in their own account at oss.go.id
    OFFICE = "office"  # our front desk looks into it first
    REGISTRY = "registry"  # where the entity is registered (AHU and others), or the tax office


_MENDERS = {
    Discrepancy.NOT_AT_OSS: Mender.PERSON,
    Discrepancy.NOT_HERE: Mender.PERSON,
    Discrepancy.SIZE: Mender.PERSON,
    Discrepancy.RISK: Mender.OFFICE,  # the law's tables, on one side or the other
    Discrepancy.PLACE: Mender.PERSON,
    Discrepancy.ENTITY_NAME: Mender.REGISTRY,  # OSS takes both from there (Pasal 204)
    Discrepancy.ENTITY_NPWP: Mender.REGISTRY,
}


def who_mends(what: Discrepancy) -> Mender:
    """Return who can put this difference right."""
    return _MENDERS[what]


@dataclass(frozen=True, slots=True)
class HeldActivity:
    """One activity, as one side holds it.

    code: the activity code as that side says it. codes: all that it may be in the edition in which
        the two sides are compared, itself included if it is of that edition.
    size, risk: None where that side does not say. area_codes: 10 digits each, or none.
    """

    code: str
    codes: frozenset[str]
    size: BusinessSize | None = None
    risk: RiskLevel | None = None
    area_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What one side holds of a business. entity_*: "" where it has none or does not say."""

    activities: tuple[HeldActivity, ...]
    entity_name: str = field(default="", repr=False)
    entity_npwp: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. subject: the activity code it is about, "" for the business itself.

    ours, theirs: a code, a size or risk, an area code, a name or number; "" where a side has none.
    """

    what: Discrepancy
    subject: str
    ours: str = field(repr=False)
    theirs: str = field(repr=False)


def compare(ours: Held, theirs: Held) -> tuple[Difference, ...]:
    """Return where the two sides differ: activities in our order, then those of OSS, then names.

    What a side does not say is no difference.
    """
    left = list(theirs.activities)
    differences: list[Difference] = []
    for activity in ours.activities:
        other = _partner(activity, left)
        if other is None:
            differences.append(Difference(Discrepancy.NOT_AT_OSS, activity.code, activity.code, ""))
            continue
        left.remove(other)
        differences += _compare_activity(activity, other)
    differences += [Difference(Discrepancy.NOT_HERE, each.code, "", each.code) for each in left]
    for what, one, two, plain in (
        (Discrepancy.ENTITY_NAME, ours.entity_name, theirs.entity_name, _plain_name),
        (Discrepancy.ENTITY_NPWP, ours.entity_npwp, theirs.entity_npwp, _plain_npwp),
    ):
        if one and two and plain(one) != plain(two):
            differences.append(Difference(what, "", one, two))
    return tuple(differences)


def _partner(activity: HeldActivity, others: Sequence[HeldActivity]) -> HeldActivity | None:
    """Return the other side's same activity; of several places the one that fits best."""
    same = [other for other in others if activity.codes & other.codes]
    at_the_place = [other for other in same if _same_place(activity, other)]
    return next(iter(at_the_place or same), None)


def _compare_activity(ours: HeldActivity, theirs: HeldActivity) -> list[Difference]:
    found = []
    if ours.size and theirs.size and ours.size is not theirs.size:
        found.append(Difference(Discrepancy.SIZE, ours.code, ours.size, theirs.size))
    if ours.risk and theirs.risk and ours.risk is not theirs.risk:
        found.append(Difference(Discrepancy.RISK, ours.code, ours.risk, theirs.risk))
    if not _same_place(ours, theirs):
        found.append(
            Difference(Discrepancy.PLACE, ours.code, ours.area_codes[0], theirs.area_codes[0])
        )
    return found


def _same_place(ours: HeldActivity, theirs: HeldActivity) -> bool:
    """Return whether a place is the same, or one lies inside the other, or a side names none."""
    if not ours.area_codes or not theirs.area_codes:
        return True
    return any(
        _inside(one, other) or _inside(other, one)
        for one in ours.area_codes
        for other in theirs.area_codes
    )


def _inside(code: str, wider: str) -> bool:
    """Codes of wider areas end in zeros: province 2, regency 4, district 6, village 10 digits."""
    for length, zeros in ((2, "0" * 8), (4, "0" * 6), (6, "0" * 4)):
        if wider[length:] == zeros:
            return code[:length] == wider[:length]
    return code == wider


# OSS keeps the kind of an entity apart from its name; people write the two together.
_KIND = re.compile(
    r"^(?:PT|CV|FA|FIRMA|KOPERASI|KOP|YAYASAN|BUM ?DES(?:A|MA)?|BUM ?KAM(?:PUNG)?)\s+"
)


def _plain_name(name: str) -> str:
    letters = re.sub(r"[^\w\s]", " ", name.upper().replace(".", ""))
    return _KIND.sub("", " ".join(letters.split()))


def _plain_npwp(number: str) -> str:
    """The old 15 digits and the present 16 are the same number, with a zero in front."""
    return re.sub(r"\D", "", number).rjust(16, "0")
