"""What of the form was answered."""

from __future__ import annotations

from app.domain.dossier.journey import ActivityAnswers, Answers
from app.domain.dossier.known import known
from app.domain.dossier.steps import AFTER, BEFORE, FOR_EACH, STEPS, StepName
from app.domain.law.legal_form import RULES, LegalForm
from app.models.dossier import Dossier, Entity
from app.services.dossier.activity import activity_at, row_of
from app.services.dossier.estimates import missing_declarations, scope_choices


def answers_of(dossier: Dossier) -> Answers:
    """Return which steps are answered, for the rules of the journey."""
    once = (step.name for step in (*BEFORE, *AFTER))
    return Answers(
        form=dossier.legal_form,
        given=frozenset(name for name in once if _is_given(dossier, name)),
        activities=tuple(
            ActivityAnswers(
                activity.position,
                frozenset(
                    step.name
                    for step in FOR_EACH
                    if _is_given(dossier, step.name, activity.position)
                ),
            )
            for activity in dossier.activities
        ),
        sent=dossier.sent_at is not None,
    )


def _is_given(dossier: Dossier, name: StepName, at: int = 0) -> bool:
    """Return whether a step was answered: by its column, and by what else its answer needs."""
    if name is StepName.DECLARATIONS:
        return not missing_declarations(dossier)
    value = getattr(row_of(dossier, name, at), STEPS[name].known_by, None)
    if value is None or value is False:
        return False
    match name:
        case StepName.ENTITY:
            return _is_described(known(dossier.entity), dossier.legal_form)
        case StepName.DEED:
            return bool(value)
        case StepName.BUSINESS:
            activity = activity_at(dossier, at)
            has_scopes = bool(activity.kbli_code and scope_choices(activity.kbli_code))
            return not has_scopes or activity.scope_no is not None
    return True


def _is_described(entity: Entity, form: LegalForm) -> bool:
    """A branch is asked for its parent; who changed from another form has not said that yet."""
    if entity.role not in RULES[form].roles:
        return False
    return form is not LegalForm.BRANCH or entity.nitku is not None
