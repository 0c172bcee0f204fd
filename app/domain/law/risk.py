"""Risk level (tingkat risiko) and what follows from it (PP 28/2025, articles 130-133)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a conclusion comes from.

    law: the instrument, such as "PP 28/2025". article: the articles (Pasal) in it, such as
        "130, 220"; "" when the instrument is known but its articles were not read.
    confirmed: False where the source was only read second-hand, so that a page can say so.
    """

    law: str
    article: str = ""
    confirmed: bool = True


class RiskLevel(StrEnum):
    """Tingkat risiko of one activity. The values are the official short forms."""

    LOW = "R"
    MEDIUM_LOW = "MR"
    MEDIUM_HIGH = "MT"
    HIGH = "T"

    @property
    def rank(self) -> int:
        """0 for the lowest risk, 3 for the highest. The values themselves do not sort by risk."""
        return _RANKS[self]


_RANKS: dict[RiskLevel, int] = {level: rank for rank, level in enumerate(RiskLevel)}


class LicenceProduct(StrEnum):
    """What the national OSS gives (produk perizinan). None of them is ever issued here.

    STATEMENT_CERTIFICATE: Sertifikat Standar that rests on the owner's own statement.
    VERIFIED_CERTIFICATE: Sertifikat Standar, first "belum terverifikasi", then verified.
    PERMIT: Izin.
    """

    NIB = "nib"
    STATEMENT_CERTIFICATE = "statement_certificate"
    VERIFIED_CERTIFICATE = "verified_certificate"
    PERMIT = "permit"


class MayOperate(StrEnum):
    """From when the business may run. Until then its owner may only prepare."""

    AT_ONCE_WITH_NIB = "at_once_with_nib"
    AFTER_VERIFICATION = "after_verification"
    AFTER_PERMIT = "after_permit"


_PRODUCTS: dict[RiskLevel, tuple[LicenceProduct, ...]] = {
    RiskLevel.LOW: (LicenceProduct.NIB,),
    RiskLevel.MEDIUM_LOW: (LicenceProduct.NIB, LicenceProduct.STATEMENT_CERTIFICATE),
    RiskLevel.MEDIUM_HIGH: (LicenceProduct.NIB, LicenceProduct.VERIFIED_CERTIFICATE),
    RiskLevel.HIGH: (LicenceProduct.NIB, LicenceProduct.PERMIT),
}

_MAY_OPERATE: dict[RiskLevel, MayOperate] = {
    RiskLevel.LOW: MayOperate.AT_ONCE_WITH_NIB,
    RiskLevel.MEDIUM_LOW: MayOperate.AT_ONCE_WITH_NIB,
    RiskLevel.MEDIUM_HIGH: MayOperate.AFTER_VERIFICATION,
    RiskLevel.HIGH: MayOperate.AFTER_PERMIT,
}

_CITATIONS: dict[RiskLevel, Citation] = {
    RiskLevel.LOW: Citation("PP 28/2025", "130, 220"),
    RiskLevel.MEDIUM_LOW: Citation("PP 28/2025", "131, 221"),
    RiskLevel.MEDIUM_HIGH: Citation("PP 28/2025", "132, 222-226"),
    RiskLevel.HIGH: Citation("PP 28/2025", "133, 227-231"),
}


def products_for(risk: RiskLevel) -> tuple[LicenceProduct, ...]:
    """Return the products that this risk leads to, the NIB first.

    Source: PP 28/2025, articles 130-133.
    """
    return _PRODUCTS[risk]


def issued_automatically(risk: RiskLevel) -> bool:
    """Return whether OSS issues every product of this risk at once, without an office deciding.

    Source: PP 28/2025, articles 220-221 (automatic), 222 and 227 (an authority decides).
    """
    return risk in (RiskLevel.LOW, RiskLevel.MEDIUM_LOW)


def may_operate(risk: RiskLevel) -> MayOperate:
    """Return from when the business may run; before that it may only prepare.

    Source: PP 28/2025, articles 130-133.
    """
    return _MAY_OPERATE[risk]


def strictest(levels: Iterable[RiskLevel]) -> RiskLevel:
    """Return the highest of several risks. Raises ValueError when there is none."""
    return max(levels, key=lambda level: level.rank)


def risk_citation(risk: RiskLevel) -> Citation:
    """Return the articles from which the products of this risk follow."""
    return _CITATIONS[risk]
