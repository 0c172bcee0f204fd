"""What an estimate (perkiraan) is asked, and all that it may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from app.domain.law.authority import DaysKnown, Deciding, ServiceTime
from app.domain.law.because import Conclusion, Known
from app.domain.law.building import Building, BuildingStep
from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_NOW
from app.domain.law.environment import EnvironmentStep
from app.domain.law.estimate.bands import Band
from app.domain.law.requirements import (
    Declaration,
    SupportingPaper,
)
from app.domain.law.risk import (
    Citation,
    LicenceProduct,
    MayOperate,
    RiskLevel,
    issued_automatically,
)
from app.domain.law.rows import AuthorityRule, RiskNote, Unread
from app.domain.law.rules import DayUnit, Way
from app.domain.law.spatial import Ground, SpatialStep

# Working days (PP 28/2025, article 1(26)), as the risk rows write it.
HARI = "Hari"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody answered about one activity at one place.

    code, year: KBLI. village_code: ten digits, dots allowed; None = not said.
    shared_premises: a market stall, shop or office whose manager holds the papers (art. 13).
    scope_no: the chosen scope (ruang lingkup); None = not chosen. foreign: foreign investment
    (PMA). building: what stands at the place.
    """

    code: str
    in_kabupaten: bool
    band: Band
    shared_premises: bool = False
    scope_no: int | None = None
    village_code: str | None = None
    year: int = KBLI_NOW
    ground: Ground = Ground.LAND
    foreign: Known = Known.UNKNOWN
    building: Building = Building.UNKNOWN


class EstimateCase(StrEnum):
    """Which kind of answer there is.

    KNOWN: everything that the loaded rows can say. OUTSIDE_AREA: the same, but another regency
    is competent. NEEDS_SCOPE: the risk differs by scope, so choose one. UNKNOWN: no row was
    loaded for the code. SIZE_NOT_OFFERED: the code, or the chosen scope, is closed to this size.
    """

    KNOWN = "known"
    NEEDS_SCOPE = "needs_scope"
    UNKNOWN = "unknown"
    SIZE_NOT_OFFERED = "size_not_offered"
    OUTSIDE_AREA = "outside_area"


class Bring(StrEnum):
    """What to have at hand before starting."""

    KTP = "ktp"
    OWN_PHONE_WITH_WHATSAPP = "own_phone_with_whatsapp"
    PLACE_ADDRESS_AND_AREA = "place_address_and_area"
    CAPITAL_FIGURES = "capital_figures"
    PRODUCT_AND_CAPACITY = "product_and_capacity"
    WORKER_NUMBERS = "worker_numbers"
    NPWP_IF_ANY = "npwp_if_any"
    STALL_PAPER_FROM_MANAGER = "stall_paper_from_manager"
    LAND_PAPER_OR_CONSENT_LETTER = "land_paper_or_consent_letter"
    PAPERS_NAMED_BY_STANDARD = "papers_named_by_standard"


class Notice(StrEnum):
    """Something to say beside the answer.

    KEK_ADMINISTRATOR_MAYBE: the district holds a special economic zone, where its Administrator
    decides. DETAILS_DIFFER_BY_SCOPE: the risk is the same, the details shown are only those that
    all scopes share. OTHER_SCOPES_CLOSED: the code has scopes that this size may not do.
    RISK_FOR_NAMED_SCOPE: only one scope is listed and it covers a part of the code, so the
    answer holds for that part.
    """

    KEK_ADMINISTRATOR_MAYBE = "kek_administrator_maybe"
    DETAILS_DIFFER_BY_SCOPE = "details_differ_by_scope"
    OTHER_SCOPES_CLOSED = "other_scopes_closed"
    RISK_FOR_NAMED_SCOPE = "risk_for_named_scope"


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """One scope to choose from. risk: None where the scope is closed to this size."""

    scope_no: int
    scope: str
    risk: RiskLevel | None


