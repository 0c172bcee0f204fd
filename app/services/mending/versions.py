"""What stood in an answer before and after it was mended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import force_locale, get_locale

from app.domain.dossier.journey import StepName, Stop
from app.domain.dossier.known import MissingAnswer
from app.domain.dossier.steps import STEPS
from app.domain.licence.corrections import PaperTarget, ReturnReason, StepTarget, parse_target
from app.i18n import LANGUAGES
from app.models.dossier import Dossier
from app.models.licence import CorrectionTarget
from app.services.dossier.activity import row_of
from app.services.journey.summary import summary_of
from app.services.reference.book import get_book


def version_of(dossier: Dossier, target: StepTarget | PaperTarget) -> str | None:
    """Return the answers of a target as they are now: raw, and as the person reads them."""
    if isinstance(target, PaperTarget):
        return None  # the files keep their own versions
    shown = {}
    for language in LANGUAGES:
        with force_locale(language):
            shown[language] = shown_now(dossier, target)
    return json.dumps({"answers": _raw(dossier, target), "shown": shown}, ensure_ascii=False)


def _raw(dossier: Dossier, target: StepTarget) -> dict[str, object]:
    if target.step is StepName.DECLARATIONS:
        return {"kinds": sorted(given.kind for given in dossier.declarations)}
    row = row_of(dossier, target.step, target.position)
    names = [column.name for column in STEPS[target.step].columns]
    values = {name: getattr(row, name, None) for name in names}
    return {n: str(v) if isinstance(v, Decimal | date) else v for n, v in values.items()}


def shown_now(dossier: Dossier, target: StepTarget) -> list[list[str]]:
    """Return the (question, answer) pairs of a step in the language in use."""
    stop = Stop(target.step, target.position)
    try:
        sections = summary_of(dossier, get_book())
    except MissingAnswer:  # a change left something open that the summary needs
        return []
    return [[q, a] for section in sections if section.stop == stop for q, a in section.rows]


@dataclass(frozen=True)
class ItemView:
    """One thing to mend, for a page. before, now: (question, answer) pairs; empty for papers."""

    item: CorrectionTarget
    target: StepTarget | PaperTarget
    reason: ReturnReason
    before: list[list[str]]
    now: list[list[str]]

    @property
    def differs(self) -> bool:
        """Say whether the answers are other ones than before."""
        return self.before != self.now


def view_items(dossier: Dossier, items: Sequence[CorrectionTarget]) -> list[ItemView]:
    """Return items with their answers before and now, in the language in use."""
    language = str(get_locale())
    found = []
    for item in items:
        target = parse_target(item.target)
        before: list[list[str]] = []
        now: list[list[str]] = []
        if isinstance(target, StepTarget):
            before = json.loads(item.before)["shown"].get(language, []) if item.before else []
            if item.after:
                now = json.loads(item.after)["shown"].get(language, [])
            elif item.changed_at is not None:
                now = shown_now(dossier, target)
        found.append(ItemView(item, target, item.reason_code, before, now))
    return found
