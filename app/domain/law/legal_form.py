"""Legal forms of a business (bentuk pelaku usaha), and what each of them is asked for.

Type codes are those of the national OSS (jenis perseroan). Source: PP 28/2025, articles 189-207,
214; the codes come from the public OSS integration guide (PIA).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import Citation


class LegalForm(StrEnum):
    """Who the business belongs to. The values are words of addresses and forms."""

    INDIVIDUAL = "perseorangan"
    PT = "pt"
    PT_PERORANGAN = "pt-perorangan"
    CV = "cv"
    FIRMA = "firma"
    COOPERATIVE = "koperasi"
    FOUNDATION = "yayasan"
    BUM_KAMPUNG = "bum-kampung"
    BUM_BERSAMA = "bum-bersama"
    OTHER_ENTITY = "badan-lain"
    BRANCH = "cabang"


class Role(StrEnum):
    """What the person who fills the file is in the business (jabatan penanggung jawab)."""

    DIRECTOR = "direktur"
    PARTNER = "sekutu"
    CHAIR = "ketua"
    BOARD_MEMBER = "pengurus"
    BRANCH_HEAD = "kepala-cabang"
    AUTHORISED = "kuasa"


@dataclass(frozen=True, slots=True)
class FormRules:
    """What a legal form is asked for.

    oss_code: type code at OSS (annex 2 of the guide); None for an individual, and for a branch,
        which is added to the NIB of its head office.
    deed: its founding paper names KBLI codes, which the activities must match (art. 204, 207(4)).
    umk_only: the form exists for micro and small business only.
    roles: who may act for it, the usual one first; empty for an individual.
    """

    oss_code: str | None
    deed: bool
    roles: tuple[Role, ...]
    citation: Citation
    umk_only: bool = False

    @property
    def is_entity(self) -> bool:
        """Return whether somebody acts for the business rather than being it."""
        return bool(self.roles)


_COMPANY = Citation("PP 28/2025", "204, 207(4)")
_VILLAGE = Citation("PP 28/2025", "197")
_PARTNERS = (Role.PARTNER, Role.AUTHORISED)
_DIRECTORS = (Role.DIRECTOR, Role.AUTHORISED)
_BOARD = (Role.CHAIR, Role.BOARD_MEMBER, Role.AUTHORISED)

RULES: Mapping[LegalForm, FormRules] = MappingProxyType(
    {
        LegalForm.INDIVIDUAL: FormRules(None, False, (), Citation("PP 28/2025", "189, 207")),
        LegalForm.PT: FormRules("01", True, _DIRECTORS, _COMPANY),
        LegalForm.PT_PERORANGAN: FormRules("26", True, (Role.DIRECTOR,), _COMPANY, umk_only=True),
        LegalForm.CV: FormRules("02", True, _PARTNERS, _COMPANY),
        LegalForm.FIRMA: FormRules("05", True, _PARTNERS, _COMPANY),
        LegalForm.COOPERATIVE: FormRules("07", True, _BOARD, _COMPANY),
        LegalForm.FOUNDATION: FormRules("10", True, _BOARD, _COMPANY),
        LegalForm.BUM_KAMPUNG: FormRules("28", False, (Role.DIRECTOR, *_BOARD), _VILLAGE),
        LegalForm.BUM_BERSAMA: FormRules("29", False, (Role.DIRECTOR, *_BOARD), _VILLAGE),
        LegalForm.OTHER_ENTITY: FormRules(
            "19", False, (Role.CHAIR, Role.DIRECTOR, *_BOARD[1:]), Citation("PP 28/2025", "200")
        ),
        LegalForm.BRANCH: FormRules(
            None, False, (Role.BRANCH_HEAD, Role.AUTHORISED), Citation("PP 28/2025", "214")
        ),
    }
)

# A one-person company is for micro and small business; grown out of it, it becomes an ordinary PT.
UMK_ONLY_LAW = Citation("PP 8/2021", confirmed=False)


def fits_size(form: LegalForm, size: BusinessSize) -> bool:
    """Return whether a business of this size may have this form.

    Source: PP 8/2021 for the one-person company (PT Perorangan), known second-hand.
    """
    return not RULES[form].umk_only or size in (BusinessSize.MICRO, BusinessSize.SMALL)