class Topic(StrEnum):
    """What a conclusion of an estimate is about."""

    CASE = "case"
    SIZE = "size"
    RISK = "risk"
    PRODUCTS = "products"
    MAY_OPERATE = "may_operate"
    SPATIAL = "spatial"
    ENVIRONMENT = "environment"
    BUILDING = "building"
    AUTHORITY = "authority"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Requirements:
    """What follows from one known risk level; part of an estimate."""

    risk: Conclusion[RiskLevel]
    products: Conclusion[tuple[LicenceProduct, ...]]
    may_operate: Conclusion[MayOperate]
    spatial: Way[SpatialStep]
    environment: Way[EnvironmentStep]
    building: Way[BuildingStep]
    deciding: Deciding
    service: ServiceTime


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate; what does not belong to its case is empty or None.

    found: what follows from the risk, with reasons and steps; None where there is no one risk.
    authority: as the rows name it, empty = not known, ask; authority_complete: False when others
    may be named too.
    details_known: False when some page was not read, so that empty lists mean "not known".
    unread: lists that were not read to their end. row_notes: doubts that the rows carry.
    licences: names of the licence as the rows give them. sizes_offered: those the code, or the
    chosen scope, has.
    as_of: oldest date among the rows used; None where no row was used. sources: their names.
    """

    case: EstimateCase
    code: str
    year: int
    size: BusinessSize
    outside_area: bool
    citations: tuple[Citation, ...]
    case_reason: Conclusion[EstimateCase]
    size_reason: Conclusion[BusinessSize]
    found: Requirements | None = None
    notices: tuple[Notice, ...] = ()
    scopes: tuple[ScopeChoice, ...] = ()
    sizes_offered: tuple[BusinessSize, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    other_papers: tuple[SupportingPaper, ...] = ()
    authority: tuple[AuthorityRule, ...] = ()
    authority_complete: bool = False
    details_known: bool = False
    unread: tuple[Unread, ...] = ()
    row_notes: tuple[RiskNote, ...] = ()
    licences: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    bring: tuple[Bring, ...] = ()
    sources: tuple[str, ...] = ()
    as_of: date | None = None

    @property
    def risk(self) -> RiskLevel | None:
        """The risk, where there is one."""
        return self.found.risk.value if self.found else None

    @property
    def products(self) -> tuple[LicenceProduct, ...]:
        """What OSS gives."""
        return self.found.products.value if self.found else ()

    @property
    def automatic(self) -> bool:
        """Return whether OSS gives everything at once, without an office deciding."""
        return self.found is not None and issued_automatically(self.found.risk.value)

    @property
    def may_operate(self) -> MayOperate | None:
        """From when the business may run."""
        return self.found.may_operate.value if self.found else None

    @property
    def spatial(self) -> SpatialStep | None:
        """How the place gets its KKPR."""
        return self.found.spatial.outcome if self.found else None

    @property
    def environment(self) -> EnvironmentStep | None:
        """Which environmental paper there is."""
        return self.found.environment.outcome if self.found else None

    @property
    def building(self) -> BuildingStep | None:
        """Which paper the building needs."""
        return self.found.building.outcome if self.found else None

    @property
    def days_known(self) -> DaysKnown:
        """What is known of the days."""
        return self.found.service.known if self.found else DaysKnown.UNKNOWN

    @property
    def days(self) -> int | None:
        """The days of the office, None unless days_known is KNOWN."""
        return self.found.service.days if self.found else None

    @property
    def days_unit(self) -> str:
        """HARI when the days are working days; "" for any other unit, and where there are none."""
        unit = self.found.service.unit if self.found else None
        return HARI if unit is DayUnit.WORKING else ""

    @property
    def reasons(self) -> Mapping[Topic, Conclusion[object]]:
        """Every conclusion by its subject."""
        reasons: dict[Topic, Conclusion[object]] = {
            Topic.CASE: self.case_reason,
            Topic.SIZE: self.size_reason,
        }
        if self.found is not None:
            reasons |= {
                Topic.RISK: self.found.risk,
                Topic.PRODUCTS: self.found.products,
                Topic.MAY_OPERATE: self.found.may_operate,
                Topic.SPATIAL: self.found.spatial.conclusion,
                Topic.ENVIRONMENT: self.found.environment.conclusion,
                Topic.BUILDING: self.found.building.conclusion,
                Topic.AUTHORITY: self.found.deciding.basis,
                Topic.SILENCE: self.found.service.silence,
            }
        return MappingProxyType(reasons)
