"""What the law says about an activity, with the rows of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app import clock
from app.domain.law.because import Conclusion
from app.domain.law.estimate.answer import Estimate, Question, Topic
from app.domain.law.estimate.bands import CapitalBand, size_of_band
from app.domain.law.estimate.reckoning import estimate
from app.domain.law.rows import RiskRow
from app.services.law.rules import get_rules, place_facts
from app.services.reference.book import get_book


def estimate_for(question: Question) -> Estimate:
    """Return the estimate for an answered question by the facts and the law of today."""
    return estimate_on(question, clock.today())


# One step of capital inside each size: a row names a size, a question a step.
_BAND_OF_SIZE = {size_of_band(band): band for band in CapitalBand}

# What follows from a row alone; place and building depend on more.
_OF_ROW = (
    Topic.RISK,
    Topic.PRODUCTS,
    Topic.MAY_OPERATE,
    Topic.ENVIRONMENT,
    Topic.AUTHORITY,
    Topic.SILENCE,
)


def conclusions_of(row: RiskRow) -> Mapping[Topic, Conclusion[object]]:
    """Return what follows from one risk row by today's law, wherever the business is."""
    question = Question(
        row.code,
        in_kabupaten=True,
        band=_BAND_OF_SIZE[row.size],
        scope_no=row.scope_no,
        year=row.year,
    )
    today = clock.today()
    reasons = estimate([row], question, rules=get_rules(), on=today).reasons
    return {topic: reasons[topic] for topic in _OF_ROW if topic in reasons}


def estimate_on(question: Question, day: date) -> Estimate:
    """Return the estimate by the law of one day, from the rows that are loaded."""
    return estimate(
        get_book().risk_rows(question.code, question.year),
        question,
        rules=get_rules(),
        on=day,
        place=place_facts(question.village_code),
    )
