"""What each activity of a file needs: which licence, from whom, within how many days."""

from __future__ import annotations

from app.domain.law.risk import RiskLevel, issued_automatically
from app.domain.oss.codes import ProductType
from app.models.dossier import Activity, Dossier
from app.models.licence import Licence
from app.services.reference.book import get_book

WORKING_DAYS = "Hari"  # as the rules write it; other units cannot be counted
_PRODUCTS = {
    RiskLevel.MEDIUM_HIGH: ProductType.STANDARD_CERTIFICATE,
    RiskLevel.HIGH: ProductType.PERMIT,
}
BY_RISK = frozenset(_PRODUCTS.values())


def product_of(activity: Activity) -> ProductType | None:
    return _PRODUCTS.get(activity.risk) if activity.risk else None


def needs_office(licence: Licence, dossier: Dossier) -> bool:
    """Return whether an authority decides about this licence (medium-high and high risk)."""
    if licence.product is None:
        return False
    risk = risk_of(licence, dossier)
    return risk is not None and not issued_automatically(risk)


def risk_of(licence: Licence, dossier: Dossier) -> RiskLevel | None:
    """Return the risk of the licence's activity, as it was sent."""
    for activity in dossier.activities:
        if activity.position == licence.activity_position and activity.risk:
            return activity.risk
    return None


def days_of(activity: Activity) -> tuple[int | None, str | None]:
    """Return the days that the rules give the office, and their unit; (None, None) if not known.

    Known only where every row in question names the same (see domain.estimate).
    """
    if activity.kbli_code is None or activity.kbli_year is None:
        return None, None
    rows = [
        row
        for row in get_book().risk_rows(activity.kbli_code, activity.kbli_year)
        if row.size == activity.size
        and row.risk == activity.risk
        and (activity.scope_no is None or row.scope_no == activity.scope_no)
    ]
    spans = {(row.days, row.days_unit) for row in rows}
    if len(spans) != 1:
        return None, None
    days, unit = next(iter(spans))
    return (None, None) if days is None else (days, unit)
