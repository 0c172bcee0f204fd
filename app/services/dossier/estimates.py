"""What the answers of a dossier mean by the law: size, risk, statements, what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.law.because import FactKind
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.deed import DEED_LAW, not_in_deed
from app.domain.law.editions import KBLI_NOW
from app.domain.law.estimate.answer import Estimate, Question
from app.domain.law.estimate.bands import BANDS, CapitalBand
from app.domain.law.estimate.combined import Whole, combine, whole_capital
from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.law.estimate.reckoning import RISK_TABLE
from app.domain.law.legal_form import RULES, UMK_ONLY_LAW, LegalForm, fits_size
from app.domain.law.requirements import DeclarationKind
from app.domain.law.risk import Citation
from app.domain.law.rows import RiskNote
from app.domain.law.sorong import KABUPATEN_SORONG
from app.domain.law.spatial import Ground
from app.extensions import db
from app.models.dossier import Activity, Dossier
from app.services.dossier.activity import activity_at
from app.services.law.estimating import estimate_for as estimate_for_question
from app.services.reference.book import get_book


def capital_of(activity: Activity) -> Capital | None:
    """Return the capital, None while it was not answered."""
    parts = (
        activity.land_idr,
        activity.building_idr,
        activity.machines_idr,
        activity.other_idr,
        activity.working_idr,
    )
    if any(part is None for part in parts):
        return None
    return Capital(*(part or 0 for part in parts))


def band_of(counted_idr: int) -> CapitalBand:
    """Return the step of capital (without land and building) of the short look-up."""
    for band, ceiling in BANDS.items():
        if isinstance(band, CapitalBand) and (ceiling is None or counted_idr <= ceiling):
            return band
    return CapitalBand.ABOVE_10BN


_GROUNDS = {"01": Ground.LAND, "02": Ground.WATER, "03": Ground.FOREST}


def ground_of(activity: Activity) -> Ground:
    """Return what the place of an activity lies on; land where it was not asked."""
    return _GROUNDS.get(activity.position_code or "01", Ground.LAND)


def size_of(dossier: Dossier) -> BusinessSize | None:
    """Return the size of the whole business; None while the capital of no activity is known.

    The capital of all activities counts together (PP 7/2021, article 35).
    """
    capitals = [capital for capital in map(capital_of, dossier.activities) if capital]
    return whole_capital(capitals).size if capitals else None


def other_capital(dossier: Dossier, at: int) -> Capital:
    """Return the capital of all activities but one, as far as it was answered."""
    others = [capital_of(activity) for activity in dossier.activities if activity.position != at]
    return whole_capital(capital for capital in others if capital)


def estimate_for(dossier: Dossier, at: int | None = None) -> Estimate | None:
    """Return the estimate for one activity, the main one unless said otherwise.

    None until its code, place and capital are known.
    """
    activity = dossier.activity if at is None else activity_at(dossier, at)
    if activity.kbli_code is None or activity.village_code is None or capital_of(activity) is None:
        return None
    capital = whole_capital(each for each in map(capital_of, dossier.activities) if each)
    question = Question(
        code=activity.kbli_code,
        year=activity.kbli_year or KBLI_NOW,
        in_kabupaten=activity.village_code.startswith(KABUPATEN_SORONG),
        band=band_of(capital.counted_idr),
        shared_premises=bool(activity.shared_premises),
        scope_no=activity.scope_no,
        village_code=activity.village_code,
        ground=ground_of(activity),
    )
    return estimate_for_question(question)


def whole_of(dossier: Dossier) -> Whole | None:
    """Return what all activities mean together; None until each can be estimated."""
    found = [estimate_for(dossier, activity.position) for activity in dossier.activities]
    complete = [one for one in found if one is not None]
    return combine(complete) if len(complete) == len(found) else None


def scope_choices(kbli_code: str) -> Sequence[tuple[int, str]]:
    """Return the scopes to choose from, where the risk of some size depends on the scope."""
    rows = get_book().risk_rows(kbli_code)
    if len({(row.size, row.risk) for row in rows}) == len({row.size for row in rows}):
        return ()
    labels = {row.scope_no: row.scope for row in rows}
    return tuple(sorted(labels.items()))


def missing_declarations(dossier: Dossier) -> tuple[DeclarationKind, ...]:
    """Return the statements that the law asks for and the person has not given."""
    whole = whole_of(dossier)
    if whole is None:
        return (DeclarationKind.DATA_TRUE,)
    given = {row.kind for row in dossier.declarations}
    return tuple(d.kind for d in whole.declarations if d.kind not in given)


def drop_needless_declarations(dossier: Dossier, whole: Whole) -> None:
    """Take back statements that the law does not ask for (any more): an answer was changed since.

    Some of them only certain people may make: a small business may not make the self-statement
    of a micro business (PP 28/2025, article 32).
    """
    asked = {declaration.kind for declaration in whole.declarations}
    for row in [row for row in dossier.declarations if row.kind not in asked]:
        dossier.declarations.remove(row)
        db.session.delete(row)


@dataclass(frozen=True)
class Obstacle:
    """Something that keeps a file from being sent. codes: the activities concerned."""

    reason: JourneyReason
    codes: tuple[str, ...]
    citations: tuple[Citation, ...]


def obstacles(dossier: Dossier, whole: Whole) -> tuple[Obstacle, ...]:
    """Return what keeps the file from being sent; empty when nothing does."""
    reasons = [
        Obstacle(
            each.value,
            tuple(fact.value or fact.subject for fact in each.facts if fact.kind is FactKind.CODE),
            each.citations,
        )
        for each in whole.obstacles
    ]
    form = dossier.legal_form
    uncovered = _not_in_deed(dossier, form)
    if uncovered:
        reasons.append(Obstacle(JourneyReason.NOT_IN_DEED, uncovered, (DEED_LAW,)))
    if whole.size is not None and not fits_size(form, whole.size.value):
        reasons.append(Obstacle(JourneyReason.FORM_FOR_UMK_ONLY, (), (UMK_ONLY_LAW,)))
    if not RULES[form].is_entity:
        company = [
            part.found.code
            for part in whole.parts
            if RiskNote.COMPANY_WITH_SBU in part.found.row_notes
        ]
        if company:
            reasons.append(Obstacle(JourneyReason.COMPANY_ONLY, tuple(company), (RISK_TABLE,)))
    return tuple(reasons)


def _not_in_deed(dossier: Dossier, form: LegalForm) -> tuple[str, ...]:
    if not RULES[form].deed or dossier.entity is None or dossier.entity.deed_year is None:
        return ()
    book = get_book()
    codes = [activity.kbli_code for activity in dossier.activities if activity.kbli_code]
    return not_in_deed(
        codes,
        deed_year=dossier.entity.deed_year,
        deed_codes=dossier.entity.deed_codes,
        steps=[step for code in codes for step in book.predecessors(code)],
    )
