"""More than one activity, through the pages: add, take out, put back, the same place."""

from __future__ import annotations

import pytest

from app.domain.dossier.journey import StepName
from app.extensions import db
from app.models.dossier import Dossier
from app.services.journey import activities
from app.services.reference.book import get_book
from tests.client import form_of, here, main_words, parse
from tests.factories import (
    LOW,
    STREET,
    add_activity,
    dossier_at,
    looking,
    open_dossier,
    open_in,
    rows,
)
from tests.pages import KIOSK, PREFIXES
from tests.pseudo import bare_words

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
WHOLESALE = "46311"


def activities_of(app) -> list[tuple[int, str | None]]:
    with looking(app) as session:
        return [(a.position, a.kbli_code) for a in session.query(Dossier).one().activities]


@both_languages
@both_ways
def test_a_second_activity_from_the_review_and_back_to_it(client, app, language, htmx):
    prefix = PREFIXES[language]
    open_dossier(app, client, None)
    review = client.get(f"{prefix}/berkas/periksa")
    answer = form_of(review, "/kegiatan-lain").submit(htmx=htmx)
    assert here(answer) == f"{prefix}/berkas/kegiatan/2"
    asked = []
    answers = {
        **KIOSK.pages,
        "kegiatan": {"cari": "nasi kuning", "kbli": "56109"},
        "usaha": {"uraian": "Saya masak nasi kuning"},
    }
    while not here(answer).endswith("/periksa"):
        page, _, number = here(answer).removeprefix(f"{prefix}/berkas/").partition("/")
        asked.append(page)
        assert number == ("" if page == "pernyataan" else "2")
        if page == "tempat":
            answer = form_of(answer, "/tempat-sama").submit(htmx=htmx)
            continue
        form = form_of(answer)
        if page == "kegiatan" and "kbli" not in form.names:
            form.fill(cari="nasi kuning")
            form = form_of(form.submit("temukan", htmx=htmx))
            choices = [value for box in form.box("kbli") for value, _ in box.options]
            form.fill(kbli=choices[0])
        else:
            form.fill(**{k: v for k, v in answers[page].items() if k in form.names})
        answer = form.submit(htmx=htmx)
    assert asked[:3] == ["kegiatan", "usaha", "tempat"]
    assert asked[3:5] == ["modal", "produksi"], "the land came with the place"
    assert len(activities_of(app)) == 2
    assert here(form_of(client.get(f"{prefix}/berkas/periksa"), "/periksa").submit()).endswith(
        "/hasil"
    )


@both_languages
@both_ways
def test_taking_out_offers_to_put_it_back(client, app, language, htmx):
    prefix = PREFIXES[language]
    with looking(app):
        dossier = dossier_at(None)
        add_activity(dossier)
        number = dossier.id
    open_in(client, number)
    review = client.get(f"{prefix}/berkas/periksa")
    without = form_of(review, "/2/hapus").submit(htmx=htmx)
    assert here(without) == f"{prefix}/berkas/periksa"
    assert activities_of(app) == [(0, LOW)]
    told = {"id": "Anda keluarkan kegiatan ini:", "en": "You took this out:"}[language]
    entry = get_book().kbli(2025, "56102")
    assert f"{told} {getattr(entry, f'plain_{language}')} 56102" in main_words(without)
    assert client.get(f"{prefix}/berkas/tempat/2").status_code == 303
    back = form_of(without, "/2/kembalikan").submit(htmx=htmx)
    assert here(back) == f"{prefix}/berkas/periksa"
    assert [code for _, code in activities_of(app)] == [LOW, "56102"]


def test_the_same_button_twice_does_it_once(client, app):
    open_dossier(app, client, None)
    form = form_of(client.get("/berkas/periksa"), "/kegiatan-lain")
    first = form.submit(follow=False)
    kept = rows(app)
    again = form.submit(follow=False)
    assert first.headers["Location"] == again.headers["Location"]
    assert rows(app) == kept


def test_an_answer_for_an_activity_that_is_gone_changes_nothing(client, app):
    """Another phone took it out meanwhile."""
    with looking(app):
        dossier = dossier_at(None)
        add_activity(dossier)
        number = dossier.id
    open_in(client, number)
    form = form_of(client.get("/berkas/usaha/2"))
    form_of(client.get("/berkas/periksa"), "/2/hapus").submit()
    form.fill(uraian="Terlambat")
    assert here(form.submit()) == "/berkas/periksa"
    with looking(app) as session:
        assert "Terlambat" not in repr(
            [a.description for a in session.query(Dossier).one().every_activity]
        )


@both_languages
def test_wholesale_beside_retail_is_told_with_what_to_do(client, app, language):
    prefix = PREFIXES[language]
    with looking(app):
        dossier = dossier_at(None)
        add_activity(dossier, WHOLESALE)
        number = dossier.id
    open_in(client, number)
    page = client.get(f"{prefix}/berkas/periksa")
    assert f"{WHOLESALE}, {LOW}" in main_words(page)
    assert "f" not in {form.get("id") for form in parse(page).all("form")}


@pytest.mark.parametrize("path", ["/berkas/kegiatan/1", "/berkas/diri/2", "/berkas/tempat/0"])
def test_there_are_no_other_addresses(client, app, path):
    open_dossier(app, client, StepName.HOME)
    assert client.get(path).status_code == 404


@both_languages
def test_every_word_of_a_review_of_several_is_marked(pseudo_client, app, language):
    with looking(app):
        dossier = dossier_at(None)
        add_activity(dossier)
        activities.add_activity(dossier).kbli_code = LOW
        activities.remove_activity(dossier, 2)
        session_id = dossier.id
        typed = [
            dossier.applicant.name, "Kios Contoh", STREET, "Saya jual beras dan gula", "kg",
            "Saya juga masak", "beras, gula", "nasi kuning", "porsi", "Kabupaten Sorong",
        ]  # fmt: skip
        db.session.commit()
    open_in(pseudo_client, session_id)
    for path in ("periksa", "tempat/2", "modal/2", "kegiatan/2"):
        page = parse(pseudo_client.get(f"{PREFIXES[language]}/berkas/{path}"))
        with app.app_context():
            assert bare_words(page, language, get_book(), typed) == [], path
