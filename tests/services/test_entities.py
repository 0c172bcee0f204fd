"""Companies, groups and branches: what they are asked, what stops them, what is handed over."""

from __future__ import annotations

import pytest

from app.domain.dossier import journey
from app.domain.dossier.journey import StepName, Stop
from app.domain.law.business_size import Capital
from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.law.legal_form import RULES, LegalForm, Role
from app.models.dossier import Dossier
from app.services.dossier import answers, estimates, opening
from app.services.journey import steps
from app.services.oss import handovers, submission
from tests.factories import (
    ENTITY_NPWP,
    LOW,
    dossier_at,
    entity_dossier,
    entity_facts,
    raw_rows,
    run,
)

ENTITIES = [form for form in LegalForm if RULES[form].is_entity]
SMALL_ENOUGH = Capital(0, 0, 5_000_000_000, 0, 0)
TOO_BIG = Capital(0, 0, 5_000_000_001, 0, 0)


def reasons(dossier: Dossier) -> set[JourneyReason]:
    whole = estimates.whole_of(dossier)
    assert whole is not None
    return {obstacle.reason for obstacle in estimates.obstacles(dossier, whole)}


@pytest.mark.parametrize("form", ENTITIES)
def test_each_form_goes_all_the_way_to_its_nib(database, form):
    dossier = entity_dossier(form)
    assert journey.first_unanswered(answers.answers_of(dossier)) is None
    job = handovers.send(dossier)
    database.commit()
    assert job is not None
    assert run(job.id)
    database.expire_all()
    assert dossier.handover is not None
    assert dossier.handover.nib


@pytest.mark.parametrize("form", ENTITIES)
def test_what_is_handed_over_names_the_entity_and_who_acts_for_it(database, form):
    dossier = entity_dossier(form)
    handovers.send(dossier)
    package = submission.as_submission(dossier, "k" * 20)
    assert package.applicant.role
    if form is LegalForm.BRANCH:
        assert package.entity is None
        assert package.branch is not None
        assert (package.branch.npwp, package.branch.nitku[:16]) == (ENTITY_NPWP, ENTITY_NPWP)
        assert package.branch.parent_nib == "1234567890123"
        return
    assert package.branch is None
    assert package.entity is not None
    assert package.entity.kind == RULES[form].oss_code
    assert package.entity.office == package.applicant.address
    assert package.entity.deed_kbli == ((LOW,) if RULES[form].deed else ())


def test_an_individual_hands_over_no_entity_although_one_was_typed_before(database):
    dossier = entity_dossier(LegalForm.PT)
    steps.choose_form(dossier, LegalForm.INDIVIDUAL)
    handovers.send(dossier)
    package = submission.as_submission(dossier, "k" * 20)
    assert (package.entity, package.branch, package.applicant.role) == (None, None, "")


def test_changing_the_form_asks_what_the_new_one_needs_and_forgets_nothing(database):
    dossier = entity_dossier(LegalForm.PT)
    steps.choose_form(dossier, LegalForm.BRANCH)
    assert journey.first_unanswered(answers.answers_of(dossier)) == Stop(StepName.ENTITY)
    steps.choose_form(dossier, LegalForm.PT)
    assert journey.first_unanswered(answers.answers_of(dossier)) is None
    # A cooperative has other roles than a company: who acts must be said again.
    steps.choose_form(dossier, LegalForm.COOPERATIVE)
    assert journey.first_unanswered(answers.answers_of(dossier)) == Stop(StepName.ENTITY)
    steps.describe_entity(dossier, entity_facts(LegalForm.COOPERATIVE, role=Role.CHAIR))
    assert journey.first_unanswered(answers.answers_of(dossier)) is None


@pytest.mark.parametrize(("deed", "stops"), [((LOW,), False), (("56102",), True)])
def test_an_activity_that_the_deed_does_not_name_stops_the_file(database, deed, stops):
    dossier = entity_dossier(LegalForm.CV, deed=deed)
    assert (JourneyReason.NOT_IN_DEED in reasons(dossier)) is stops
    if stops:
        with pytest.raises(handovers.NotReady):
            handovers.send(dossier)


def test_an_old_deed_covers_what_its_codes_became(database):
    book = opening.get_book()
    (step, *_) = book.predecessors(LOW)
    dossier = entity_dossier(LegalForm.PT)
    steps.set_deed(dossier, year=2020, codes=[step.code_2020])
    assert reasons(dossier) == set()
    steps.set_deed(dossier, year=2020, codes=["01111"])
    assert reasons(dossier) == {JourneyReason.NOT_IN_DEED}


@pytest.mark.parametrize(("capital", "stops"), [(SMALL_ENOUGH, False), (TOO_BIG, True)])
def test_a_one_person_company_stays_small(database, capital, stops):
    dossier = entity_dossier(LegalForm.PT_PERORANGAN, capital=capital)
    assert (JourneyReason.FORM_FOR_UMK_ONLY in reasons(dossier)) is stops


@pytest.mark.parametrize(("form", "stops"), [(LegalForm.INDIVIDUAL, True), (LegalForm.PT, False)])
def test_small_construction_is_for_companies(database, form, stops):
    plumbing = "43221"
    if form is LegalForm.INDIVIDUAL:
        dossier = dossier_at(None, kbli_code=plumbing)
    else:
        dossier = entity_dossier(form, kbli_code=plumbing, deed=(plumbing,))
    assert (JourneyReason.COMPANY_ONLY in reasons(dossier)) is stops


def test_tax_numbers_and_names_are_sealed(app, database):
    branch = entity_dossier(LegalForm.BRANCH)
    person = dossier_at(StepName.HOME)
    steps.set_phone(person, "+6281200004567", npwp="9601055403879001")
    database.commit()
    stored = repr([raw_rows(app)[table] for table in ("applicants", "entities")])
    assert ENTITY_NPWP not in stored
    assert branch.entity is not None
    assert str(branch.entity.name) not in stored
    assert "9601055403879001" not in stored
    assert person.applicant.npwp == "9601055403879001"
