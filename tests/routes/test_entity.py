"""The way of a company, group or branch through the pages, in both languages."""

from __future__ import annotations

import pytest

from app.domain.dossier.journey import StepName
from app.domain.law.legal_form import RULES, LegalForm
from app.models.dossier import Dossier
from app.services.reference.book import get_book
from tests.client import CheckingClient, Form, form_of, here, main_words, parse
from tests.factories import DEED_NUMBER, ENTITY_NPWP, LOW, looking, open_dossier
from tests.pages import PREFIXES
from tests.pseudo import bare_words

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
ENTITIES = [form for form in LegalForm if RULES[form].is_entity]


def choose(client: CheckingClient, form: LegalForm, prefix: str = "", *, htmx: bool = False) -> str:
    """Say on the first page who the business belongs to; return the address that follows."""
    page = form_of(client.get(f"{prefix}/berkas/pelaku"))
    page.fill(pelaku=form.value)
    return here(page.submit(htmx=htmx))


def filled(page: Form, form: LegalForm) -> Form:
    """Fill the page about the entity as its papers say."""
    page.fill(nama="Contoh Jaya", jabatan=RULES[form].roles[0].value, npwp=ENTITY_NPWP[1:])
    if form is LegalForm.BRANCH:
        page.fill(
            induk_nib="1234 5678 90123", induk_nama="Contoh Pusat", nitku=f"{ENTITY_NPWP}000001"
        )
    else:
        page.fill(nomor=DEED_NUMBER, tanggal="17-8-2020")
    return page


@both_languages
@both_ways
@pytest.mark.parametrize("form", ENTITIES)
def test_from_the_choice_to_the_office(client, app, form, language, htmx):
    prefix = PREFIXES[language]
    open_dossier(app, client, StepName.HOME)
    assert choose(client, form, prefix, htmx=htmx) == f"{prefix}/berkas/diri"
    page = form_of(client.get(f"{prefix}/berkas/badan"))
    answer = filled(page, form).submit(htmx=htmx)
    if RULES[form].deed:
        assert here(answer) == f"{prefix}/berkas/akta"
        deed = form_of(answer)
        deed.fill(kode=f"{LOW} 56102", tahun="2025")
        answer = deed.submit(htmx=htmx)
    assert here(answer) == f"{prefix}/berkas/alamat"
    assert ("kantor" in main_words(answer)) or ("office" in main_words(answer))
    with looking(app) as session:
        entity = session.query(Dossier).one().entity
        assert (entity.name, entity.npwp) == ("Contoh Jaya", ENTITY_NPWP)
        assert entity.deed_codes == ([LOW, "56102"] if RULES[form].deed else [])


@both_languages
def test_an_individual_meets_the_choice_only_as_a_link(client, app, language):
    prefix = PREFIXES[language]
    open_dossier(app, client, StepName.IDENTITY)
    page = client.get(f"{prefix}/berkas/diri")
    assert f'{prefix}/berkas/pelaku"' in page.get_data(as_text=True)
    for step in ("badan", "akta"):
        assert client.get(f"{prefix}/berkas/{step}").status_code == 303
    assert choose(client, LegalForm.INDIVIDUAL, prefix) == f"{prefix}/berkas/diri"


@both_languages
@pytest.mark.parametrize(
    ("changed", "boxes"),
    [
        ({"npwp": "123"}, {"npwp"}),
        ({"npwp": "9601055403879001"}, {"npwp"}),
        ({"nama": "", "nomor": ""}, {"nama", "nomor"}),
        ({"tanggal": "17-8-2999"}, {"tanggal"}),
        ({"jabatan": "kepala-cabang"}, {"jabatan"}),
    ],
)
def test_a_mistake_comes_back_with_everything_typed(client, app, changed, boxes, language):
    prefix = PREFIXES[language]
    open_dossier(app, client, StepName.HOME)
    choose(client, LegalForm.PT, prefix)
    page = filled(form_of(client.get(f"{prefix}/berkas/badan")), LegalForm.PT)
    for name, value in changed.items():
        for box in page.box(name):
            box.value = value if box.kind != "radio" else None
        if name == "jabatan":
            page.box(name)[0].value = value
    answer = page.submit()
    assert answer.status_code == 422
    again = form_of(answer)
    wrong = {name for name in again.names if f'id="{name}-e"' in answer.get_data(as_text=True)}
    assert wrong == boxes
    for name in {"nama", "nomor", "npwp", "tanggal"} - set(changed):
        assert again[name] == page[name]


@both_languages
def test_a_nitku_must_be_that_of_the_business(client, app, language):
    prefix = PREFIXES[language]
    open_dossier(app, client, StepName.HOME)
    choose(client, LegalForm.BRANCH, prefix)
    page = filled(form_of(client.get(f"{prefix}/berkas/badan")), LegalForm.BRANCH)
    page.fill(nitku="9" * 22)
    answer = page.submit()
    assert answer.status_code == 422
    assert 'id="nitku-e"' in answer.get_data(as_text=True)


@both_languages
@pytest.mark.parametrize("form", [LegalForm.PT, LegalForm.BRANCH, LegalForm.BUM_KAMPUNG])
def test_the_review_shows_the_entity_with_its_numbers_masked(client, app, form, language):
    prefix = PREFIXES[language]
    open_dossier(app, client, None)
    choose(client, form, prefix)
    answer = filled(form_of(client.get(f"{prefix}/berkas/badan")), form).submit()
    if RULES[form].deed:
        deed = form_of(answer)
        deed.fill(kode=LOW, tahun="2025")
        deed.submit()
    review = client.get(f"{prefix}/berkas/periksa")
    assert review.status_code == 200
    text = review.get_data(as_text=True)
    assert "Contoh Jaya" in text
    assert ENTITY_NPWP not in text
    assert f"•{ENTITY_NPWP[-3:]}" in text
    sent = form_of(review).submit()
    assert here(sent) == f"{prefix}/berkas/hasil"


@both_languages
@pytest.mark.parametrize("step", ["pelaku", "badan", "akta", "alamat", "telepon"])
def test_every_word_of_the_pages_is_marked(pseudo_client, app, step, language):
    prefix = PREFIXES[language]
    open_dossier(app, pseudo_client, StepName.HOME)
    choose(pseudo_client, LegalForm.PT, prefix)
    filled(form_of(pseudo_client.get(f"{prefix}/berkas/badan")), LegalForm.PT).submit()
    page = parse(pseudo_client.get(f"{prefix}/berkas/{step}"))
    with app.app_context():
        assert bare_words(page, language, get_book(), ["Contoh Jaya", DEED_NUMBER]) == []
