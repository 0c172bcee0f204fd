"""What is exchanged with OSS about one business, free of any wire format.

Out: a Submission (what is handed over, once), a LicenceReport (where an application for a licence
stands with the office) and a LicenceFinal (what the office decided). Product, capacity, workers and
planned investment are the legal minimum of a submission (PP 28/2025, Pasal 211).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import (
    EntityCode,
    KdKewenangan,
    LandStatus,
    LandUnit,
    LicenceStatus,
    Position,
)
from app.domain.written.person import Sex


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
    """The person (pemohon). phone: +62 and digits; email may be "".

    role: what the person is in the entity or branch (jabatan), up to 250, as its deed says it;
        "" for a business of one's own.
    """

    nik: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    phone: str = field(repr=False)
    address: Address = field(repr=False)
    email: str = field(default="", repr=False)
    role: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A business that is not one person's (PP 28/2025, Pasal 196-200).

    kind: None where none of the codes fits; OSS will not take it without one.
    registration_number: of the legalisation or registration (nomor pengesahan or pendaftaran),
        up to 100. registered_on: its day.
    npwp: 15 or 16 digits. deed_on: day of the founding deed (akta pendirian).
    deed_kbli: activity codes that stand in the deed; OSS compares with them what is applied for
        (Pasal 207(4)). Empty: not known here. deed_kbli_year: their edition, None if not known.
    """

    kind: EntityCode | None
    name: str = field(repr=False)
    registration_number: str = field(repr=False)
    npwp: str = field(repr=False)
    office: Address = field(repr=False)
    registered_on: date | None = None
    deed_on: date | None = None
    deed_kbli: tuple[str, ...] = ()
    deed_kbli_year: int | None = None
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch office (kantor cabang), which is attached to its parent's NIB (Pasal 214).

    parent_nib: 13 digits. npwp: 15 or 16 digits, or "". nitku: 22 digits, or "".
    """

    parent_nib: str = field(repr=False)
    parent_name: str = field(repr=False)
    name: str = field(repr=False)
    address: Address = field(repr=False)
    npwp: str = field(default="", repr=False)
    nitku: str = field(default="", repr=False)


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
    """One KBLI at one place. kbli_year: 2020 or 2025. description: up to 255.

    decision_working_days: within which the office has to decide, by the row of the risk data; None
        where nobody decides or the days are not known. Only the practice service is told: the
        real OSS has its own rows.
    as_typed: answers that have no field here, by their names in data_proyek.
    """

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
    decision_working_days: int | None = None
    as_typed: Mapping[str, str] = field(default_factory=dict, repr=False)


_RISK_ORDER = (RiskLevel.LOW, RiskLevel.MEDIUM_LOW, RiskLevel.MEDIUM_HIGH, RiskLevel.HIGH)


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything that is handed over, once.

    key: our idempotency key, 16 to 64 characters, unguessable and never reused; the same key must
        always carry the same content. Our Nomor Bantuan is not part of it.
    activities: one or more.
    entity: None for a business of the applicant's own. branch: set for a branch office; entity may
        then be None, since OSS knows the parent.
    """

    key: str = field(repr=False)
    applicant: Applicant = field(repr=False)
    activities: tuple[Activity, ...]
    size: BusinessSize
    declarations: tuple[Declaration, ...] = ()
    entity: Entity | None = None
    branch: Branch | None = None

    @property
    def is_umk(self) -> bool:
        """Micro or small (flag_umk)."""
        return self.size in (BusinessSize.MICRO, BusinessSize.SMALL)

    @property
    def risk(self) -> RiskLevel:
        """The strictest risk among the activities."""
        return max((each.risk for each in self.activities), key=_RISK_ORDER.index)


@dataclass(frozen=True, slots=True)
class LicenceReport:
    """Where one licence stands with the office (IZINSTATUS), told to OSS.

    nib, id_proyek, oss_id, id_izin, kd_izin: as OSS gave them. kd_instansi: of the office, up to 3.
    tgl_status: aware. nip_status, nama_status: the official who acted, up to 50 each.
    keterangan: what the applicant is to read.
    """

    nib: str
    id_proyek: str
    oss_id: str
    id_izin: str
    kd_izin: str
    kd_instansi: str
    kd_status: LicenceStatus
    tgl_status: datetime
    nip_status: str = field(repr=False)
    nama_status: str = field(repr=False)
    keterangan: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LicenceFinal:
    """What the office decided on one licence (IZINFINAL), told to OSS.

    status_izin: APPROVED, REJECTED, or a later sanction. nomor_izin: up to 50; "" lets OSS number.
    tgl_berlaku_izin: until when it holds, None for as long as the business runs.
    *_ttd: who signs. file_izin: address of a PDF of at most 2 MB, or "".
    kewenangan: sent with a change only.
    """

    nib: str
    id_proyek: str
    oss_id: str
    id_izin: str
    kd_izin: str
    kd_daerah: str
    status_izin: LicenceStatus
    tgl_terbit_izin: date
    nama_ttd: str = field(repr=False)
    nip_ttd: str = field(repr=False)
    jabatan_ttd: str = field(repr=False)
    nomor_izin: str = ""
    tgl_berlaku_izin: date | None = None
    file_izin: str = ""
    keterangan: str = field(default="", repr=False)
    kewenangan: KdKewenangan = KdKewenangan.REGENCY
