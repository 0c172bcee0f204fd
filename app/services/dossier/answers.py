"""What of the form was answered."""

from __future__ import annotations

from app.domain.dossier.journey import ActivityAnswers, Answers
from app.domain.law.legal_form import RULES, LegalForm
from app.models.dossier import Activity, Dossier, Entity
from app.services.dossier.estimates import capital_of, missing_declarations, scope_choices


def answers_of(dossier: Dossier) -> Answers:
    """Return which steps are answered, for the rules of the journey."""
    applicant, entity = dossier.applicant, dossier.entity
    return Answers(
        form=dossier.legal_form,
        identity=applicant.nik is not None,
        phone=applicant.phone is not None,
        entity=entity is not None and _is_described(entity, dossier.legal_form),
        deed=entity is not None and bool(entity.deed_codes),
        home=applicant.street is not None,
        activities=tuple(_activity_answers(activity) for activity in dossier.activities),
        declarations_missing=bool(missing_declarations(dossier)),
        sent=dossier.sent_at is not None,
    )


def _is_described(entity: Entity, form: LegalForm) -> bool:
    """A branch is asked for its parent; who changed from another form has not said that yet."""
    if entity.npwp is None or entity.role not in RULES[form].roles:
        return False
    return form is not LegalForm.BRANCH or entity.nitku is not None


def _activity_answers(activity: Activity) -> ActivityAnswers:
    code = activity.kbli_code
    return ActivityAnswers(
        position=activity.position,
        kbli_code=code,
        described=activity.described,
        needs_scope=bool(code and scope_choices(code)),
        scope_no=activity.scope_no,
        place=activity.village_code is not None,
        land=activity.land_area is not None,
        capital=capital_of(activity),
        production=activity.product is not None,
    )
