"""Practice says how to practise, and takes nobody's own NIK or number: stand-alone and inside."""

from __future__ import annotations

import pytest

from app.domain.dossier.journey import StepName
from app.domain.help.kit import MARK
from app.practice_space.people import people_to_try
from app.routes.journey import start
from app.services.nik import checks
from tests.client import form_of, here, links_of, main_words, parse, words
from tests.factories import PEOPLE, logged, open_dossier, raw_rows, rows
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
OWN_NIK = "9601055403870001"  # made up; its serial is one that a real card might have
SLIP = PEOPLE["kiosk"].nik[:6] + "150387" + "9001"  # a made-up one, mistyped
OWN_PHONE = "0813 9876 5432"
WHERE = {"id": "Cara berlatih", "en": "How to practise"}
CARD_PAGES = ("/berkas/mulai?baru=1", "/berkas/diri", "/berkas/telepon", "/berkas/lupa/nomor")


@both_languages
def test_every_page_that_asks_for_a_card_says_who_to_be(client, app, language):
    open_dossier(app, client, StepName.HOME)
    for path in ("/", "/latihan/pesan", *CARD_PAGES):
        page = parse(client.get(PREFIXES[language] + path))
        links = [address for address, said in links_of(page) if WHERE[language] in said]
        assert links == [f"{PREFIXES[language]}/latihan"], path
    page = client.get(f"{PREFIXES[language]}/latihan")
    for person in people_to_try():
        assert person.nik in main_words(page)
    assert f"{PREFIXES[language]}/latihan/pesan" in [a for a, _ in links_of(parse(page))]
    assert ("7 hari" if language == "id" else "7 days") in main_words(page)
    lessons = [words(each) for each in parse(page).with_class("sum")]
    assert len(set(lessons)) == len(lessons)


def test_outside_practice_nothing_of_it_is_said(app, assist):
    browser = assist.test_client()
    open_dossier(assist, browser, StepName.HOME)
    for path in ("/", *CARD_PAGES):
        text = main_words(browser.get(path))
        assert WHERE["id"] not in text
        assert "0812 0000" not in text
    assert "KTP" in main_words(browser.get("/berkas/mulai?baru=1"))


@both_languages
@pytest.mark.parametrize(("nik", "kept"), [(OWN_NIK, ""), (SLIP, SLIP)], ids=["own", "slip"])
def test_a_nik_of_nobody_in_practice_is_not_taken(client, app, monkeypatch, language, nik, kept):
    open_dossier(app, client, StepName.IDENTITY)
    monkeypatch.setattr(checks, "plan", lambda _dossier: pytest.fail("it was to be asked"))
    path = f"{PREFIXES[language]}/berkas/diri"
    before = rows(app, unsent=False)
    with logged() as log:
        form = form_of(client.get(path), path)
        answer = form.fill(nik=nik, nama="Budi", lahir="14-3-1987", kelamin="P").submit()
    assert answer.status_code == 422
    (mistake,) = parse(answer).with_class("err")
    assert WHERE[language] in words(mistake)
    again = form_of(answer, path)
    assert again["nik"].replace(" ", "") == kept, "somebody's own is not even shown again"
    assert again["nama"] == "Budi"
    assert rows(app, unsent=False) == before
    assert nik not in log.getvalue() + str(raw_rows(app))


@both_languages
def test_a_number_that_may_be_somebodys_is_not_taken(client, app, language):
    open_dossier(app, client, StepName.PHONE)
    prefix = PREFIXES[language]
    before = rows(app)
    form = form_of(client.get(f"{prefix}/berkas/telepon"), f"{prefix}/berkas/telepon")
    answers = [form.fill(telepon=OWN_PHONE).submit(follow=False)]
    form = form_of(client.get(f"{prefix}/berkas/lupa/nomor"), f"{prefix}/berkas/lupa/nomor")
    answers.append(form.fill(nik=OWN_NIK, telepon=OWN_PHONE).submit(follow=False))
    form = form_of(client.get(f"{prefix}/latihan/pesan"), f"{prefix}/latihan/pesan")
    answers.append(form.fill(dari=OWN_PHONE, teks="STOP").submit(follow=False))
    for answer in answers:
        assert answer.status_code == 422
        assert "0812 0000" in words(parse(answer).with_class("err")[-1])
        assert "9876" not in answer.get_data(as_text=True)
    assert rows(app) == before


def test_outside_practice_they_are_taken(assist):
    browser = assist.test_client()
    open_dossier(assist, browser, StepName.IDENTITY)
    form = form_of(browser.get("/berkas/diri"), "/berkas/diri")
    form.fill(nik=OWN_NIK, nama="Budi", lahir="14-3-1987", kelamin="P").submit()
    form = form_of(browser.get("/berkas/telepon"), "/berkas/telepon")
    assert here(form.fill(telepon=OWN_PHONE).submit()) == "/berkas/alamat"


def test_the_picture_of_the_number_carries_the_mark(app, client, assist, monkeypatch):
    drawn = []
    monkeypatch.setattr(start, "number_picture", lambda _number, lines: drawn.append(lines) or b"x")
    for browser, program in ((client, app), (assist.test_client(), assist)):
        open_dossier(program, browser, StepName.IDENTITY)
        browser.get("/berkas/nomor.png")
    assert [MARK in lines for lines in drawn] == [True, False]
    assert all(2 <= len(lines) <= 3 for lines in drawn), "as many as have room"
