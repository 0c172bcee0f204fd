import pytest

from app.domain.law.business_size import BusinessSize
from app.domain.law.legal_form import RULES, LegalForm, Role, fits_size
from app.domain.oss.codes import EntityCode


def test_every_form_has_rules_and_a_law():
    assert set(RULES) == set(LegalForm)
    assert all(rules.citation.law for rules in RULES.values())


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (LegalForm.PT, "01"),
        (LegalForm.CV, "02"),
        (LegalForm.FIRMA, "05"),
        (LegalForm.COOPERATIVE, "07"),
        (LegalForm.FOUNDATION, "10"),
        (LegalForm.OTHER_ENTITY, "19"),
        (LegalForm.PT_PERORANGAN, "26"),
        (LegalForm.BUM_KAMPUNG, "28"),
        (LegalForm.BUM_BERSAMA, "29"),
    ],
)
def test_the_code_is_one_that_oss_knows(form, code):
    assert RULES[form].oss_code == code == EntityCode(code).value


def test_only_an_individual_acts_for_nobody():
    assert [form for form in LegalForm if not RULES[form].is_entity] == [LegalForm.INDIVIDUAL]


def test_a_deed_that_names_codes_is_that_of_the_registry_of_companies():
    assert {form for form in LegalForm if RULES[form].deed} == {
        LegalForm.PT, LegalForm.PT_PERORANGAN, LegalForm.CV, LegalForm.FIRMA,
        LegalForm.COOPERATIVE, LegalForm.FOUNDATION,
    }  # fmt: skip


def test_each_role_is_somewhere_and_none_is_there_twice():
    used = [role for rules in RULES.values() for role in rules.roles]
    assert set(used) == set(Role)
    for rules in RULES.values():
        assert len(set(rules.roles)) == len(rules.roles)


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        (BusinessSize.MICRO, True),
        (BusinessSize.SMALL, True),
        (BusinessSize.MEDIUM, False),
        (BusinessSize.LARGE, False),
    ],
)
def test_a_one_person_company_is_micro_or_small(size, fits):
    assert fits_size(LegalForm.PT_PERORANGAN, size) is fits
    assert fits_size(LegalForm.PT, size)
