"""What is handed over for one person's business, free of any wire format.

The fields are those of an individual micro or small business (UMK perseorangan); product, capacity,
workers and planned investment are the legal minimum (PP 28/2025, Pasal 211).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.domain.business_size import BusinessSize, Capital
from app.domain.oss_codes import LandStatus, LandUnit, Position
from app.domain.person import Sex
from app.domain.risk import RiskLevel


class Declaration(StrEnum):
    """A statement (pernyataan mandiri) that the applicant has given."""

    DATA_TRUE = "data_true"
    SPATIAL = "kkpr"  # micro and low risk only, Pasal 32
    ENVIRONMENT = "sppl"  # Pasal 101
    STANDARD = "standard"  # able to meet the business standard, Pasal 221-222
    SAFETY = "k3l"
    SNI_AND_HALAL = "sni_halal"  # low-risk UMK, Pasal 234(2); not a halal certificate


@dataclass(frozen=True, slots=True)
class Address:
    """street: up to 255. rt_rw: "000/000" or "". area_code: 10 digits, Kemendagri. postcode: 5."""

    street: str = field(repr=False)
    area_code: str
    rt_rw: str = field(default="", repr=False)
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """The person (pemohon). phone: +62 and digits; email may be ""."""

    nik: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    phone: str = field(repr=False)
    address: Address = field(repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Premises:
    """Where one activity is carried out.

    area_code: 10 digits of the kampung or kelurahan. land_area: above 0, in land_unit, or None
    when no land is held; land_status: None in the same case.
    latitude, longitude: degrees as text, both or neither.
    """

    area_code: str
    address: str = field(repr=False)
    position: Position = Position.LAND
    land_area: Decimal | None = None
    land_unit: LandUnit = LandUnit.SQUARE_METRE
    land_status: LandStatus | None = None
    latitude: str = field(default="", repr=False)
    longitude: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Product:
    """What is made or offered. description: up to 1024. capacity: above 0, per year, in unit."""

    description: str
    capacity: Decimal
    unit: str
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """One KBLI at one place. kbli_year: 2020 or 2025. description: up to 255."""

    kbli_year: int
    kbli_code: str
    description: str
    risk: RiskLevel
    premises: Premises
    capital: Capital
    product: Product
    workers_male: int = 0
    workers_female: int = 0
    trade_name: str = ""
    is_supporting: bool = False


_RISK_ORDER = (RiskLevel.LOW, RiskLevel.MEDIUM_LOW, RiskLevel.MEDIUM_HIGH, RiskLevel.HIGH)


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything that is handed over, once.

    key: our idempotency key, 16 to 64 characters, unguessable and never reused; the same key must
        always carry the same content. Our Nomor Bantuan is not part of it.
    activities: one or more.
    """

    key: str = field(repr=False)
    applicant: Applicant = field(repr=False)
    activities: tuple[Activity, ...]
    size: BusinessSize
    declarations: tuple[Declaration, ...] = ()

    @property
    def is_umk(self) -> bool:
        """Micro or small (flag_umk)."""
        return self.size in (BusinessSize.MICRO, BusinessSize.SMALL)

    @property
    def risk(self) -> RiskLevel:
        """The strictest risk among the activities."""
        return max((each.risk for each in self.activities), key=_RISK_ORDER.index)
