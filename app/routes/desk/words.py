"""Words that several pages of the desk share."""

from __future__ import annotations

from flask_babel import gettext as _

from app.domain.licence.corrections import PaperTarget, Target
from app.labels import label
from app.models.dossier import Dossier
from app.services.papers import wanted


def target_words(dossier: Dossier, target: Target) -> str:
    """Return what can be mended, in words."""
    if isinstance(target, PaperTarget):
        papers = (state.paper for state in wanted.papers_of(dossier))
        return next(
            (paper.words or label(paper.kind) for paper in papers if paper.key == target.key),
            target.key,
        )
    if target.position == 0:
        return label(target.step)
    step, number = label(target.step), target.position + 1
    return str(_("%(step)s, activity %(number)s", step=step, number=number))
