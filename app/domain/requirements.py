"""What a business needs beside its licence: place, environment, statements, other papers.

Basic requirements (persyaratan dasar) are PP 28/2025, articles 13-123. Each conclusion carries
its citation; where the law leaves a choice that only an office can make, the answer says "ask".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.business_size import BusinessSize
from app.domain.risk import Citation, RiskLevel

UMK = frozenset({BusinessSize.MICRO, BusinessSize.SMALL})

# The regency compares the self-statement with its spatial plan (PP 28/2025 art. 33).
SELF_STATEMENT_CHECK_WORKING_DAYS = 10

# Food, drink and slaughter by micro and small business (PP 42/2024 art. 160).
HALAL_MANDATORY_FROM = date(2026, 10, 17)


class DetailedPlan(StrEnum):
    """What is known of the detailed spatial plan (RDTR) at the place of business."""

    IN_OSS = "in_oss"
    OUTSIDE_OSS = "outside_oss"
    NONE = "none"
    UNKNOWN = "unknown"


class Ground(StrEnum):
    """What the place lies on (posisi lokasi)."""

    LAND = "land"
    WATER = "water"
    FOREST = "forest"


class SpatialStep(StrEnum):
    """How the place gets its spatial suitability (KKPR).

    UNKNOWN_PLAN: a confirmation or an assessment; which one depends on a plan that is not known
    here, so the office must be asked.
    """

    NONE_SHARED_PREMISES = "none_shared_premises"
    SELF_STATEMENT = "self_statement"
    AUTOMATIC_BY_RDTR = "automatic_by_rdtr"
    ASSESSMENT = "assessment"
    UNKNOWN_PLAN = "unknown_plan"


class EnvironmentStep(StrEnum):
    """Which environmental paper belongs to the activity.

    ASK_SPPL_OR_UKL_UPL: one of the two. ASK_ANY: a full study (Amdal) is possible as well.
    """

    SPPL_WITH_NIB = "sppl_with_nib"
    ASK_SPPL_OR_UKL_UPL = "ask_sppl_or_ukl_upl"
    ASK_ANY = "ask_any"


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


class PaperKind(StrEnum):
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

    kind: PaperKind
    certainty: Certainty
    citation: Citation
    label: str = ""


_SPATIAL_CITATIONS: dict[SpatialStep, Citation] = {
    SpatialStep.NONE_SHARED_PREMISES: Citation("PP 28/2025", "13"),
    SpatialStep.SELF_STATEMENT: Citation("PP 28/2025", "32-33"),
    SpatialStep.AUTOMATIC_BY_RDTR: Citation("PP 28/2025", "17"),
    SpatialStep.ASSESSMENT: Citation("PP 28/2025", "20-23, 25"),
    SpatialStep.UNKNOWN_PLAN: Citation("PP 28/2025", "17, 20-23, 25"),
}

_ENVIRONMENT_CITATIONS: dict[EnvironmentStep, Citation] = {
    EnvironmentStep.SPPL_WITH_NIB: Citation("PP 28/2025", "101, 220"),
    EnvironmentStep.ASK_SPPL_OR_UKL_UPL: Citation("PP 28/2025", "96-101, 222"),
    EnvironmentStep.ASK_ANY: Citation("PP 28/2025", "96-101, 227"),
}

_SPATIAL_BURDENS: dict[SpatialStep, int] = {
    SpatialStep.NONE_SHARED_PREMISES: 0,
    SpatialStep.SELF_STATEMENT: 1,
    SpatialStep.AUTOMATIC_BY_RDTR: 2,
    SpatialStep.UNKNOWN_PLAN: 3,
    SpatialStep.ASSESSMENT: 4,
}


def spatial_step(
    size: BusinessSize,
    risk: RiskLevel,
    *,
    shared_premises: bool = False,
    plan: DetailedPlan = DetailedPlan.UNKNOWN,
    ground: Ground = Ground.LAND,
) -> SpatialStep:
    """Return how the place of business gets its spatial suitability (KKPR).

    shared_premises: a stall, shop or office whose manager holds the papers of the building.
    On water or in a forest area other offices come in, so there the answer is "ask".

    Source: PP 28/2025, articles 13, 17, 20-25, 32. Since that regulation a small business may
    no longer state its place by itself; only a micro business of low risk may.
    """
    if shared_premises:
        return SpatialStep.NONE_SHARED_PREMISES
    if ground is not Ground.LAND:
        return SpatialStep.UNKNOWN_PLAN
    if size is BusinessSize.MICRO and risk is RiskLevel.LOW:
        return SpatialStep.SELF_STATEMENT
    if plan is DetailedPlan.IN_OSS:
        return SpatialStep.AUTOMATIC_BY_RDTR
    if plan is DetailedPlan.UNKNOWN:
        return SpatialStep.UNKNOWN_PLAN
    return SpatialStep.ASSESSMENT


def spatial_citation(step: SpatialStep) -> Citation:
    """Return the articles behind a spatial step."""
    return _SPATIAL_CITATIONS[step]


def spatial_burden(step: SpatialStep) -> int:
    """Return how much a step asks of the owner, 0 for nothing; for comparing steps only."""
    return _SPATIAL_BURDENS[step]


def environment_step(risk: RiskLevel) -> EnvironmentStep:
    """Return which environmental paper belongs to the risk, or that the office must be asked.

    Source: PP 28/2025, articles 96-101, 220, 222, 227.
    """
    if risk is RiskLevel.LOW:
        return EnvironmentStep.SPPL_WITH_NIB
    if risk is RiskLevel.HIGH:
        return EnvironmentStep.ASK_ANY
    return EnvironmentStep.ASK_SPPL_OR_UKL_UPL


def environment_citation(step: EnvironmentStep) -> Citation:
    """Return the articles behind an environmental step."""
    return _ENVIRONMENT_CITATIONS[step]


def declarations_for(
    size: BusinessSize,
    risk: RiskLevel,
    spatial: SpatialStep,
    environment: EnvironmentStep,
) -> tuple[Declaration, ...]:
    """Return the statements the owner will make in OSS, in the order OSS asks for them.

    Source: PP 28/2025, articles 32, 101, 207, 211, 220-222, 234(2). The safety, health and
    environment statement (K3L) is known from the OSS procedure, not from an article that was read.
    """
    found = [Declaration(DeclarationKind.DATA_TRUE, Citation("PP 28/2025", "207, 211"))]
    if spatial is SpatialStep.SELF_STATEMENT:
        found.append(Declaration(DeclarationKind.KKPR_SELF_STATEMENT, spatial_citation(spatial)))
    if environment is EnvironmentStep.SPPL_WITH_NIB:
        found.append(Declaration(DeclarationKind.SPPL, environment_citation(environment)))
    if risk is RiskLevel.MEDIUM_LOW:
        found.append(
            Declaration(DeclarationKind.BUSINESS_STANDARD, Citation("PP 28/2025", "131, 221"))
        )
    if risk is RiskLevel.MEDIUM_HIGH:
        found.append(
            Declaration(DeclarationKind.BUSINESS_STANDARD, Citation("PP 28/2025", "132, 222"))
        )
    found.append(
        Declaration(
            DeclarationKind.K3L,
            Citation("Permen Investasi/BKPM 5/2025", confirmed=False),
        )
    )
    if risk is RiskLevel.LOW and size in UMK:
        found.append(
            Declaration(DeclarationKind.SNI_HALAL_BY_NIB, Citation("PP 28/2025", "234(2)"))
        )
    return tuple(found)


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
    found: list[SupportingPaper] = []
    if kbli_code.startswith(_NON_HALAL):
        found.append(SupportingPaper(PaperKind.NON_HALAL_NOTICE, Certainty.NEEDED, _NON_HALAL_LAW))
    elif kbli_code.startswith(_PARTLY_NON_HALAL):
        found.append(SupportingPaper(PaperKind.HALAL, Certainty.MAY_NEED, _HALAL_LAW))
        found.append(
            SupportingPaper(PaperKind.NON_HALAL_NOTICE, Certainty.MAY_NEED, _NON_HALAL_LAW)
        )
    elif kbli_code.startswith(_HALAL_PREFIXES) and not kbli_code.startswith(_NOT_HALAL_SUBJECT):
        found.append(SupportingPaper(PaperKind.HALAL, Certainty.NEEDED, _HALAL_LAW))
    if (
        (size is None or size in UMK)
        and kbli_code.startswith(_IRT_PREFIXES)
        and not kbli_code.startswith(_NOT_IRT)
    ):
        found.append(SupportingPaper(PaperKind.SPP_IRT, Certainty.MAY_NEED, _IRT_LAW))
    # A row lists what exists for the code; whether this product needs it is for the office.
    found.extend(
        SupportingPaper(PaperKind.FROM_RISK_TABLE, Certainty.MAY_NEED, _SUPPORTING_LAW, label)
        for label in dict.fromkeys(named_by_rows)
        if label
    )
    return tuple(found)
