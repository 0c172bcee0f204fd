"""What a file says to OSS, in the words of its documented fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain.dossier.known import known
from app.domain.dossier.steps import STEPS, Column, Of
from app.domain.law.legal_form import RULES, LegalForm
from app.domain.law.requirements import DeclarationKind
from app.domain.oss import submission
from app.domain.oss.codes import EntityCode
from app.models.dossier import Activity, Dossier, Entity
from app.services.dossier import estimates

_DECLARATIONS: Mapping[str, submission.Declaration] = {
    DeclarationKind.DATA_TRUE: submission.Declaration.DATA_TRUE,
    DeclarationKind.KKPR_SELF_STATEMENT: submission.Declaration.SPATIAL,
    DeclarationKind.SPPL: submission.Declaration.ENVIRONMENT,
    DeclarationKind.BUSINESS_STANDARD: submission.Declaration.STANDARD,
    DeclarationKind.K3L: submission.Declaration.SAFETY,
    DeclarationKind.SNI_HALAL_BY_NIB: submission.Declaration.SNI_AND_HALAL,
}


def told_as_typed() -> list[Column]:
    """Return the columns of an activity that OSS is told just as they were typed."""
    steps = [step for step in STEPS.values() if step.of is Of.ACTIVITY]
    return [column for step in steps for column in step.typed_as_kept if column.oss]


def submission_of(dossier: Dossier) -> submission.Submission:
    """Return a sent dossier in the shape of the port. Raises MissingAnswer before it was sent."""
    return as_submission(dossier, known(dossier.handover).key)


def as_submission(dossier: Dossier, key: str) -> submission.Submission:
    """Put the answers into the shape of the port. Only complete dossiers come here."""
    person, entity = dossier.applicant, dossier.entity
    form = dossier.legal_form
    address = submission.Address(
        street=known(person.street),
        area_code=known(person.area_code),
        rt_rw=person.rt_rw or "",
        postcode=person.postcode or "",
    )
    return submission.Submission(
        key=key,
        applicant=submission.Applicant(
            nik=known(person.nik),
            name=known(person.name),
            birth_date=date.fromisoformat(known(person.birth_date)),
            sex=known(person.sex),
            phone=known(person.phone),
            email=person.email or "",
            address=address,
            role=_role(entity) if RULES[form].is_entity else "",
        ),
        activities=tuple(
            _activity(activity, is_supporting=activity is not dossier.activity)
            for activity in dossier.activities
        ),
        size=known(dossier.activity.size),
        declarations=tuple(_DECLARATIONS[row.kind] for row in dossier.declarations),
        entity=_entity(known(entity), form, address) if _is_own_entity(form) else None,
        branch=_branch(known(entity), address) if form is LegalForm.BRANCH else None,
    )


def _is_own_entity(form: LegalForm) -> bool:
    return RULES[form].is_entity and form is not LegalForm.BRANCH


def _role(entity: Entity | None) -> str:
    """Return the role in Indonesian, as a deed would say it; the values are those words."""
    return known(known(entity).role).value.replace("-", " ").capitalize()


def _entity(entity: Entity, form: LegalForm, office: submission.Address) -> submission.Entity:
    code = RULES[form].oss_code
    return submission.Entity(
        kind=EntityCode(code) if code else None,
        name=known(entity.name),
        registration_number=known(entity.registration_no),
        registered_on=entity.registered_on,
        npwp=known(entity.npwp),
        office=office,
        deed_kbli=tuple(entity.deed_codes) if RULES[form].deed else (),
        deed_kbli_year=entity.deed_year if RULES[form].deed else None,
    )


def _branch(entity: Entity, address: submission.Address) -> submission.Branch:
    return submission.Branch(
        parent_nib=known(entity.parent_nib),
        parent_name=known(entity.parent_name),
        name=known(entity.name),
        address=address,
        npwp=known(entity.npwp),
        nitku=known(entity.nitku),
    )


def _activity(activity: Activity, *, is_supporting: bool) -> submission.Activity:
    return submission.Activity(
        kbli_year=known(activity.kbli_year),
        kbli_code=known(activity.kbli_code),
        description=activity.description or "",
        risk=known(activity.risk),
        premises=submission.Premises(
            area_code=known(activity.village_code),
            address=known(activity.street),
            position=known(activity.position_code),
            land_area=activity.land_area,
            land_unit=known(activity.land_unit),
            land_status=known(activity.land_status),
        ),
        capital=known(estimates.capital_of(activity)),
        product=submission.Product(
            description=known(activity.product),
            capacity=known(activity.capacity),
            unit=known(activity.capacity_unit),
        ),
        workers_male=activity.workers_male or 0,
        workers_female=activity.workers_female or 0,
        trade_name=activity.trade_name or "",
        is_supporting=is_supporting,
        decision_working_days=activity.decision_working_days,
        as_typed={column.oss: getattr(activity, column.name) or "" for column in told_as_typed()},
    )
