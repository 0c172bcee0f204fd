"""Why a file cannot be sent from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.law.estimate.answer import Estimate, EstimateCase
from app.domain.law.risk import (
    Citation,
)


class JourneyReason(StrEnum):
    """Why a file cannot be sent from here, so that an officer must go on with the person.

    NOT_IN_DEED: the founding paper of the company does not name an activity (art. 204, 207(4)).
    FORM_FOR_UMK_ONLY: a one-person company (PT Perorangan) may be micro or small only.
    COMPANY_ONLY: the page of OSS wants a construction company (BUJKN), "not an individual".
    """

    RISK_NOT_KNOWN = "risk_not_known"
    SCOPE_NOT_CHOSEN = "scope_not_chosen"
    SIZE_NOT_OFFERED = "size_not_offered"
    OUTSIDE_AREA = "outside_area"
    TRADE_CONFLICT = "trade_conflict"
    NOT_IN_DEED = "not_in_deed"
    FORM_FOR_UMK_ONLY = "form_for_umk_only"
    COMPANY_ONLY = "company_only"


def journey_reasons(found: Estimate) -> frozenset[JourneyReason]:
    """Return why an activity cannot be sent from here; empty when it can.

    Every size and every risk goes its way; what stops is what nobody here can know or decide.
    """
    reasons = set()
    if found.outside_area:
        reasons.add(JourneyReason.OUTSIDE_AREA)
    if found.case is EstimateCase.UNKNOWN:
        reasons.add(JourneyReason.RISK_NOT_KNOWN)
    if found.case is EstimateCase.NEEDS_SCOPE:
        reasons.add(JourneyReason.SCOPE_NOT_CHOSEN)
    if found.case is EstimateCase.SIZE_NOT_OFFERED:
        reasons.add(JourneyReason.SIZE_NOT_OFFERED)
    return frozenset(reasons)


@dataclass(frozen=True, slots=True)
class TradeConflict:
    """Wholesale (46) and retail (47) codes that one business may not hold together."""

    wholesale: tuple[str, ...]
    retail: tuple[str, ...]
    citation: Citation


def trade_conflict(codes: Iterable[str]) -> TradeConflict | None:
    """Return the codes that may not stand together, or None.

    Source: PP 29/2021, as cited by a note in OSS; its article was not read.
    """
    unique = sorted(set(codes))
    wholesale = tuple(code for code in unique if code.startswith("46"))
    retail = tuple(code for code in unique if code.startswith("47"))
    if wholesale and retail:
        return TradeConflict(wholesale, retail, Citation("PP 29/2021", confirmed=False))
    return None
