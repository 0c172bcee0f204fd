"""What OSS said, read: the answers to our questions, and a notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import (
    KdKewenangan,
    LicenceStatus,
    NibStatus,
    ProductType,
)


@dataclass(frozen=True, slots=True)
class LicenceResult:
    """One licence. product: None for the NIB itself, which has no code of its own.

    status: None where OSS does not say, OTHER for a code that we do not know; code: that one, as
        OSS wrote it. words: OSS's own for the status, "" where it gives none.
    nomor_izin, tgl_terbit: None until issued. authority: None when OSS did not say.
    id_izin: the one in use; id_before: the one that OSS gave up for it (id_izin_new), or "".
    id_proyek, kbli, kd_daerah: "" when OSS did not say. file: address of the paper at OSS, or "".
    """

    id_izin: str
    kd_izin: str
    status: LicenceStatus | None
    product: ProductType | None = None
    nomor_izin: str | None = None
    tgl_terbit: date | None = None
    authority: KdKewenangan | None = None
    id_proyek: str = ""
    kd_daerah: str = ""
    file: str = ""
    code: str = ""
    words: str = ""
    kbli: str = ""
    id_before: str = ""


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """One activity at OSS. size, risk: None when OSS did not say, or not in a form we know.

    kbli_year: edition of kbli_code, None where OSS did not say. area_codes: 10 digits each, in the
    order of OSS.
    """

    id_proyek: str
    kbli_code: str
    kbli_year: int | None = None
    size: BusinessSize | None = None
    risk: RiskLevel | None = None
    area_codes: tuple[str, ...] = ()
    is_supporting: bool = False


@dataclass(frozen=True, slots=True)
class EntityResult:
    """What OSS says of the business itself; "" where it did not say."""

    name: str = field(repr=False)
    npwp: str = field(repr=False)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LicensingResult:
    """What OSS holds about one submission. entity: None for a business of a person's own.

    nib_code: a state that we do not know, as OSS wrote it. unread: names of fields that could not
        be read.
    """

    oss_id: str
    nib: str | None
    nib_status: NibStatus | None
    issued_on: date | None
    licences: tuple[LicenceResult, ...] = ()
    projects: tuple[ProjectResult, ...] = ()
    entity: EntityResult | None = None
    nib_code: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NibCheck:
    """What OSS says about one NIB. holder: the name on it. code: as for LicenceResult."""

    nib: str
    status: NibStatus | None
    holder: str = field(repr=False)
    code: str = ""


@dataclass(frozen=True, slots=True)
class LicenceState:
    """Where one licence stands. status, code, words: as for LicenceResult."""

    id_izin: str
    nib: str
    id_proyek: str
    status: LicenceStatus | None
    words: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class LicenceRecord:
    """One licence with the submission that it belongs to."""

    oss_id: str
    kd_daerah: str
    licence: LicenceResult
    kbli_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """One activity with its money in whole rupiah. holder: the name on the NIB."""

    project: ProjectResult
    holder: str = field(repr=False)
    assets_idr: int | None = None
    working_idr: int | None = None
    investment_idr: int | None = None


@dataclass(frozen=True, slots=True)
class ReferenceEntry:
    """One code of a list of OSS (getDataReferensi)."""

    code: str
    words: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody whom OSS names with a KTP: who applied, or who is in charge."""

    nik: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoticeRead:
    """What OSS told us unasked, as far as it could be read.

    nib_status, nib_code: what the call says of the NIB, by its kind of document or its state; the
        code only where we do not know it. id_izin: the licence that it is about.
    id_before: the one that it had, where OSS gives it another.
    """

    nib: str
    oss_id: str = ""
    id_izin: str = ""
    id_before: str = ""
    nib_status: NibStatus | None = None
    nib_code: str = ""
    people: tuple[NamedPerson, ...] = field(default=(), repr=False)
    kbli_codes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
