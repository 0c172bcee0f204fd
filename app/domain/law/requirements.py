"""What a business needs beside its licence: statements and other papers.

The basic requirements (persyaratan dasar) have modules of their own: spatial, environment and
building.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.law.because import Conclusion
from app.domain.law.business_size import BusinessSize
from app.domain.law.environment import EnvironmentStep
from app.domain.law.risk import Citation, RiskLevel
from app.domain.law.spatial import DetailedPlan, Ground, SpatialStep

__all__ = [
    "HALAL_MANDATORY_FROM",
    "UMK",
    "Certainty",
    "Declaration",
    "DeclarationKind",
    "DetailedPlan",
    "EnvironmentStep",
    "Ground",
    "SpatialStep",
    "SupportingPaper",
    "SupportingPaperKind",
    "declarations_for",
    "other_papers",
]

UMK = frozenset({BusinessSize.MICRO, BusinessSize.SMALL})

# Food, drink and slaughter by micro and small business (PP 42/2024 art. 160).
HALAL_MANDATORY_FROM = date(2026, 10, 17)


class DeclarationKind(StrEnum):
    """Statements (pernyataan) that the owner makes in OSS."""

    DATA_TRUE = "data_true"
    KKPR_SELF_STATEMENT = "kkpr_self_statement"
    SPPL = "sppl"
    BUSINESS_STANDARD = "business_standard"
    K3L = "k3l"
    SNI_HALAL_BY_NIB = "sni_halal_by_nib"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One statement and the article that asks for it."""

    kind: DeclarationKind
    citation: Citation


class SupportingPaperKind(StrEnum):
    """Papers beside the licence (penunjang kegiatan usaha).

    FROM_RISK_TABLE: named by the risk row itself (PB UMKU); its label is the name found there.
    """

    HALAL = "halal"
    NON_HALAL_NOTICE = "non_halal_notice"
    SPP_IRT = "spp_irt"
    FROM_RISK_TABLE = "from_risk_table"


class Certainty(StrEnum):
    """How sure it is that a paper is needed."""

    NEEDED = "needed"
    MAY_NEED = "may_need"


@dataclass(frozen=True, slots=True)
class SupportingPaper:
    """One further paper. label is "" unless the paper is named by the risk table."""

    kind: SupportingPaperKind
    certainty: Certainty
    citation: Citation
    label: str = ""


def declarations_for(
    size: BusinessSize,
    risk: RiskLevel,
    spatial: Conclusion[SpatialStep],
    environment: Conclusion[EnvironmentStep],
) -> tuple[Declaration, ...]:
    """Return the statements the owner will make in OSS, in the order OSS asks for them.

    Source: PP 28/2025, articles 32, 101, 207, 211, 220-222, 234(2). The safety, health and
    environment statement (K3L) is known from the OSS procedure, not from an article that was read.
    """
    declarations = [Declaration(DeclarationKind.DATA_TRUE, Citation("PP 28/2025", "207, 211"))]
    if spatial.value is SpatialStep.SELF_STATEMENT:
        declarations.append(Declaration(DeclarationKind.KKPR_SELF_STATEMENT, spatial.citations[0]))
    if environment.value is EnvironmentStep.SPPL_WITH_NIB:
        declarations.append(Declaration(DeclarationKind.SPPL, environment.citations[0]))
    if risk is RiskLevel.MEDIUM_LOW:
        declarations.append(
            Declaration(DeclarationKind.BUSINESS_STANDARD, Citation("PP 28/2025", "131, 221"))
        )
    if risk is RiskLevel.MEDIUM_HIGH:
        declarations.append(
            Declaration(DeclarationKind.BUSINESS_STANDARD, Citation("PP 28/2025", "132, 222"))
        )
    declarations.append(
        Declaration(
            DeclarationKind.K3L,
            Citation("Permen Investasi/BKPM 5/2025", confirmed=False),
        )
    )
    if risk is RiskLevel.LOW and size in UMK:
        declarations.append(
            Declaration(DeclarationKind.SNI_HALAL_BY_NIB, Citation("PP 28/2025", "234(2)"))
        )
    return tuple(declarations)


