"""Codes of the national OSS web services (PIA), used as our own canonical codes.

Each value is the code as it travels. The words for people live in app/labels.
Source: the public OSS integration guide (PIA), annexes 2, 4, 5, 7, 9, 10, 12,
14, 17, 18, 24, 26, 27, 28, 31.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Self

NOT_KNOWN = "?"
"""Stands for a code of OSS that we do not know; no code of theirs."""


class _OpenCodes:
    """Codes to which OSS may add any day. The last member, OTHER, stands for all further ones."""

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the code, or OTHER where we do not know it."""
        try:
            return cls(code)  # type: ignore[call-arg]
        except ValueError:
            return cls(NOT_KNOWN)  # type: ignore[call-arg]

    @classmethod
    def known(cls) -> tuple[Self, ...]:
        """Return the codes of OSS that we know."""
        return tuple(each for each in cls if each != NOT_KNOWN)  # type: ignore[attr-defined]


class LicenceStatus(_OpenCodes, StrEnum):
    """Where one licence stands (kode status izin, annex 10)."""

    ENVIRONMENTAL_SCREENING = "05"  # penapisan
    REQUIREMENTS_FILLED = "09"
    COMPLETE = "10"
    INCOMPLETE = "11"
    COMMITMENT = "12"  # pemenuhan komitmen
    VALIDATION = "20"
    PAYMENT_VERIFICATION = "30"
    PAYMENT_CONFIRMATION = "31"
    PAYMENT_PROOF_WAITING = "32"  # PNBP paid, proof not yet checked
    PAYMENT_APPROVED = "33"
    PAYMENT_CORRECTION = "34"
    INSPECTION = "40"
    CLARIFICATION = "41"  # the clock is paused
    CLARIFIED = "42"  # the clock goes on
    RECLARIFICATION = "43"  # the clock is set back to zero
    RECLARIFIED = "44"  # the clock starts from zero
    TECHNICALLY_APPROVED = "45"  # OPD teknis
    NUMBER_TAKEN = "49"
    APPROVED = "50"
    PROVISIONAL = "52"  # terbit sementara
    DEEMED_APPROVED = "57"  # fiktif positif, PP 28/2025 Pasal 225 and 230
    WARNED = "60"
    SUSPENDED = "70"
    FINED = "80"
    REJECTED = "90"
    REQUIREMENT_REJECTED = "93"
    OTHER = NOT_KNOWN


class NibStatus(_OpenCodes, StrEnum):
    """State of a business number (annex 14)."""

    ACTIVE = "01"
    NOT_YET_ACTIVE = "02"
    BUSINESS_PERMITTED = "03"
    OPERATION_PERMITTED = "04"
    FROZEN = "05"
    REVOKED = "06"
    OTHER = NOT_KNOWN


IN_FORCE = frozenset(
    {NibStatus.ACTIVE, NibStatus.BUSINESS_PERMITTED, NibStatus.OPERATION_PERMITTED}
)
"""States in which a holder may go by the NIB."""


class DocumentKind(StrEnum):
    """What a call about a NIB does (tipe dokumen of receiveNIB)."""

    ORIGINAL = "9"
    UPDATE = "5"
    REVOKED = "3"  # pencabutan
    CANCELLED = "4"  # pembatalan


class KdKewenangan(StrEnum):
    """Who decides (kode kewenangan)."""

    CENTRAL = "00"
    PROVINCE = "01"
    REGENCY = "02"


class ResponseCode(IntEnum):
    """Result of one call (annex 9)."""

    OK = 200
    BAD_DATA = 400
    BAD_KEY = 401
    ILLEGAL_ACCESS = 403
    NO_SUCH_SERVICE = 404
    ACCESS_DENIED = 405
    FAILED = 500
    TIMED_OUT = 504


class ProductType(_OpenCodes, StrEnum):
    """Kind of licence (jenis izin, annex 27). The NIB itself has no code here."""

    BASIC_REQUIREMENT = "01"  # izin dasar
    PERMIT = "02"  # izin
    STANDARD_CERTIFICATE = "04"  # Sertifikat Standar
    STANDARD_REQUIREMENT = "K02"
    SUPPORTING_LICENCE = "K03"  # PB UMKU
    OTHER = NOT_KNOWN


class SizeCode(StrEnum):
    """Skala usaha as a code (annex 31)."""

    MICRO = "01"
    SMALL = "02"
    MEDIUM = "03"
    LARGE = "04"


class ApplicantKind(StrEnum):
    """Jenis pelaku usaha (annex 18)."""

    ENTITY = "01"
    INDIVIDUAL = "02"
    REPRESENTATIVE_OFFICE = "03"
    FOREIGN_ENTITY = "04"


class IdentityKind(StrEnum):
    """Jenis identitas (annex 4)."""

    KTP = "01"
    PASSPORT = "02"


class LandStatus(StrEnum):
    """Status tanah (annex 5)."""

    RENTED = "01"
    OWNED = "02"
    BORROWED = "03"


class LandUnit(StrEnum):
    """Satuan luas tanah (annex 17)."""

    SQUARE_METRE = "01"
    HECTARE = "02"


class Position(StrEnum):
    """Posisi lokasi (annex 24)."""

    LAND = "01"
    WATER = "02"
    FOREST_AREA = "03"


class ProjectKind(StrEnum):
    """Jenis proyek (annex 26), as far as a business that starts needs it."""

    MAIN = "01"
    SUPPORTING = "02"
    SUPPORTING_LICENCE = "05"  # pendukung UMKU


class EntityCode(StrEnum):
    """Jenis perusahaan (annex 2), as far as a business of the regency can be one."""

    COMPANY = "01"  # PT
    LIMITED_PARTNERSHIP = "02"  # CV
    FIRM = "05"  # Firma
    COOPERATIVE = "07"  # Koperasi
    FOUNDATION = "10"  # Yayasan
    OTHER_LEGAL_ENTITY = "19"  # badan hukum other than PT, Yayasan and Koperasi
    ONE_PERSON_COMPANY = "26"  # PT Perorangan
    VILLAGE_ENTERPRISE = "28"  # BUM Desa, in Papua BUM Kampung
    JOINT_VILLAGE_ENTERPRISE = "29"  # BUM Desa Bersama

    @property
    def legal_status(self) -> LegalStatus:
        """CV and Firma are businesses without being legal entities of their own."""
        if self in (EntityCode.LIMITED_PARTNERSHIP, EntityCode.FIRM):
            return LegalStatus.NOT_A_LEGAL_ENTITY
        return LegalStatus.LEGAL_ENTITY


class LegalStatus(StrEnum):
    """Status badan hukum (annex 12)."""

    LEGAL_ENTITY = "01"
    NOT_A_LEGAL_ENTITY = "02"


class DeedKind(StrEnum):
    """Jenis akta (annex 7), as far as it is sent."""

    FOUNDING = "01"


class ChecklistFlag(StrEnum):
    """What a licence still asks for (flag checklist, annex 28)."""

    COMMITMENT = "Y"
    NO_COMMITMENT = "N"
    AUTOMATIC = "O"
    COPY = "T"


class Part(StrEnum):
    """One screen. Members stand in the order in which OSS shows them."""

    ACCOUNT = "account"
    PROFILE = "profile"
    CAPITAL = "capital"
    ACTIVITY = "activity"
    BUSINESS = "business"
    SPATIAL = "spatial"  # KKPR
    ENVIRONMENT = "environment"
    STATEMENTS = "statements"