# Codes of KBLI 2025. A prefix stands for every code below it.
_HALAL_PREFIXES = ("10", "11", "56")
# Animal feed; malt; agents who never touch the food.
_NOT_HALAL_SUBJECT = ("108", "11040", "56400")
# Made from what is not halal: no certificate, but a plain notice (UU 33/2014 art. 26).
_NON_HALAL = ("10112", "1101", "1102", "1103")
# Bars and night clubs sell both kinds.
_PARTLY_NON_HALAL = ("56301", "56302")

_IRT_PREFIXES = ("10", "11")
# Slaughter; frozen, canned or milled under a stricter rule; dairy and ice; oil mills; sugar mill;
# baby food; salt; feed; alcohol, malt and water. These are not home-food goods.
_NOT_IRT = (
    "1011",
    "10213",
    "10217",
    "10293",
    "10297",
    "10304",
    "10305",
    "1043",
    "105",
    "10616",
    "10721",
    "10772",
    "10773",
    "10791",
    "108",
    "1101",
    "1102",
    "1103",
    "1104",
    "11051",
    "11052",
)

_HALAL_LAW = Citation("PP 42/2024", "160", confirmed=False)
_NON_HALAL_LAW = Citation("UU 33/2014", "26", confirmed=False)
_IRT_LAW = Citation("Peraturan BPOM 4/2024", confirmed=False)
_SUPPORTING_LAW = Citation("PP 28/2025", "Lampiran II")


def other_papers(
    kbli_code: str,
    size: BusinessSize | None = None,
    named_by_rows: Sequence[str] = (),
) -> tuple[SupportingPaper, ...]:
    """Return the papers that the activity needs, or may need, beside its licence.

    kbli_code: of KBLI 2025. size: None where not known; home food is for micro and small only.
    named_by_rows: supporting licences (PB UMKU) that the risk rows name, as they are written there.

    Whether packaged home food needs an SPP-IRT depends on packing and shelf life, which nobody
    has asked here, so that answer is never more than "may need".

    Source: PP 42/2024 art. 160; UU 33/2014 art. 26; PP 28/2025 Lampiran II.
    """
    papers: list[SupportingPaper] = []
    if kbli_code.startswith(_NON_HALAL):
        papers.append(
            SupportingPaper(SupportingPaperKind.NON_HALAL_NOTICE, Certainty.NEEDED, _NON_HALAL_LAW)
        )
    elif kbli_code.startswith(_PARTLY_NON_HALAL):
        papers.append(SupportingPaper(SupportingPaperKind.HALAL, Certainty.MAY_NEED, _HALAL_LAW))
        papers.append(
            SupportingPaper(
                SupportingPaperKind.NON_HALAL_NOTICE, Certainty.MAY_NEED, _NON_HALAL_LAW
            )
        )
    elif kbli_code.startswith(_HALAL_PREFIXES) and not kbli_code.startswith(_NOT_HALAL_SUBJECT):
        papers.append(SupportingPaper(SupportingPaperKind.HALAL, Certainty.NEEDED, _HALAL_LAW))
    if (
        (size is None or size in UMK)
        and kbli_code.startswith(_IRT_PREFIXES)
        and not kbli_code.startswith(_NOT_IRT)
    ):
        papers.append(SupportingPaper(SupportingPaperKind.SPP_IRT, Certainty.MAY_NEED, _IRT_LAW))
    # A row lists what exists for the code; whether this product needs it is for the office.
    papers.extend(
        SupportingPaper(
            SupportingPaperKind.FROM_RISK_TABLE, Certainty.MAY_NEED, _SUPPORTING_LAW, label
        )
        for label in dict.fromkeys(named_by_rows)
        if label
    )
    return tuple(papers)


WORDING = "2026-11"  # kept with each statement, so that it stays known what the person agreed to
